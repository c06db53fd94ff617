import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AdminClient } from './admin-client.ts';
import { APISERVER_URL, createApiserver } from './apiserver.ts';
import { AuditLog } from './audit-log.ts';
import { issueCertificate } from './certificates.ts';
import { type ControlPlaneKeys, createControlPlaneKeys } from './control-plane-keys.ts';
import { createEtcd } from './etcd.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { RestartableProcess } from './process.ts';

export interface Identity {
  readonly user: string;
  readonly groups?: readonly string[];
}

/** etcd and kube-apiserver, and ways to be somebody there. */
export interface ControlPlane {
  readonly directory: string;
  readonly kubeconfig: string;
  readonly audit: AuditLog;
  readonly client: AdminClient;
  readonly etcd: RestartableProcess;
  readonly apiserver: RestartableProcess;
  kubeconfigFor(identity: Identity): Promise<string>;
  kubeconfigForToken(token: string): Promise<string>;
  stop(): Promise<void>;
}

/** Needs a sandbox, for its default ports. The directory lies in the sandbox's memory and is gone with it. */
export async function startControlPlane(apiserverFlags: readonly string[] = []): Promise<ControlPlane> {
  const directory = await mkdtemp('/run/wss-rig-');
  const started: RestartableProcess[] = [];
  try {
    const keys = await createControlPlaneKeys(directory);
    return await bootControlPlane(directory, keys, started, apiserverFlags);
  } catch (error) {
    await stopInReverse(started);
    await discard(directory);
    throw error;
  }
}

async function bootControlPlane(
  directory: string,
  keys: ControlPlaneKeys,
  started: RestartableProcess[],
  flags: readonly string[],
): Promise<ControlPlane> {
  const auditLogFile = join(directory, 'audit.log');
  const client = new AdminClient(APISERVER_URL, keys);
  const etcd = createEtcd(directory);
  const apiserver = await createApiserver({ directory, keys, auditLogFile, client, flags });
  // The API server retries until etcd answers, so both start at once.
  for (const each of [etcd, apiserver]) {
    started.push(each);
    await each.launch();
  }
  await Promise.all([etcd.waitUntilReady(), apiserver.waitUntilReady()]);

  let minted = 0;
  let clients = 0;
  const kubeconfigWith = (credentials: ControlPlaneKeys['admin'] | { readonly token: string }) => {
    minted += 1;
    const file = join(directory, `kubeconfig-${minted}`);
    const authorityFile = keys.authority.certificateFile;
    return writeKubeconfig({ file, server: APISERVER_URL, authorityFile, credentials });
  };
  return {
    directory,
    kubeconfig: await kubeconfigWith(keys.admin),
    audit: new AuditLog(auditLogFile),
    client,
    etcd,
    apiserver,
    async kubeconfigFor({ user, groups = [] }) {
      clients += 1;
      const name = `client-${clients}`;
      const request = { name, commonName: user, organizations: groups, usage: 'clientAuth' } as const;
      return kubeconfigWith(await issueCertificate(directory, keys.authority, request));
    },
    kubeconfigForToken: (token) => kubeconfigWith({ token }),
    async stop() {
      client.close();
      // The API server first: it would wait a minute for an etcd that is gone.
      await stopInReverse(started);
      await discard(directory);
    },
  };
}

async function stopInReverse(processes: readonly RestartableProcess[]): Promise<void> {
  for (const each of [...processes].reverse()) await each.stop();
}

/** WSS_RIG_LOGS names a folder that keeps the logs, for a look at them after a failure. */
async function discard(directory: string): Promise<void> {
  const keep = process.env.WSS_RIG_LOGS;
  if (keep) {
    const names = await readdir(directory, { recursive: true });
    for (const name of names.filter((each) => /\.(log|conf)$/.test(each))) {
      await cp(join(directory, name), join(keep, basename(directory), name));
    }
  }
  await rm(directory, { recursive: true, force: true });
}
