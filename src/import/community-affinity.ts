import type { FeatureContext } from './reader.ts';
import { type Annotations, carry, drop, leave, pick, type Reading, remark } from './reading.ts';
import { formatDuration, parseInteger, parseTruth } from './times.ts';

const cookieNames = [
  'session-cookie-name',
  'session-cookie-max-age',
  'session-cookie-expires',
  'session-cookie-path',
  'session-cookie-samesite',
  'session-cookie-secure',
  'session-cookie-domain',
  'session-cookie-change-on-failure',
  'session-cookie-conditional-samesite-none',
  'affinity-mode',
  'affinity-canary-behavior',
];
const keepCookie = 'keep this Ingress, if clients depend on it';

/** Affinity and balancing: of a cookie, a hash and an algorithm the first that is there counts (rootfs/etc/nginx/lua/balancer.lua). */
export function readCommunityAffinity(annotations: Annotations, { paths }: FeatureContext): readonly Reading[] {
  const hash = readHash(annotations);
  if (annotations.get('affinity') !== 'cookie') {
    const unused = [...pick(annotations, cookieNames)].map((name) =>
      drop(name, 'without affinity: cookie it has no effect'),
    );
    const affinity = annotations.get('affinity');
    const wrong =
      affinity === undefined ? [] : [leave('affinity', 'ingress-nginx knows cookie only', 'set spec.affinity')];
    return [...wrong, ...unused, ...hash, ...readAlgorithm(annotations)];
  }
  const hashes = pick(annotations, ['upstream-hash-by', 'upstream-hash-by-subset', 'upstream-hash-by-subset-size']);
  const because = 'affinity by a cookie counts more, so it had no effect';
  const balance = pick(annotations, ['load-balance']);
  return [
    ...readCookie(
      annotations,
      paths.some(({ path }) => path !== '/'),
    ),
    ...[...hashes, ...balance].map((name) => drop(name, because)),
  ];
}

function readCookie(annotations: Annotations, isBelowRoot: boolean): readonly Reading[] {
  // internal/ingress/annotations/sessionaffinity/main.go `defaultAffinityCookieName`
  const name = annotations.get('session-cookie-name') ?? 'INGRESSCOOKIE';
  const affinity = { type: 'Cookie', cookie: { name } } as const;
  const part = { affinity };
  return [
    carry('affinity', 'spec.affinity.type', { affinity: { type: 'Cookie' } }),
    annotations.get('session-cookie-name') === undefined
      ? { kind: 'remark', name: 'session-cookie-name', part }
      : carry('session-cookie-name', 'spec.affinity.cookie.name', part),
    ...readLifetime(annotations, affinity),
    ...readMode(annotations.get('affinity-mode')),
    ...readAttributes(annotations, isBelowRoot),
  ];
}

function readLifetime(annotations: Annotations, affinity: { readonly type: 'Cookie' }): readonly Reading[] {
  const names = pick(annotations, ['session-cookie-max-age', 'session-cookie-expires']);
  const [name] = names;
  if (name === undefined) return [];
  const [text = '', other] = names.map((each) => annotations.get(each));
  const seconds = parseInteger(text);
  if (seconds === 0 && (other ?? '0') === '0')
    return [drop(names, 'a cookie without an age lives until the browser is closed')];
  if (seconds === undefined || seconds < 1)
    return [leave(names, 'it is no number of seconds', 'set spec.affinity.cookie.maxAge')];
  const to = 'spec.affinity.cookie.maxAge';
  const readings = [carry(name, to, { affinity: { ...affinity, cookie: { maxAge: formatDuration(seconds) } } })];
  if (other === undefined) return readings;
  const rest = 'session-cookie-expires';
  // A browser that knows Max-Age passes over Expires (RFC 6265, section 5.3).
  return [...readings, drop(rest, 'browsers go by session-cookie-max-age, which is there as well')];
}

function readMode(mode: string | undefined): readonly Reading[] {
  const name = 'affinity-mode';
  if (mode === 'persistent') return [drop(name, 'the route does it')];
  const change = 'clients stay with their Pod when Pods are added, where ingress-nginx moved some of them (balanced)';
  if (mode === undefined) return [remark(name, `it is left out; with the route, ${change}`)];
  return [leave(name, `with a route, ${change}`, 'nothing: a socket stays where it is either way')];
}

function readAttributes(annotations: Annotations, isBelowRoot: boolean): readonly Reading[] {
  const readings: Reading[] = [];
  const path = annotations.get('session-cookie-path');
  if (path === '/') readings.push(drop('session-cookie-path', 'the route does it'));
  else if (path !== undefined)
    readings.push(leave('session-cookie-path', 'the cookie of a route is for all of the host', keepCookie));
  else if (isBelowRoot)
    readings.push(
      remark(
        'session-cookie-path',
        'it is left out; the cookie of the route is for all of the host, not for the path only',
      ),
    );
  const sameSite = annotations.get('session-cookie-samesite');
  const reason = 'SameSite=None, so that a page of another site may open the socket';
  if (sameSite?.toLowerCase() === 'none') readings.push(drop('session-cookie-samesite', 'the route does it'));
  else if (sameSite === undefined)
    readings.push(remark('session-cookie-samesite', `it is left out; the cookie of the route has ${reason}`));
  else readings.push(leave('session-cookie-samesite', `the cookie of a route has ${reason}`, keepCookie));
  const secure = parseTruth(annotations.get('session-cookie-secure'));
  if (secure === true) readings.push(drop('session-cookie-secure', 'the route does it'));
  else if (secure === false)
    readings.push(
      leave(
        'session-cookie-secure',
        'the cookie of a route is sent over TLS only',
        'nothing, where clients open wss://',
      ),
    );
  for (const name of ['session-cookie-change-on-failure', 'session-cookie-conditional-samesite-none']) {
    const value = parseTruth(annotations.get(name));
    if (value === false) readings.push(drop(name, "it is ingress-nginx's default"));
    else if (value === true) readings.push(leave(name, 'no field of a route says this', keepCookie));
  }
  if (annotations.get('affinity-canary-behavior') !== undefined)
    readings.push(drop('affinity-canary-behavior', 'there is no canary'));
  if (annotations.get('session-cookie-domain') !== undefined)
    readings.push(leave('session-cookie-domain', 'the cookie of a route is for its own host', keepCookie));
  return readings;
}

function readHash(annotations: Annotations): readonly Reading[] {
  const name = 'upstream-hash-by';
  const key = annotations.get(name);
  const subsets = pick(annotations, ['upstream-hash-by-subset', 'upstream-hash-by-subset-size']);
  if (key === undefined) return subsets.map((each) => drop(each, 'without upstream-hash-by it has no effect'));
  if (!/^\$\{?(binary_)?remote_addr\}?$/.test(key)) {
    const because = 'a route chooses by the address of the client or by a cookie only';
    return [leave([name, ...subsets], because, 'set spec.affinity.type to Cookie or SourceIP, or keep this Ingress')];
  }
  const isSubset = parseTruth(annotations.get('upstream-hash-by-subset')) === true;
  return [
    carry(name, 'spec.affinity.type', { affinity: { type: 'SourceIP' } }),
    ...subsets.map((each) =>
      isSubset
        ? leave(each, 'a route always takes one Pod for a client, not a group', 'nothing')
        : drop(each, 'it is off'),
    ),
  ];
}

function readAlgorithm(annotations: Annotations): readonly Reading[] {
  const name = 'load-balance';
  const algorithm = annotations.get(name);
  if (algorithm === undefined) return [];
  if (annotations.get('upstream-hash-by') !== undefined)
    return [drop(name, 'upstream-hash-by counts more, so it had no effect')];
  if (algorithm === 'round_robin') return [drop(name, "it is the route's default")];
  if (algorithm === 'ewma') return [carry(name, 'spec.loadBalancing', { loadBalancing: 'LeastConnections' })];
  const because = `ingress-nginx has no ${algorithm} to set here, and took round_robin`;
  return [leave(name, because, 'set spec.loadBalancing to LeastConnections, if that was meant')];
}
