import type { ClusterAccess } from './access.ts';
import { parse, refusal } from './answer.ts';
import { Connection } from './connection.ts';
import type { RequestLine } from './errors.ts';
import { AbortedError, ConnectionError } from './errors.ts';
import type { Answer } from './exchange.ts';
import { Exchange } from './exchange.ts';
import { LineSplitter } from './lines.ts';
import type { Query } from './path.ts';
import { withQuery } from './path.ts';
import type { ApiAnswer, CountedRequest, Method, RequestOptions, StreamOptions } from './request.ts';
import { Slots } from './slots.ts';

export interface TransportOptions {
  readonly access: ClusterAccess;
  /** Of the operator: for the User-Agent. */
  readonly version: string;
  /** How many requests may wait for answers at once (64; kube-apiserver takes 100 streams per connection). */
  readonly maxInFlight?: number;
  /** HTTP/2 pings; three silent ones end a connection (10 s). */
  readonly pingMs?: number;
  /** The fence: asked before a write is made and again before its bytes are sent. Without it everything may leave. */
  readonly mayWrite?: () => boolean;
  /** Every answer, for `rest_client_requests_total`; `code` is `<error>` when there was none, as in client-go. */
  readonly onRequest?: (request: CountedRequest) => void;
}

const jsonType = 'application/json';

/** Plain JSON to and from the API server over two kept-alive connections: one for writes, one for lists and watches. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #writes: Connection;
  readonly #watches: Connection;
  readonly #slots: Slots;
  #isClosed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { server } = options.access;
    const settings = { server, maximumStreams: 100, pingMs: options.pingMs ?? 10_000, connectMs: 10_000 };
    this.#writes = new Connection({ ...settings, maySend: options.mayWrite });
    this.#watches = new Connection(settings);
    this.#slots = new Slots(Math.min(options.maxInFlight ?? 64, 100));
  }

  /** Throws ApiError (an answer that refuses), ConnectionError (no answer), CredentialsError, AbortedError. */
  async request<Body = unknown>(options: RequestOptions): Promise<ApiAnswer<Body>> {
    const timeoutMs = options.timeoutMs ?? 30_000;
    const outgoing: Outgoing = {
      ...options,
      connection: options.isBesideWrites === true ? this.#watches : this.#writes,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
    };
    // What goes beside the writes does not wait behind them either.
    const slots = options.isBesideWrites === true ? undefined : this.#slots;
    await slots?.take();
    try {
      const answer = await this.#sendAuthorized(outgoing);
      if (answer.status < 200 || answer.status > 299) throw refusal(options, answer);
      return { status: answer.status, headers: answer.headers, body: parse(options, answer.body.toString()) as Body };
    } finally {
      slots?.give();
    }
  }

  /** A GET whose answer is one JSON value per line, until the API server ends it. Throws as {@link request} does. */
  async *stream(options: StreamOptions): AsyncGenerator<unknown, void, void> {
    const request = { method: 'GET', path: options.path } as const;
    const splitter = new LineSplitter();
    const lines: string[] = [];
    const left = new AbortController();
    let outcome: { readonly answer: Answer } | { readonly error: unknown } | undefined;
    let wake = (): void => {};

    const answered = this.#sendAuthorized({
      ...options,
      ...request,
      connection: this.#watches,
      headersTimeoutMs: options.inactivityMs,
      bodyTimeoutMs: options.inactivityMs,
      signal: options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]),
      onChunk(chunk) {
        for (const line of splitter.push(chunk)) lines.push(line);
        wake();
      },
    });
    void answered
      .then(
        (answer) => {
          outcome = { answer };
        },
        (error: unknown) => {
          outcome = { error };
        },
      )
      .finally(() => wake());

    try {
      while (outcome === undefined || lines.length > 0) {
        for (const line of lines.splice(0)) yield parse(request, line);
        if (outcome !== undefined || lines.length > 0) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      left.abort();
    }
    if ('error' in outcome) throw outcome.error;
    if (outcome.answer.status !== 200) throw refusal(request, outcome.answer);
    if (splitter.hasRest) throw new ConnectionError(request, 'the stream was cut in the middle of a line');
  }

  /** Ends both connections; what is under way fails with ConnectionError. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#writes.close(), this.#watches.close()]);
  }

  /** A rejected token may just have expired: when there is another one by now, it is used at once. */
  async #sendAuthorized(outgoing: Outgoing): Promise<Answer> {
    const { access } = this.#options;
    const headers = await access.authorize();
    const answer = await this.#send(outgoing, headers);
    if (answer.status !== 401) return answer;
    const fresh = await access.authorize({ isRejected: true });
    const isSame = JSON.stringify(fresh) === JSON.stringify(headers);
    return isSame ? answer : await this.#send(outgoing, fresh);
  }

  #send(outgoing: Outgoing, credentials: Readonly<Record<string, string>>): Promise<Answer> {
    const { signal, onOpen, onChunk } = outgoing;
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const refused = this.#refuse(outgoing);
      if (refused !== undefined) {
        reject(refused);
        return;
      }
      if (signal?.aborted === true || this.#isClosed) {
        reject(this.#isClosed ? new ConnectionError(outgoing, 'the transport is closed') : abortion(outgoing));
        return;
      }
      // undici has been seen to forget a request after two GOAWAYs: its own limits begin only when it is sent.
      const forgotten = setTimeout(() => {
        const error = new ConnectionError(outgoing, 'no answer, and no sign that it was sent');
        exchange.abort(error);
        outgoing.connection.drop(error);
      }, 2 * outgoing.headersTimeoutMs);
      const exchange = new Exchange({
        onHead: () => clearTimeout(forgotten),
        refuse: () => this.#refuse(outgoing),
        ...(onOpen !== undefined && { onOpen }),
        ...(onChunk !== undefined && { onChunk }),
        onAnswer: (answer) => {
          signal?.removeEventListener('abort', abort);
          this.#count(outgoing, `${answer.status}`, startedAt);
          resolve(answer);
        },
        onFailure: (error) => {
          clearTimeout(forgotten);
          signal?.removeEventListener('abort', abort);
          if (!(error instanceof AbortedError)) this.#count(outgoing, '<error>', startedAt);
          reject(
            error instanceof AbortedError || error instanceof ConnectionError
              ? error
              : new ConnectionError(outgoing, error.message, { cause: error }),
          );
        },
      });
      function abort(): void {
        exchange.abort(abortion(outgoing));
      }
      signal?.addEventListener('abort', abort, { once: true });
      outgoing.connection.dispatch(
        this.#options.access.tls,
        {
          method: outgoing.method,
          path: withQuery(outgoing.path, outgoing.query),
          headers: this.#headers(outgoing, credentials),
          body: outgoing.body ?? null,
          headersTimeout: outgoing.headersTimeoutMs,
          bodyTimeout: outgoing.bodyTimeoutMs,
        },
        exchange,
      );
    });
  }

  #refuse(outgoing: Outgoing): Error | undefined {
    if (outgoing.connection === this.#watches || this.#options.mayWrite?.() !== false) return undefined;
    return new AbortedError(`${outgoing.method} ${outgoing.path}: not sent, another replica may lead by now`);
  }

  #headers(outgoing: Outgoing, credentials: Readonly<Record<string, string>>): Record<string, string> {
    const headers: Record<string, string> = {
      ...credentials,
      'user-agent': `wss-operator/${this.#options.version}`,
      accept: outgoing.accept ?? jsonType,
    };
    if (outgoing.body !== undefined) headers['content-type'] = outgoing.contentType ?? jsonType;
    return headers;
  }

  #count(outgoing: Outgoing, code: string, startedAt: number): void {
    const seconds = (performance.now() - startedAt) / 1000;
    this.#options.onRequest?.({ verb: outgoing.method, code, host: this.#options.access.server.host, seconds });
  }
}

interface Outgoing extends RequestLine {
  readonly method: Method;
  readonly connection: Connection;
  readonly query?: Query;
  readonly body?: string | undefined;
  readonly contentType?: string;
  readonly accept?: string;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onOpen?: () => void;
  readonly onChunk?: (chunk: Buffer) => void;
}

function abortion(request: RequestLine): AbortedError {
  return new AbortedError(`${request.method} ${request.path}: ended by its caller`);
}
