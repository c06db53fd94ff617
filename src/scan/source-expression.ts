/**
 * Which URL a source list of CSP allows. It follows Chromium, which the tests ask in the browser itself, where that differs from CSP3:
 * a source without a scheme takes the page's, so that `app.example.com` on an `https` page does not allow `wss://app.example.com`
 * (third_party/blink/renderer/core/frame/csp/csp_source.cc).
 */
interface Source {
  readonly scheme: string;
  /** Undefined: a scheme alone, `wss:`. */
  readonly host?: string;
  readonly isWildcard: boolean;
  /** '' where none is written. */
  readonly port: string;
  readonly path: string;
}

type Match = 'none' | 'upgrade' | 'wildcard' | 'exact';

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'ws:': '80', 'https:': '443', 'wss:': '443' };

/** Whether a list such as `'self' wss://chat.example.com` lets a page of the origin open a `ws:` or `wss:` URL. */
export function allowsSocket(list: string, url: URL, page: URL): boolean {
  return list.split(/[\t\n\f\r ]+/).some((expression) => allows(expression, url, page));
}

function allows(expression: string, url: URL, page: URL): boolean {
  if (expression === '*') return true;
  if (expression.toLowerCase() === "'self'") return isSelf(url, page);
  const source = readSource(expression);
  return source !== undefined && isMatch(source, url, page.protocol);
}

/** CSP3, "match url to source expression", step for 'self': also the secure variants of the origin, and ws: for an http: page. */
function isSelf(url: URL, page: URL): boolean {
  if (url.hostname !== page.hostname || page.hostname === '') return false;
  const isSamePort = url.port === page.port ? url.port !== '' || hasDefaultPort(page) : false;
  return isSamePort && (url.protocol === 'wss:' || page.protocol === 'http:');
}

function hasDefaultPort(page: URL): boolean {
  return page.protocol in defaultPorts;
}

const schemeOnly = /^([a-z][a-z0-9+.-]*:)$/i;
const hostSource =
  /^(?:(?<scheme>[a-z][a-z0-9+.-]*:)\/\/)?(?<host>\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::(?<port>\d+|\*))?(?<path>\/[^?#]*)?(?:[?#].*)?$/i;

/** Undefined: the expression is none, and browsers pass over it. */
function readSource(expression: string): Source | undefined {
  const [, alone] = schemeOnly.exec(expression) ?? [];
  if (alone !== undefined) return { scheme: alone.toLowerCase(), isWildcard: false, port: '', path: '' };
  const { scheme = '', host, port = '', path = '' } = hostSource.exec(expression)?.groups ?? {};
  if (host === undefined) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    host: host.toLowerCase().replace(/^\*\.?/, ''),
    isWildcard: host.startsWith('*'),
    port,
    path: decode(path),
  };
}

function isMatch(source: Source, url: URL, pageScheme: string): boolean {
  const byScheme = matchScheme(source.scheme === '' ? pageScheme : source.scheme, url.protocol);
  if (byScheme === 'none') return false;
  if (source.host === undefined) return true;
  const byPort = matchPort(source, url, pageScheme);
  // Scheme and port are upgraded together or not at all: ws://host:8080 does not allow wss://host:8080.
  const needsUpgrade = byScheme === 'upgrade' || byPort === 'upgrade';
  const canUpgrade = byScheme === 'upgrade' && (byPort === 'upgrade' || byPort === 'wildcard');
  if (needsUpgrade && !canUpgrade) return false;
  return byPort !== 'none' && isHostMatch(source, url.hostname) && isPathMatch(source.path, url.pathname);
}

function matchScheme(allowed: string, scheme: string): Match {
  if (allowed === scheme) return 'exact';
  return allowed === 'ws:' && scheme === 'wss:' ? 'upgrade' : 'none';
}

/** `URL` leaves a port out that is the default of its scheme. */
function matchPort({ scheme, port }: Source, url: URL, pageScheme: string): Match {
  if (port === '*') return 'wildcard';
  if (port === url.port) return port === '' ? 'wildcard' : 'exact';
  const isInsecure = (scheme === '' ? pageScheme : scheme) === 'http:';
  const isUpgradable = port === '80' || (isInsecure && ['', '443'].includes(port));
  if (isUpgradable && url.protocol === 'wss:' && url.port === '') return 'upgrade';
  return url.port === '' && port === defaultPorts[url.protocol] ? 'exact' : 'none';
}

function isHostMatch({ host = '', isWildcard }: Source, hostname: string): boolean {
  if (!isWildcard) return hostname === host;
  return host === '' || hostname.endsWith(`.${host}`);
}

function isPathMatch(allowed: string, path: string): boolean {
  if (allowed === '') return true;
  const decoded = decode(path);
  return allowed.endsWith('/') ? decoded.startsWith(allowed) : decoded === allowed;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
