import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  ServerResponse,
} from 'node:http';
import { connect as connectPlain, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { readClientHello, unrecognizedName } from './client-hello.ts';
import type { Endpoint } from './endpoint.ts';

const run = promisify(execFile);

export interface Asked {
  readonly isSecure: boolean;
  readonly listenerPort: number;
  /** In lower case, without a port. */
  readonly host: string;
  /** With its query. */
  readonly path: string;
}

export type Reply =
  | { readonly kind: 'status'; readonly status: number; readonly location?: string }
  | { readonly kind: 'backend'; readonly endpoint: Endpoint; readonly isUpgraded: boolean; readonly tls?: BackendTls };

/** How the backend itself is to be spoken to, where it speaks TLS. */
export interface BackendTls {
  readonly serverName: string;
  /** PEM; without it the backend's certificate is not verified. */
  readonly ca?: string;
}

/** What a data plane decides; asked anew for every connection and every request. */
export interface DataPlane {
  /** PEM. Where there is none the handshake ends with alert 112. */
  findCertificate(name: string, listenerPort: number): { readonly cert: string; readonly key: string } | undefined;
  answer(asked: Asked): Reply | Promise<Reply>;
}

export interface ProxyOptions {
  /** It is given to the loopback device of the sandbox and goes with it. */
  readonly address: string;
  readonly securePorts: readonly number[];
  readonly plainPorts: readonly number[];
  readonly plane: DataPlane;
}

/**
 * A small TLS and HTTP/1.1 proxy in the process of the test: a stand-in for data planes that cannot be built here, so that a
 * handshake can go all the way. No HTTP/2, no balancing, no timeouts, no limits: it proves nothing about those.
 */
export class StandInProxy {
  readonly #plane: DataPlane;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(plane: DataPlane) {
    this.#plane = plane;
  }

  static async start({ address, securePorts, plainPorts, plane }: ProxyOptions): Promise<StandInProxy> {
    await run('ip', ['address', 'replace', `${address}/32`, 'dev', 'lo']);
    const proxy = new StandInProxy(plane);
    try {
      for (const port of plainPorts) await proxy.#listen(address, port, false);
      for (const port of securePorts) await proxy.#listen(address, port, true);
    } catch (error) {
      await proxy.stop();
      throw error;
    }
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  async #listen(address: string, port: number, isSecure: boolean): Promise<void> {
    const http = createHttpServer();
    http.on('request', (request, response) => void this.#serve(request, response, port, isSecure));
    http.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head, port, isSecure));
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      if (isSecure) this.#greet(socket, port, (secured) => http.emit('connection', secured));
      else http.emit('connection', socket);
    });
    this.#servers.push(server);
    // ingress-nginx may listen on the same port of every address: the kernel prefers the one that names the address.
    server.listen({ port, host: address, reusePort: true });
    await once(server, 'listening');
  }

  /** Reads the ClientHello, so that a name without a certificate is refused as nginx does it: Node would only hang up. */
  #greet(socket: Socket, port: number, onSecure: (socket: TLSSocket) => void): void {
    let bytes = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const hello = readClientHello(bytes);
      if (hello === undefined) return;
      socket.off('data', read).pause();
      const pair = hello.name === undefined ? undefined : this.#plane.findCertificate(hello.name, port);
      if (pair === undefined) {
        socket.end(unrecognizedName);
        return;
      }
      socket.unshift(bytes);
      const secured = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(pair) });
      secured.on('error', () => socket.destroy());
      secured.once('secure', () => onSecure(secured));
    };
    socket.on('data', read);
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, port: number, isSecure: boolean) {
    socket.on('error', () => socket.destroy());
    const reply = await this.#ask(request, port, isSecure);
    if (reply.kind === 'status' || !reply.isUpgraded) {
      const response = new ServerResponse(request);
      response.assignSocket(socket as Socket);
      response.shouldKeepAlive = false;
      response.on('finish', () => socket.end());
      return await send(request, response, reply);
    }
    const upstream = dial(reply);
    try {
      await once(upstream, reply.tls === undefined ? 'connect' : 'secureConnect');
    } catch {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    if (socket.destroyed) upstream.destroy();
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    }
    lines.push(`X-Forwarded-Proto: ${isSecure ? 'https' : 'http'}`, '', '');
    upstream.write(lines.join('\r\n'));
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  }

  async #serve(request: IncomingMessage, response: ServerResponse, port: number, isSecure: boolean): Promise<void> {
    await send(request, response, await this.#ask(request, port, isSecure));
  }

  async #ask(request: IncomingMessage, listenerPort: number, isSecure: boolean): Promise<Reply> {
    const host = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
    try {
      return await this.#plane.answer({ isSecure, listenerPort, host, path: request.url ?? '/' });
    } catch {
      // The API server is away: whoever looks sees what a data plane without endpoints would say.
      return { kind: 'status', status: 503 };
    }
  }
}

/** Without an Upgrade: the client gets what the backend says to a plain request. */
async function send(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  if (reply.kind === 'status') {
    response.writeHead(reply.status, reply.location === undefined ? {} : { location: reply.location }).end();
    return;
  }
  const { connection, upgrade, ...headers } = request.headers;
  const { method, url: path } = request;
  const outgoing = httpRequest({
    ...(method && { method }),
    ...(path && { path }),
    headers,
    createConnection: () => dial(reply),
  });
  try {
    request.pipe(outgoing);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  } catch {
    response.writeHead(502).end();
  }
}

function dial({ endpoint, tls }: Extract<Reply, { kind: 'backend' }>): Socket {
  const { address: host, port } = endpoint;
  if (tls === undefined) return connectPlain({ host, port });
  const trust = tls.ca === undefined ? { rejectUnauthorized: false } : { ca: tls.ca };
  return connectTls({ host, port, servername: tls.serverName, ...trust });
}
