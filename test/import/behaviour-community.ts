import type { ApiObject } from '../support/admin-client.ts';
import type { Properties, Texts } from './behaviour.ts';

const prefix = 'nginx.ingress.kubernetes.io/';

/** Annotations that nginx.conf does not depend on: of programs that are not nginx. Those of F5's controller are not read either. */
const ofOthers =
  /^(cert-manager\.io|acme\.cert-manager\.io|meta\.helm\.sh|kubernetes\.io|kubectl\.kubernetes\.io|nginx\.org|nginx\.com)\//;

/** Read one by one below. */
const known = new Set([
  'proxy-read-timeout',
  'proxy-send-timeout',
  'proxy-connect-timeout',
  'ssl-redirect',
  'force-ssl-redirect',
  'affinity',
  'affinity-mode',
  'session-cookie-name',
  'session-cookie-max-age',
  'session-cookie-expires',
  'session-cookie-path',
  'session-cookie-samesite',
  'session-cookie-secure',
  'upstream-hash-by',
  'load-balance',
  'limit-connections',
  'limit-rps',
  'limit-rpm',
  'limit-burst-multiplier',
  'allowlist-source-range',
  'whitelist-source-range',
  'backend-protocol',
  'proxy-ssl-name',
  'proxy-ssl-verify',
  'proxy-ssl-server-name',
  'proxy-ssl-secret',
  'proxy-ssl-protocols',
  'ssl-ciphers',
  'ssl-prefer-server-ciphers',
  'rewrite-target',
  'use-regex',
]);

/** Defaults of NewDefault in internal/ingress/controller/config/config.go, and what there is no annotation for. */
const defaults: Texts = {
  'proxy-http-version': '1.1',
  'proxy-buffering': 'off',
  'proxy-request-buffering': 'on',
  'websocket-services': '*',
  hsts: '*',
  'service-upstream': 'false',
};

/** Lines that its template has for every location (rootfs/etc/nginx/template/nginx.tmpl). */
const ownLines = [
  'proxy_set_header Host $host',
  'proxy_set_header Upgrade $http_upgrade',
  'proxy_set_header Connection "upgrade"',
];

export function readCommunity(annotations: Texts, path: ApiObject, hasTLS: boolean): Properties {
  const say = (name: string) => annotations[prefix + name];
  const read = seconds(say('proxy-read-timeout'), 60);
  const properties: Record<string, string> = {
    match: describeMatch(path, say),
    read: String(read),
    send: String(seconds(say('proxy-send-timeout'), 60)),
    connect: String(Math.min(75, seconds(say('proxy-connect-timeout'), 5))),
    redirect: String(say('force-ssl-redirect') === 'true' || (hasTLS && say('ssl-redirect') !== 'false')),
    ...describeAffinity(say, path),
    ...describeLimits(say),
  };
  // Without a value the older name is as if it were missing.
  const sources = say('allowlist-source-range') ?? (say('whitelist-source-range') || undefined);
  if (sources !== undefined) {
    const networks = sources.split(',').map((each) => each.trim());
    properties.sources = networks
      .map((each) => (each.includes('/') ? each : `${each}/32`))
      .sort()
      .join();
  }
  if ((say('backend-protocol') ?? 'HTTP') !== 'HTTP') {
    properties.backendTLS = describeBackendTLS(say);
  }
  if (say('ssl-ciphers') !== undefined) {
    properties.ciphers = String(say('ssl-ciphers')).split(':').sort().join(':');
    properties['ssl-prefer-server-ciphers'] = say('ssl-prefer-server-ciphers') ?? 'true';
  }
  for (const [fullName, value] of Object.entries(annotations)) {
    if (ofOthers.test(fullName)) continue;
    const name = fullName.replace(prefix, '');
    if (known.has(name) || defaults[name] === value || defaults[name] === '*') continue;
    if (name.endsWith('-snippet') && listLines(value).every((line) => ownLines.includes(line))) continue;
    if (name.startsWith('limit-') && properties.connections === undefined && properties.rate === undefined) continue;
    properties[name] = value;
  }
  return properties;
}

type Say = (name: string) => string | undefined;

function seconds(text: string | undefined, byDefault: number): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : byDefault;
}

/** `elements`: whole elements; `below`: only what is below a slash; `raw`: whatever begins so. */
function describeMatch({ path = '/', pathType }: ApiObject, say: Say): string {
  if (say('use-regex') === 'true') return `regex ${path}`;
  if (say('rewrite-target') !== undefined && say('rewrite-target') !== path) return `rewrite ${say('rewrite-target')}`;
  if (pathType === 'Exact') return 'exact';
  if (path === '/') return 'elements';
  if (path.endsWith('/')) return 'below';
  return pathType === 'Prefix' ? 'elements' : 'raw';
}

function describeAffinity(say: Say, { path }: ApiObject): Properties {
  if (say('affinity') === 'cookie') {
    const age = say('session-cookie-max-age') ?? say('session-cookie-expires');
    return {
      affinity: 'cookie',
      'affinity-mode': say('affinity-mode') ?? 'balanced',
      'session-cookie-name': say('session-cookie-name') ?? 'INGRESSCOOKIE',
      ...(age !== undefined && { 'session-cookie-max-age': age }),
      'session-cookie-path': say('session-cookie-path') ?? path ?? '/',
      'session-cookie-samesite': say('session-cookie-samesite') ?? '',
      // nginx is asked over TLS, and then the cookie is Secure (rootfs/etc/nginx/lua/balancer/sticky.lua).
      'session-cookie-secure': say('session-cookie-secure') ?? 'true',
    };
  }
  const key = say('upstream-hash-by');
  if (key !== undefined) return { affinity: key.replace('binary_', '') };
  return say('load-balance') === 'ewma' ? { 'load-balance': 'ewma' } : {};
}

function describeLimits(say: Say): Properties {
  const [rps, rpm] = [Number(say('limit-rps') ?? 0), Number(say('limit-rpm') ?? 0)];
  const times = Number(say('limit-burst-multiplier') ?? 5);
  const connections = Number(say('limit-connections') ?? 0);
  return {
    ...(connections > 0 && { connections: String(connections) }),
    ...(rps > 0 && { rate: String(rps * 60), burst: String(rps * times) }),
    ...(rpm > 0 && { rate: String(rpm), burst: String(rpm * times) }),
  };
}

/** Without a Secret ingress-nginx passes over every other proxy-ssl-*. */
function describeBackendTLS(say: Say): string {
  const secret = say('proxy-ssl-secret')?.split('/').at(-1);
  if (secret === undefined) return String(say('backend-protocol'));
  return [say('backend-protocol'), say('proxy-ssl-name'), secret, say('proxy-ssl-verify') ?? 'off'].join(' ');
}

function listLines(snippet: string): readonly string[] {
  const lines = snippet.split('\n').map((line) => line.trim().replace(/;$/, ''));
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}
