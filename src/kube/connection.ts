import { TLSSocket } from 'node:tls';
import type { Dispatcher } from 'undici';
import { buildConnector, Client, Pool } from 'undici';
import type { TlsSettings } from './access.ts';
import { fence } from './fenced-socket.ts';

export interface ConnectionSettings {
  readonly server: URL;
  /** How many requests may be under way at once: streams of one HTTP/2 connection, or as many HTTP/1.1 connections. */
  readonly maximumStreams: number;
  readonly pingMs: number;
  readonly connectMs: number;
  /** Asked whenever something is about to be sent; at a no the connection ends. Without it everything may be sent. */
  readonly maySend?: (() => boolean) | undefined;
}

/** undici's side of a connection. */
interface Link {
  readonly dispatcher: Dispatcher;
  /** Looks no more whether the peer answers pings. */
  unwatch(): void;
  /** Ends it at once; what is under way fails. */
  end(error?: Error): Promise<void>;
}

/** Fails what was queued on a connection whose server speaks only HTTP/1.1; none of it was sent yet. */
class Http1OnlyError extends Error {}

/** Nothing may be sent any more. */
class FencedError extends Error {
  override readonly message = 'nothing is sent any more: another replica may lead by now';
}

/** With a ping each 10 s a silent peer is given up after 40 s, about as in client-go (30 s + 15 s). */
const maximumSilentPings = 3;

/**
 * One kept-alive HTTP/2 connection to the API server (undici), made again when it broke, when its peer went silent
 * without closing it, or when the TLS material changed. When ALPN yields no HTTP/2, a pool of HTTP/1.1 connections.
 */
export class Connection {
  readonly #settings: ConnectionSettings;
  #tls: TlsSettings | undefined;
  #link: Link | undefined;
  #isHttp1 = false;
  #isClosed = false;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  /** Sends one request; the handler gets the answer, or the error, later. */
  dispatch(tls: TlsSettings, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#open(tls).dispatch(options, {
      ...forward(handler),
      onResponseError: (controller, error) => {
        if (!(error instanceof Http1OnlyError)) {
          handler.onResponseError?.(controller, error);
          return;
        }
        this.#fallBack();
        if (this.#isClosed) handler.onResponseError?.(controller, error);
        else this.#open(tls).dispatch(options, handler);
      },
    });
  }

  /** Gives the connection up: what is under way fails, the next request opens another one. */
  drop(error: Error): void {
    if (this.#link !== undefined) this.#drop(this.#link, error);
  }

  /** Ends the connection; what is under way fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#link?.end();
  }

  #open(tls: TlsSettings): Dispatcher {
    if (this.#link !== undefined && this.#tls === tls) return this.#link.dispatcher;
    this.#retire();
    this.#tls = tls;
    this.#link = this.#isHttp1 ? this.#openPool(tls) : this.#openClient(tls);
    return this.#link.dispatcher;
  }

  #drop(link: Link, error: Error): void {
    if (this.#link === link) this.#link = undefined;
    void link.end(error);
  }

  /** Lets what is under way end on the old connection; the next request opens a new one. */
  #retire(): void {
    this.#link?.unwatch();
    // Rejects when it was destroyed meanwhile; then there is nothing left to end.
    this.#link?.dispatcher.close().catch(() => {});
    this.#link = undefined;
  }

  #fallBack(): void {
    if (this.#isHttp1) return;
    this.#isHttp1 = true;
    this.#retire();
  }

  #openPool(tls: TlsSettings): Link {
    const { server, maximumStreams, connectMs } = this.#settings;
    const dispatcher = new Pool(server, {
      allowH2: false,
      connections: maximumStreams,
      keepAliveTimeout: 60_000,
      connect: { ...connectorOptions(tls), timeout: connectMs },
    });
    return { dispatcher, unwatch() {}, end: (error) => dispatcher.destroy(error ?? null) };
  }

  #openClient(tls: TlsSettings): Link {
    const { server, maximumStreams, pingMs, connectMs, maySend } = this.#settings;
    const connect = buildConnector({ ...connectorOptions(tls), allowH2: true, preferH2: true, timeout: connectMs });
    let open: TLSSocket | undefined;
    const client = new Client(server, {
      // Idle ones are kept for 80 s: kube-apiserver closes after 90 s (k8s.io/apiserver pkg/server/secure_serving.go).
      keepAliveTimeout: 80_000,
      h2Options: { maxConcurrentStreams: maximumStreams, pingInterval: pingMs },
      connect: (options, callback) => {
        connect(options, (...[error, socket]) => {
          if (error !== null) {
            callback(error, null);
            return;
          }
          if (socket instanceof TLSSocket && socket.alpnProtocol === 'h2') {
            open = maySend === undefined ? socket : fence(socket, maySend, () => this.#drop(link, new FencedError()));
            callback(null, open);
            return;
          }
          socket.destroy();
          callback(new Http1OnlyError('the API server speaks only HTTP/1.1'), null);
        });
      },
    });
    client.on('disconnect', () => {
      open = undefined;
    });
    const unwatch = watch(client, pingMs, (error) => this.#drop(link, error));
    const link: Link = {
      dispatcher: client,
      unwatch,
      end(error) {
        unwatch();
        return end(client, open, error);
      },
    };
    return link;
  }
}

/**
 * undici sends pings but waits for ever for their answers, and TCP takes 15 minutes to give a silent peer up. So the
 * connection is given up here, and everything on it fails at once instead of after its own limit. Returns how to stop.
 */
function watch(client: Client, pingMs: number, onSilence: (error: Error) => void): () => void {
  let silent = 0;
  let isConnected = false;
  // undici's types do not know this event of its HTTP/2 client (docs/api/Client.md, h2Options.pingInterval).
  (client as NodeJS.EventEmitter).on('ping', () => {
    silent = 0;
  });
  client.on('connect', () => {
    silent = 0;
    isConnected = true;
  });
  client.on('disconnect', () => {
    isConnected = false;
  });
  const timer = setInterval(() => {
    if (!isConnected) return;
    silent += 1;
    if (silent <= maximumSilentPings) return;
    onSilence(new Error(`no answer to ${maximumSilentPings} pings within ${(pingMs * maximumSilentPings) / 1000} s`));
  }, pingMs);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Ends a client and fails what is under way on it. The socket goes first: a stream in place of a socket closes before its HTTP/2
 * session, and undici, which has put the requests back by then, would fail an assertion (`onHttp2SocketClose`).
 */
async function end(client: Client, socket: TLSSocket | undefined, error: Error | undefined): Promise<void> {
  if (socket === undefined || socket.destroyed) {
    await client.destroy(error ?? null);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const destroy = () => void client.destroy(error ?? null).then(resolve, reject);
    // A socket that undici has let go of already, after a GOAWAY, is no news to it.
    const fallback = setTimeout(destroy, 1_000);
    client.once('disconnect', () => {
      clearTimeout(fallback);
      destroy();
    });
    socket.destroy();
  });
}

function connectorOptions(tls: TlsSettings): buildConnector.BuildOptions {
  return { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000 };
}

/** undici looks methods up on the handler itself, so they are bound one by one. */
function forward(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
    onResponseStart: (controller, status, headers, text) =>
      handler.onResponseStart?.(controller, status, headers, text),
    onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
    onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
  };
}
