import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Identity } from '../probe/certificate-maker.ts';

/** An answer of the site. */
export interface Resource {
  readonly body: string;
  readonly type?: string;
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Ports {
  readonly http: readonly number[];
  readonly https: readonly number[];
}

/** Pages, and an echoing WebSocket under every host and path, on 127.0.0.1. */
export class Site implements AsyncDisposable {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #resources = new Map<string, Resource>();
  readonly #echo = new WebSocketServer({ noServer: true });

  private constructor() {
    this.#echo.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      socket.on('error', () => {});
    });
  }

  /** The ports are those of the sandbox: run it in one. */
  static async start({ certificate, key }: Identity, { http, https }: Ports): Promise<Site> {
    const site = new Site();
    const answer: RequestListener = ({ url = '/' }, response) => {
      const resource = site.#resources.get(url);
      const { body = 'nothing here', type = 'text/html; charset=utf-8', status = 200, headers = {} } = resource ?? {};
      response
        .writeHead(resource === undefined ? 404 : status, { 'content-type': type, ...(headers as object) })
        .end(body);
    };
    for (const port of http) await site.#listen(createServer(answer), port);
    for (const port of https) await site.#listen(createSecureServer({ cert: certificate, key }, answer), port);
    return site;
  }

  /** What is served at a path, whatever the host. */
  put(path: string, resource: Resource): void {
    this.#resources.set(path, resource);
  }

  async #listen(server: Server, port: number): Promise<void> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('tlsClientError', () => {});
    server.on('upgrade', (request, socket, head) => {
      this.#echo.handleUpgrade(request, socket, head, (opened) => this.#echo.emit('connection', opened, request));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.filter((each) => each.listening).map((each) => once(each.close(), 'close')));
  }
}
