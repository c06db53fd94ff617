import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { SecureContext } from 'node:tls';
import { toOneLine } from '../api/text.ts';

export interface FetchOptions {
  readonly context: SecureContext;
  /** Milliseconds for the whole answer. */
  readonly timeoutMs: number;
  readonly maximumBytes: number;
  /** Where to connect to, whatever the URL says. */
  readonly connect?: { readonly address: string; readonly port: number };
}

export interface FetchedText {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/**
 * Gets a text, of which it reads no more than it may. It follows no redirect.
 *
 * @throws when there is no answer, none in time, or one that is too long
 */
export async function fetchText(
  url: URL,
  { context, timeoutMs, maximumBytes, connect }: FetchOptions,
): Promise<FetchedText> {
  const isSecure = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const { promise, resolve, reject } = Promise.withResolvers<FetchedText>();
  const request = (isSecure ? requestSecure : requestPlain)({
    host: connect?.address ?? hostname,
    port: connect?.port ?? (url.port === '' ? (isSecure ? 443 : 80) : Number(url.port)),
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, accept: 'text/html,*/*;q=0.8', 'accept-encoding': 'identity', 'user-agent': 'wss scan' },
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    ...(isSecure && { secureContext: context, servername: /^[\d.]+$|:/.test(hostname) ? '' : hostname }),
  });
  request.on('error', reject);
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('error', reject);
    const encoding = response.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity')
      request.destroy(new Error(`the answer is encoded as ${toOneLine(encoding)}, which nobody asked for`));
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maximumBytes) request.destroy(new Error(`the answer is longer than ${maximumBytes} bytes`));
    });
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
  });
  request.end();
  try {
    return await promise;
  } catch (cause) {
    const isLate = (cause as Error).name === 'AbortError' || (cause as Error).name === 'TimeoutError';
    const because = isLate ? `there is no answer within ${timeoutMs} ms` : (cause as Error).message;
    throw new Error(`cannot get ${url.href}: ${because}`, { cause });
  }
}
