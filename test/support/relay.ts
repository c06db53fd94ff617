import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** Where connections go: a port of the loopback device, or a unix socket. */
export type RelayTarget = { readonly port: number; readonly host?: string } | { readonly path: string };

export interface Relay {
  /** The port that was given; 0 for a unix socket. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Hands bytes on between two places. The loopback device of a sandbox cannot be reached from outside, a file can:
 *
 *     inside:  openRelay({ path: socketFile }, { port: 6443 })
 *     outside: openRelay({ port: 0 }, { path: socketFile })
 *
 * The socket's file has to lie where both sides see it: below `os.tmpdir()`, not below /run.
 */
export async function openRelay(from: RelayTarget, to: RelayTarget): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    const outgoing = createConnection({ ...to, allowHalfOpen: true });
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroySoon();
      });
    }
  });
  await listen(server, from);
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    close: () => closeServer(server, sockets),
  };
}

function listen(server: Server, from: RelayTarget): Promise<void> {
  const where = 'path' in from ? from : { host: '127.0.0.1', ...from };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, resolve);
  });
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
