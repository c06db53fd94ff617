import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';

/** The answer to a WebSocket handshake, whatever it is: 101, or the status of the refusal. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface HandshakeOptions {
  /** Address to connect to, whatever the host of the URL says. */
  readonly address: string;
  /** The client's own address. Left out, it is the one that is connected to: both are on the loopback device. */
  readonly from?: string;
  /** Root certificate, PEM. Left out, nothing is verified. */
  readonly ca?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes a handshake, closes the socket again and tells the answer. Throws when there is none: no TLS, no HTTP. */
export function shakeHands(url: string, { address, ca, from, headers }: HandshakeOptions): Promise<HandshakeAnswer> {
  const socket = new WebSocket(url, {
    ...(ca === undefined ? { rejectUnauthorized: false } : { ca }),
    ...(from !== undefined && { localAddress: from }),
    headers: { ...headers },
    handshakeTimeout: 10_000,
    lookup: (_host, lookup, callback) => {
      if (lookup.all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    },
  });
  return new Promise((resolve, reject) => {
    let answer: HandshakeAnswer | undefined;
    socket.on('upgrade', (response) => {
      answer = { status: response.statusCode ?? 0, headers: response.headers };
    });
    socket.on('open', () => socket.close());
    socket.on('unexpected-response', (request, response) => {
      response.resume();
      request.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    socket.on('close', () => answer !== undefined && resolve(answer));
    socket.on('error', reject);
  });
}
