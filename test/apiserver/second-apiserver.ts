import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RestartableProcess } from '../support/process.ts';
import type { Rig } from '../support/rig.ts';

export interface SecondApiserver {
  readonly url: URL;
  readonly process: RestartableProcess;
}

/** One more kube-apiserver on the etcd of the rig, with the rig's own arguments and these flags. */
export async function startSecondApiserver(rig: Rig, port: number, flags: readonly string[]): Promise<SecondApiserver> {
  const [command = '', ...args] = readFileSync(`/proc/${rig.apiserver.pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  const own = [`--secure-port=${port}`, `--audit-log-path=${join(rig.directory, `audit-${port}.log`)}`];
  const url = new URL(`https://127.0.0.1:${port}`);
  const process = new RestartableProcess({
    name: `kube-apiserver on port ${port}`,
    command,
    // The last of two equal flags counts.
    args: [...args, ...own, ...flags],
    logFile: join(rig.directory, `kube-apiserver-${port}.log`),
    isReady: async () => (await rig.client.request('GET', '/readyz')).status === 200 && (await isServing(url)),
    readyTimeoutMs: 60_000,
  });
  await process.start();
  return { url, process };
}

async function isServing(url: URL): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
