import type { ApiObject } from '../support/admin-client.ts';
import type { Properties, Texts } from './behaviour.ts';

const prefix = 'nginx.org/';

/** Annotations that nginx.conf does not depend on; those of ingress-nginx are not read. */
const ofOthers =
  /^(cert-manager\.io|acme\.cert-manager\.io|meta\.helm\.sh|kubernetes\.io|kubectl\.kubernetes\.io|nginx\.ingress\.kubernetes\.io)\//;

/** Of the host: on a minion they are passed over, a minion has its master's. */
const ofHost = [
  'ssl-redirect',
  'redirect-to-https',
  'http-redirect-code',
  'hsts',
  'hsts-max-age',
  'hsts-include-subdomains',
  'ssl-ciphers',
];

const known = new Set([
  ...ofHost,
  'mergeable-ingress-type',
  'websocket-services',
  'ssl-services',
  'proxy-read-timeout',
  'proxy-send-timeout',
  'proxy-connect-timeout',
  'lb-method',
  'sticky-cookie-services',
  'limit-req-rate',
  'limit-req-key',
  'limit-req-burst',
  'limit-req-no-delay',
  // How much memory the counters have decides how many clients are counted, not what is done to one.
  'limit-req-zone-size',
  'rewrites',
]);

const ownLines = ['proxy_set_header Upgrade $http_upgrade', 'proxy_set_header Connection "upgrade"'];

export function readF5(own: Texts, master: Texts | undefined, path: ApiObject, hasTLS: boolean): Properties {
  const server = master ?? own;
  const say = (name: string) => {
    if (ofHost.includes(name)) return server[prefix + name];
    return own[prefix + name] ?? own[`nginx.com/${name}`] ?? master?.[prefix + name];
  };
  const service: string = path.backend.service.name;
  const isListed = (name: string) => (own[prefix + name] ?? '').split(',').includes(service);
  const properties: Record<string, string> = {
    websocket: String(isListed('websocket-services')),
    match: describeMatch(path),
    read: String(seconds(say('proxy-read-timeout') ?? '60s')),
    send: String(seconds(say('proxy-send-timeout') ?? '60s')),
    connect: String(Math.min(75, seconds(say('proxy-connect-timeout') ?? '60s'))),
    redirect: String(
      hasTLS && (say('ssl-redirect') ?? server['ingress.kubernetes.io/ssl-redirect'] ?? 'true') === 'true',
    ),
    ...describeBalancing(say, service),
    ...describeRate(say),
  };
  if (isListed('ssl-services')) properties['ssl-services'] = 'true';
  if (say('rewrites')?.includes(`serviceName=${service} `)) properties.rewrites = String(say('rewrites'));
  if (say('redirect-to-https')?.toLowerCase() === 'true') properties['redirect-to-https'] = 'true';
  if (say('hsts')?.toLowerCase() === 'true') {
    const isDeep = say('hsts-include-subdomains')?.toLowerCase() === 'true';
    properties.hsts = `${say('hsts-max-age') ?? 2_592_000}${isDeep ? ' includeSubDomains' : ''}`;
  }
  if (say('ssl-ciphers') !== undefined) properties.ciphers = String(say('ssl-ciphers')).split(':').sort().join(':');
  for (const [fullName, value] of Object.entries({ ...master, ...own })) {
    const name = fullName.replace(/^nginx\.(org|com)\//, '');
    if (ofOthers.test(fullName) || fullName === 'ingress.kubernetes.io/ssl-redirect' || known.has(name)) continue;
    if (name.endsWith('-snippets') && listLines(value).every((line) => ownLines.includes(line))) continue;
    properties[name] = value;
  }
  return properties;
}

/** Prefix is a raw prefix of nginx, whatever Kubernetes says. */
function describeMatch({ path = '/', pathType }: ApiObject): string {
  if (pathType === 'Exact') return 'exact';
  if (path === '/') return 'elements';
  return path.endsWith('/') ? 'below' : 'raw';
}

type Say = (name: string) => string | undefined;

const units: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1, '': 1 };

function seconds(text: string): number {
  return [...text.matchAll(/(\d+)([dhms]?)/g)].reduce(
    (sum, [, digits, unit = '']) => sum + Number(digits) * (units[unit] ?? 0),
    0,
  );
}

function describeBalancing(say: Say, service: string): Properties {
  const cookie = (say('sticky-cookie-services') ?? '')
    .split(';')
    .find((each) => each.includes(`serviceName=${service} `));
  if (cookie !== undefined) {
    const [, name = '', ...rest] = cookie.trim().split(' ');
    const expires = rest.find((each) => each.startsWith('expires='));
    const others = rest.filter((each) => each !== expires && !/^(path=\/|secure|httponly|samesite=none)$/i.test(each));
    return {
      affinity: 'cookie',
      'sticky-cookie-name': name,
      ...(expires !== undefined && { 'sticky-cookie-age': String(seconds(expires.slice(8))) }),
      ...(others.length > 0 && { 'sticky-cookie-rest': others.join(' ') }),
    };
  }
  const method = say('lb-method') ?? 'random two least_conn';
  if (method === 'ip_hash' || method.startsWith('hash $remote_addr')) return { affinity: '$remote_addr' };
  return { 'lb-method': method };
}

function describeRate(say: Say): Properties {
  const [, digits = '', unit] = /^(\d+)r\/([sm])$/.exec(say('limit-req-rate') ?? '') ?? [];
  if (unit === undefined) return {};
  return {
    rate: String(unit === 's' ? Number(digits) * 60 : Number(digits)),
    burst: say('limit-req-burst') ?? '0',
    'limit-req-no-delay': say('limit-req-no-delay') ?? 'false',
  };
}

function listLines(snippet: string): readonly string[] {
  return snippet
    .split('\n')
    .map((line) => line.trim().replace(/;$/, ''))
    .filter((line) => line !== '');
}
