import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A way to the backend. */
export interface Way {
  readonly name: 'direct' | 'through TLS';
  /** As the request's header tells it. */
  readonly host: string;
  /** A connection that can be written to; a certificate that does not fit the host is an error. */
  dial(): Promise<Socket>;
}

export function directWay({ address, port }: { readonly address: string; readonly port: number }): Way {
  return {
    name: 'direct',
    host: `${address}:${port}`,
    dial: () => opened(connect({ host: address, port, noDelay: true }), 'connect'),
  };
}

export function tlsWay(options: { readonly address: string; readonly host: string; readonly ca: string }): Way {
  const { address, host, ca } = options;
  return {
    name: 'through TLS',
    host,
    dial: () => opened(connectTls({ host: address, port: 443, servername: host, ca }).setNoDelay(), 'secureConnect'),
  };
}

async function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> {
  try {
    await once(socket, event, { signal: AbortSignal.timeout(10_000) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
