import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { WebSocketServer } from 'ws';
import type { PublishedBackend } from './backend.ts';
import type { Rig } from './rig.ts';
import { issuePair } from './tls-secret.ts';

const run = promisify(execFile);

/** It is given to the loopback device of the sandbox and goes with it: an EndpointSlice may not name a loopback address. */
const address = '192.0.2.40';

/** A handshake that was answered with 101, as the proxy asked for it. */
export interface SecureHandshake {
  /** Of the request. */
  readonly host: string;
  /** SNI; empty without one. */
  readonly serverName: string;
  readonly protocol: string;
}

/** A WebSocket echo server that speaks TLS itself, in the process of the test, with a private root of its own. */
export interface SecureBackend {
  readonly address: string;
  readonly port: number;
  /** The only name in its certificate. */
  readonly serverName: string;
  /** Its root, PEM. */
  readonly ca: string;
  /** All so far, oldest first. */
  readonly handshakes: readonly SecureHandshake[];
  stop(): Promise<void>;
}

export async function startSecureBackend(
  { directory }: Pick<Rig, 'directory'>,
  serverName = 'chat.internal',
): Promise<SecureBackend> {
  await run('ip', ['address', 'replace', `${address}/32`, 'dev', 'lo']);
  const { cert, key, ca } = await issuePair({ directory }, [serverName]);
  const handshakes: SecureHandshake[] = [];
  const server = createServer(
    { cert, key },
    // As any WebSocket server says to a plain request.
    (_, response) => response.writeHead(426).end(),
  );
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, { headers, socket: transport }) => {
    const secured = transport as TLSSocket;
    const { host = '' } = headers;
    handshakes.push({ host, serverName: secured.servername || '', protocol: secured.getProtocol() ?? '' });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => socket.terminate());
  });
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...{ address, port, serverName, ca, handshakes },
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * A Service without selector, the EndpointSlice that leads it to the backend, and a ConfigMap `NAME-ca` with its root in `ca.crt`.
 * The namespace has to be there.
 */
export async function publishSecureBackend(
  { client }: Pick<Rig, 'client'>,
  { address: endpoint, port: targetPort, ca }: SecureBackend,
  { namespace, name, port, portName = 'wss' }: PublishedBackend,
): Promise<void> {
  const ports = [{ name: portName, port, targetPort, protocol: 'TCP', appProtocol: 'kubernetes.io/wss' }];
  await client.create(`/api/v1/namespaces/${namespace}/services`, { metadata: { name }, spec: { ports } });
  await client.create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
    metadata: { name: `${name}-rig`, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [endpoint], conditions: { ready: true, serving: true, terminating: false } }],
    ports: [{ name: portName, port: targetPort, protocol: 'TCP' }],
  });
  await client.create(`/api/v1/namespaces/${namespace}/configmaps`, {
    metadata: { name: `${name}-ca` },
    data: { 'ca.crt': ca },
  });
}
