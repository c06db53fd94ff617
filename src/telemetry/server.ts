import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatAddress, parseAddress } from './address.ts';
import type { Metrics } from './metrics.ts';

export interface TelemetryServer {
  /** Where it listens, `127.0.0.1:41234`: the port that was chosen when 0 was asked for. */
  readonly address: string;
  /** Takes no more requests and drops open connections. */
  close(): Promise<void>;
}

/** One thing that must be so before the operator works; `failure` says why it is not. */
export interface HealthCheck {
  readonly name: string;
  readonly failure: string | undefined;
}

export interface MetricsServerOptions {
  /** See {@link parseAddress}. */
  readonly address: string;
  readonly metrics: Pick<Metrics, 'render'>;
}

export interface HealthServerOptions {
  /** See {@link parseAddress}. */
  readonly address: string;
  /** Asked at each request of `/readyz`. */
  readonly listChecks: () => readonly HealthCheck[];
}

interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: string;
}

/**
 * To answer is to live: the answer comes from the event loop that all work shares. What a restart cannot cure (an API server that is
 * gone, a Lease that cannot be renewed) is no reason to be killed: it is retried, and told by `/readyz`, metrics and log.
 */
const liveness: readonly HealthCheck[] = [{ name: 'ping', failure: undefined }];

type Page = (url: URL) => Answer | Promise<Answer>;

/** A request is one line and a few headers: who has not sent them by then (in milliseconds) is not going to. */
const requestDeadline = 5_000;

/** Serves `/metrics`; undefined when the address is `0`. Throws when the address is wrong or taken. */
export function serveMetrics({ address, metrics }: MetricsServerOptions): Promise<TelemetryServer | undefined> {
  return serve('--metrics-address', address, {
    '/metrics': async () => ({ status: 200, ...(await metrics.render()) }),
  });
}

/** Serves `/healthz`, `/livez` and `/readyz` as the API server does; undefined when the address is `0`. */
export function serveHealth(options: HealthServerOptions): Promise<TelemetryServer | undefined> {
  const { address, listChecks } = options;
  return serve('--health-address', address, {
    '/healthz': (url) => report('healthz', liveness, url),
    '/livez': (url) => report('livez', liveness, url),
    '/readyz': (url) => report('readyz', listChecks(), url),
  });
}

/** The format of `kubectl get --raw '/readyz?verbose'`; 500 and verbose when a check fails (apiserver, pkg/server/healthz). */
function report(name: string, checks: readonly HealthCheck[], url: URL): Answer {
  const isHealthy = checks.every(({ failure }) => failure === undefined);
  if (isHealthy && !url.searchParams.has('verbose')) return { status: 200, body: 'ok' };
  const lines = checks.map((check) =>
    check.failure === undefined ? `[+]${check.name} ok` : `[-]${check.name} failed: ${check.failure}`,
  );
  const verdict = `${name} check ${isHealthy ? 'passed' : 'failed'}`;
  return { status: isHealthy ? 200 : 500, body: `${[...lines, verdict].join('\n')}\n` };
}

async function serve(
  flag: string,
  text: string,
  pages: Readonly<Record<string, Page>>,
): Promise<TelemetryServer | undefined> {
  const address = parseAddress(text, flag);
  if (address === undefined) return undefined;
  const limits = { headersTimeout: requestDeadline, requestTimeout: requestDeadline, maxHeaderSize: 8 * 1024 };
  const server = createServer({ ...limits, connectionsCheckingInterval: 1_000 }, (request, response) => {
    void answer(request, response, pages);
  });
  try {
    await listen(server, address);
  } catch (cause) {
    throw new Error(`cannot listen on ${flag} ${text}: ${(cause as Error).message}`, { cause });
  }
  // To be watched is no reason to stay: the process lives as long as its work.
  server.unref();
  const { address: host, port } = server.address() as AddressInfo;
  return { address: formatAddress(host, port), close: () => close(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pages: Readonly<Record<string, Page>>,
): Promise<void> {
  const { status, body, contentType = 'text/plain; charset=utf-8' } = await compose(request, pages);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function compose(request: IncomingMessage, pages: Readonly<Record<string, Page>>): Promise<Answer> {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  const page = pages[url?.pathname ?? ''];
  if (url === null || page === undefined) {
    return { status: 404, body: `not found; there is ${Object.keys(pages).join(', ')}\n` };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'only GET and HEAD\n' };
  try {
    return await page(url);
  } catch (error) {
    return {
      status: 500,
      body: `${url.pathname.slice(1)} failed: ${error instanceof Error ? error.message : error}\n`,
    };
  }
}

function listen(server: Server, address: { readonly host?: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
