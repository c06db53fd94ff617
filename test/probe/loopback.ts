import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { computeAccept } from '../../src/probe/upgrade-request.ts';
import type { Identity } from './certificate-maker.ts';

/** Servers on loopback, each on a port of its own; all of them end with this. */
export class Loopback implements AsyncDisposable {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Starts to listen and returns the port. */
  async listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A server of bytes without TLS. */
  serveBytes(onSocket: (socket: Socket) => void): Promise<number> {
    return this.listen(createServer(onSocket));
  }

  /** A server of bytes behind TLS. */
  serveTls(identity: Identity, options: TlsOptions, onSocket: (socket: Socket) => void): Promise<number> {
    const server = createTlsServer({ ...toOptions(identity), ...options });
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      onSocket(socket);
    });
    return this.listen(server);
  }

  /** An HTTPS server that knows nothing of WebSocket. */
  serveHttps(identity: Identity, onRequest: RequestListener): Promise<number> {
    return this.listen(createHttpsServer(toOptions(identity), onRequest));
  }

  /** A port where nothing listens: one that was free a moment ago. */
  async findFreePort(): Promise<number> {
    const server = createServer();
    const port = await this.listen(server);
    server.close();
    await once(server, 'close');
    return port;
  }

  /** Waits for the next connection to the port. */
  async waitForConnection(port: number): Promise<Socket> {
    const [socket] = await once(this.#find(port), 'connection');
    return socket;
  }

  /** Waits until the next connection to the port has ended. */
  async waitForEnd(port: number): Promise<void> {
    const socket = await this.waitForConnection(port);
    if (!socket.closed) await once(socket, 'close');
  }

  #find(port: number): Server {
    const server = this.#servers.find((each) => (each.address() as AddressInfo | null)?.port === port);
    if (server === undefined) throw new Error(`nobody listens on port ${port}`);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const listening = this.#servers.filter((server) => server.listening);
    await Promise.all(listening.map((server) => once(server.close(), 'close')));
  }
}

/** Answers the first request with `compose` of its head. */
export function answering(compose: (head: string) => string | Buffer, then?: (socket: Socket) => void) {
  return (socket: Socket): void => {
    socket.once('data', (head) => {
      socket.write(compose(head.toString('latin1')));
      then?.(socket);
    });
  };
}

/** Answers with a good head, and these bytes after it. */
export function afterSwitch(bytes: Buffer | string, then?: (socket: Socket) => void) {
  return answering((head) => Buffer.concat([Buffer.from(composeSwitch(head)), Buffer.from(bytes)]), then);
}

/** The head of a good answer; `changes` replace headers, or remove them with undefined. */
export function composeSwitch(head: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
  const key = /^Sec-WebSocket-Key: (\S+)\r$/m.exec(head)?.[1] ?? '';
  const headers = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': computeAccept(key),
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`;
}

function toOptions({ certificate, key }: Identity): TlsOptions {
  return { cert: certificate, key };
}
