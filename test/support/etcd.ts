import { join } from 'node:path';
import { partDirectory } from './build-parts.ts';
import { RestartableProcess } from './process.ts';

export const ETCD_URL = 'http://127.0.0.1:2379';

/** etcd on its default ports; its data stay in the directory over restarts. */
export function createEtcd(directory: string): RestartableProcess {
  return new RestartableProcess({
    name: 'etcd',
    command: join(partDirectory('etcd'), 'etcd'),
    args: [
      `--data-dir=${join(directory, 'etcd')}`,
      `--listen-client-urls=${ETCD_URL}`,
      `--advertise-client-urls=${ETCD_URL}`,
      '--listen-peer-urls=http://127.0.0.1:2380',
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    logFile: join(directory, 'etcd.log'),
    isReady: async () => (await fetch(`${ETCD_URL}/health`)).ok,
    readyTimeoutMs: 30_000,
  });
}
