import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AdminClient } from './admin-client.ts';
import { RestartableProcess } from './process.ts';
import { waitUntil } from './wait-until.ts';

const run = promisify(execFile);

const OUR_ADDRESS = '10.111.0.1';
const ADDRESS = '10.111.0.2';
const PORT = 8080;

/** A WebSocket handshake that the backend has answered with 101. */
export interface Handshake {
  readonly time: string;
  readonly url: string;
  readonly remoteAddress: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Backend {
  readonly process: RestartableProcess;
  readonly address: string;
  readonly port: number;
  /** All handshakes so far, oldest first. */
  requests(): Promise<readonly Handshake[]>;
  stop(): Promise<void>;
}

/** An echo server in a network namespace of its own: an EndpointSlice may not name a loopback address. */
export async function startBackend(directory: string): Promise<Backend> {
  const server = new RestartableProcess({
    name: 'backend',
    command: 'unshare',
    args: ['--net', '--', process.execPath, join(import.meta.dirname, 'backend-server.ts'), String(PORT)],
    logFile: join(directory, 'backend.log'),
    isReady: async () => {
      if (!(await isLinked())) await link(server);
      return (await fetch(`http://${ADDRESS}:${PORT}/handshakes`, { signal: AbortSignal.timeout(500) })).ok;
    },
    readyTimeoutMs: 30_000,
  });
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    process: server,
    address: ADDRESS,
    port: PORT,
    async requests() {
      return (await (await fetch(`http://${ADDRESS}:${PORT}/handshakes`)).json()) as readonly Handshake[];
    },
    stop: () => server.stop(),
  };
}

export interface PublishedBackend {
  readonly namespace: string;
  readonly name: string;
  /** Port of the Service. */
  readonly port: number;
  readonly portName?: string;
}

/** A Service without selector and the EndpointSlice that leads it to the backend. The namespace has to be there. */
export async function publishBackend(
  rig: { readonly client: AdminClient; readonly backend?: Backend },
  { namespace, name, port, portName = 'ws' }: PublishedBackend,
): Promise<void> {
  if (rig.backend === undefined) throw new Error("the rig has no backend: add 'backend' to its parts");
  const { address, port: targetPort } = rig.backend;
  await rig.client.create(`/api/v1/namespaces/${namespace}/services`, {
    metadata: { name },
    spec: { ports: [{ name: portName, port, targetPort, protocol: 'TCP' }] },
  });
  await rig.client.create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
    metadata: { name: `${name}-rig`, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true, serving: true, terminating: false } }],
    ports: [{ name: portName, port: targetPort, protocol: 'TCP' }],
  });
}

/** The pair of devices goes with the namespace of the process, so a restarted backend needs a new one. */
async function isLinked(): Promise<boolean> {
  const { stdout } = await run('ip', ['-json', 'address', 'show', 'to', OUR_ADDRESS]);
  return stdout.includes(OUR_ADDRESS);
}

async function link(server: RestartableProcess): Promise<void> {
  const ours = readlinkSync('/proc/self/ns/net');
  const pid = await waitUntil(
    async () => server.pid !== undefined && readlinkSync(`/proc/${server.pid}/ns/net`) !== ours && server.pid,
    { what: 'the network namespace of the backend', timeoutMs: 5_000, intervalMs: 5 },
  );
  const inside = (...args: string[]) => run('nsenter', [`--target=${pid}`, '--net', '--', 'ip', ...args]);
  await run('ip', ['link', 'add', 'backend', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)]);
  await inside('link', 'set', 'lo', 'up');
  await inside('address', 'add', `${ADDRESS}/30`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
  await run('ip', ['link', 'set', 'backend', 'up']);
  await run('ip', ['address', 'add', `${OUR_ADDRESS}/30`, 'dev', 'backend']);
}
