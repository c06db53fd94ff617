import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Behaviour = (socket: Socket) => void;

/** A server of bytes that can be told to behave otherwise; connections that it has go on as they were. */
export interface FickleServer {
  readonly port: number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** Listens at an address of this network namespace; port 0 is any that is free. */
export async function startFickleServer(host: string, port: number, first: Behaviour): Promise<FickleServer> {
  let behaviour = first;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    behaviour(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    behave(next) {
      behaviour = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
