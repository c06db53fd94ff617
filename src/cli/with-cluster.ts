import type { ClusterAccess } from '../kube/access.ts';
import { loadClusterAccess } from '../kube/credentials.ts';
import { ApiError, ConnectionError, classify, describe } from '../kube/errors.ts';
import { Transport } from '../kube/transport.ts';
import { exitCodeOf, inputError } from './exit-codes.ts';
import { awaitSignal } from './signals.ts';
import { version } from './version.ts';

export interface Cluster {
  readonly access: ClusterAccess;
  readonly transport: Transport;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Does something with the cluster that the flags name. What the cluster refuses is one line and exit code 1. */
export async function withCluster(
  flags: { readonly kubeconfig?: string; readonly context?: string },
  act: (cluster: Cluster) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  let signal: NodeJS.Signals | undefined;
  const end = (by: NodeJS.Signals) => {
    signal ??= by;
    stop.abort();
  };
  void awaitSignal().then(end);
  // Whoever reads the output has seen enough: `| head`.
  process.stdout.on('error', () => end('SIGPIPE'));
  let access: ClusterAccess | undefined;
  let transport: Transport | undefined;
  try {
    access = await loadClusterAccess({ kubeconfig: flags.kubeconfig, context: flags.context, env: process.env });
    transport = new Transport({ access, version });
    return await act({ access, transport, signal: stop.signal });
  } catch (error) {
    if (signal !== undefined) return exitCodeOf(signal);
    process.stderr.write(`error: ${explain(error, access)}\n`);
    return inputError;
  } finally {
    await transport?.close();
  }
}

/** One line: what the cluster has refused, and what to do. */
function explain(error: unknown, access: ClusterAccess | undefined): string {
  const server = access?.server.host ?? 'the cluster';
  if (error instanceof ConnectionError) return `the API server ${server} cannot be reached: ${describe(error)}`;
  if (!(error instanceof ApiError)) return describe(error);
  switch (classify(error)) {
    case 'notFound':
      return error.details?.name === undefined
        ? `${server} does not know WssRoutes: install their CustomResourceDefinition, crds/wssroutes.yaml`
        : error.serverMessage;
    case 'forbidden':
      return `${server} does not let this be read: ${error.serverMessage}`;
    case 'unauthorized':
      return `${server} does not take the credentials of ${access?.source ?? 'the kubeconfig'}: sign in again`;
    default:
      return describe(error);
  }
}
