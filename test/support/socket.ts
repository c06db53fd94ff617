import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface SocketOptions {
  /** Root certificate, PEM. The server's certificate is always verified. */
  readonly ca: string;
  /** Address to connect to, whatever the host of the URL says. */
  readonly address: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a WebSocket and waits until it is open. */
export async function openSocket(url: string, options: SocketOptions): Promise<WebSocket> {
  const { address, ca, headers } = options;
  const socket = new WebSocket(url, {
    ca,
    headers: { ...headers },
    handshakeTimeout: 10_000,
    lookup: (_host, lookup, callback) => {
      if (lookup.all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    },
  });
  try {
    await once(socket, 'open');
  } catch (error) {
    socket.terminate();
    throw error;
  }
  return socket;
}

/** Sends a message and returns what comes back. */
export async function echo(
  socket: WebSocket,
  message: string | Buffer,
): Promise<{ readonly data: Buffer; readonly isBinary: boolean }> {
  const answer = once(socket, 'message', { signal: AbortSignal.timeout(15_000) });
  socket.send(message);
  const [data, isBinary] = await answer;
  return { data, isBinary };
}

/** Sends a ping and waits for its pong. */
export async function ping(socket: WebSocket): Promise<void> {
  const pong = once(socket, 'pong', { signal: AbortSignal.timeout(10_000) });
  socket.ping();
  await pong;
}

export async function closeSocket(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}
