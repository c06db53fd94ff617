import { constants } from 'node:os';
import { wssRouteKind } from '../api/kinds.ts';
import type { WssRoute } from '../api/wssroute.ts';
import type { ClusterAccess } from '../kube/access.ts';
import { loadClusterAccess } from '../kube/credentials.ts';
import { ApiError, ConnectionError, classify, describe } from '../kube/errors.ts';
import { pathOf } from '../kube/path.ts';
import { Transport } from '../kube/transport.ts';
import { list } from '../kube/watch.ts';
import { probe } from '../probe/probe.ts';
import type { Trust } from '../probe/trust.ts';
import { findProof, type Proof } from '../route/proof.ts';
import { inputError } from './exit-codes.ts';
import type { Manner } from './probe-order.ts';
import { createRoutesReport, type RouteReport } from './routes-report.ts';
import { awaitSignal } from './signals.ts';
import { version } from './version.ts';

export interface Cluster {
  readonly access: ClusterAccess;
  readonly transport: Transport;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

interface Candidate {
  readonly namespace: string;
  readonly name: string;
  readonly url: string;
  readonly proof: Proof;
}

export interface AllOrder extends Manner {
  readonly namespace?: string;
  readonly trust: Trust;
  readonly isJson: boolean;
}

/** Probes that are under way at once. */
const concurrency = 16;

/** Does something with the cluster that the flags name. What the cluster refuses is one line and exit code 1. */
export async function withCluster(
  flags: { readonly kubeconfig?: string; readonly context?: string },
  act: (cluster: Cluster) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  let signal: NodeJS.Signals | undefined;
  void awaitSignal().then((each) => {
    signal = each;
    stop.abort();
  });
  let access: ClusterAccess | undefined;
  let transport: Transport | undefined;
  try {
    access = await loadClusterAccess({ kubeconfig: flags.kubeconfig, context: flags.context, env: process.env });
    transport = new Transport({ access, version });
    return await act({ access, transport, signal: stop.signal });
  } catch (error) {
    if (signal !== undefined) return 128 + constants.signals[signal];
    process.stderr.write(`error: ${explain(error, access)}\n`);
    return inputError;
  } finally {
    await transport?.close();
  }
}

/** How one route is proved. */
export async function findRoute(
  { access, transport, signal }: Cluster,
  { name, namespace = access.currentNamespace }: { readonly name: string; readonly namespace?: string },
): Promise<Proof> {
  const path = pathOf(wssRouteKind, namespace, name);
  const { body } = await transport.request<WssRoute>({ method: 'GET', path, signal });
  return findProof(body);
}

/** Probes all routes and prints a line for each, in the order of their names; at the end what to do about those that fail. */
export async function probeAll(cluster: Cluster, order: AllOrder): Promise<number> {
  const candidates = await listCandidates(cluster, order.namespace);
  const report = createRoutesReport(candidates, order.isJson, (text) => process.stdout.write(text));
  if (candidates.length === 0) {
    process.stderr.write(`warning: there is no WssRoute in ${order.namespace ?? 'the cluster'}\n`);
  }
  // Results wait until those before them are there.
  const waiting = new Map<number, RouteReport>();
  let next = 0;
  let printed = 0;
  const work = async () => {
    for (let index = next++; index < candidates.length; index = next++) {
      const candidate = candidates[index] as Candidate;
      waiting.set(index, await probeCandidate(candidate, cluster.signal, order));
      for (let done = waiting.get(printed); done !== undefined; done = waiting.get(printed)) {
        waiting.delete(printed);
        printed += 1;
        report.add(done);
      }
    }
  };
  const endings = await Promise.allSettled(Array.from({ length: concurrency }, work));
  report.end();
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
  return report.areAllReachable() ? 0 : inputError;
}

async function probeCandidate(
  { namespace, name, url, proof: { target, because } }: Candidate,
  signal: AbortSignal,
  { trust, deadlines }: AllOrder,
): Promise<RouteReport> {
  const route = { namespace, name, url };
  if (target === undefined) return { ...route, isReachable: false, reason: 'NotProbed', message: because };
  return { ...route, ...(await probe(target, { trust, deadlines, signal, now: new Date() })) };
}

/** Only what is needed of each route is kept. */
async function listCandidates(cluster: Cluster, namespace: string | undefined): Promise<readonly Candidate[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listOnce(cluster, namespace);
    } catch (error) {
      // The pages that were begun are too old by now.
      if (classify(error) !== 'expired' || attempt === 3) throw error;
    }
  }
}

async function listOnce({ transport, signal }: Cluster, namespace: string | undefined): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  const selection = { kind: wssRouteKind, isMetadataOnly: false, ...(namespace !== undefined && { namespace }) };
  await list(transport, selection, { signal }, (object) => {
    const route = object as WssRoute;
    const proof = findProof(route);
    const url = proof.target === undefined ? (route.status?.urls?.[0] ?? '-') : formatUrl(proof.target);
    candidates.push({ namespace: route.metadata.namespace ?? '', name: route.metadata.name, url, proof });
  });
  return candidates.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function formatUrl({ host, port, path }: NonNullable<Proof['target']>): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `wss://${name}${port === 443 ? '' : `:${port}`}${path}`;
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
      return `${server} does not let WssRoutes be read: ${error.serverMessage}`;
    case 'unauthorized':
      return `${server} does not take the credentials of ${access?.source ?? 'the kubeconfig'}: sign in again`;
    default:
      return describe(error);
  }
}
