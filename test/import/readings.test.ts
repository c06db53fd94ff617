import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Import, importIngresses } from '../../src/import/import-ingresses.ts';
import { judgeIngressNginx } from '../../src/lint/judge-ingress-nginx.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { buildIngress } from '../unit/lint/example.ts';

/** Annotations one by one: what becomes of each, and what the route gets. Corner cases; the usual ones are in the corpus. */

const prefixes = { community: 'nginx.ingress.kubernetes.io/', f5: 'nginx.org/' } as const;
type Family = keyof typeof prefixes;

/** An Ingress with nothing else to say. */
function importWith(family: Family, annotations: Readonly<Record<string, string>>, spec: object = {}): Import {
  const own = family === 'f5' ? { 'nginx.org/websocket-services': 'a' } : {};
  const named = Object.entries(annotations).map(([name, value]) => [
    name.includes('/') ? name : prefixes[family] + name,
    value,
  ]);
  const path = { path: '/ws', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } };
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'a', namespace: 'app', annotations: { ...own, ...Object.fromEntries(named) } },
    spec: {
      ingressClassName: 'web',
      tls: [{ hosts: ['a.example.com'], secretName: 'a' }],
      rules: [{ host: 'a.example.com', http: { paths: [path] } }],
      ...spec,
    },
  };
  const controller = family === 'f5' ? 'nginx.org/ingress-controller' : 'k8s.io/ingress-nginx';
  return importIngresses([{ place: 'x', object }], controller);
}

function fateOf({ decisions }: Import, name: string): string | undefined {
  return decisions.find(({ source }) => source.endsWith(`/${name}"]`))?.fate.outcome;
}

type Row = readonly [
  family: Family,
  annotations: Readonly<Record<string, string>>,
  fates: Readonly<Record<string, 'carried' | 'dropped' | 'leftover'>>,
  spec: object,
];

const rows: readonly Row[] = [
  ['community', { 'proxy-read-timeout': '0' }, { 'proxy-read-timeout': 'leftover' }, { timeouts: { idle: '1m' } }],
  ['community', { 'proxy-read-timeout': '3600', 'proxy-send-timeout': '60' }, { 'proxy-send-timeout': 'leftover' }, {}],
  [
    'community',
    { 'proxy-connect-timeout': '300' },
    { 'proxy-connect-timeout': 'carried' },
    { timeouts: { idle: '1m', connect: '1m15s' } },
  ],
  [
    'community',
    { 'ssl-redirect': 'false', 'force-ssl-redirect': 'true' },
    { 'ssl-redirect': 'carried' },
    { redirect: undefined },
  ],
  ['community', { 'ssl-redirect': 'F' }, { 'ssl-redirect': 'carried' }, { redirect: false }],
  ['community', { affinity: 'ip' }, { affinity: 'leftover' }, { affinity: undefined }],
  ['community', { 'session-cookie-name': 'a' }, { 'session-cookie-name': 'dropped' }, { affinity: undefined }],
  [
    'community',
    { affinity: 'cookie', 'session-cookie-expires': '90' },
    { 'session-cookie-expires': 'carried' },
    { affinity: { type: 'Cookie', cookie: { name: 'INGRESSCOOKIE', maxAge: '1m30s' } } },
  ],
  [
    'community',
    { affinity: 'cookie', 'session-cookie-max-age': '-1' },
    { 'session-cookie-max-age': 'leftover' },
    { affinity: { type: 'Cookie', cookie: { name: 'INGRESSCOOKIE' } } },
  ],
  ['community', { affinity: 'cookie', 'upstream-hash-by': '$remote_addr' }, { 'upstream-hash-by': 'dropped' }, {}],
  ['community', { affinity: 'cookie', 'session-cookie-secure': 'false' }, { 'session-cookie-secure': 'leftover' }, {}],
  ['community', { 'upstream-hash-by': '$request_uri' }, { 'upstream-hash-by': 'leftover' }, { affinity: undefined }],
  [
    'community',
    { 'upstream-hash-by': '$remote_addr', 'load-balance': 'ewma' },
    { 'load-balance': 'dropped' },
    { affinity: { type: 'SourceIP' }, loadBalancing: undefined },
  ],
  ['community', { 'load-balance': 'least_conn' }, { 'load-balance': 'leftover' }, { loadBalancing: undefined }],
  [
    'community',
    { 'limit-rps': '5', 'limit-rpm': '60' },
    { 'limit-rps': 'carried', 'limit-rpm': 'leftover' },
    { limits: { handshakesPerSecond: 5 } },
  ],
  ['community', { 'limit-rpm': '90' }, { 'limit-rpm': 'leftover' }, { limits: undefined }],
  ['community', { 'limit-rps': 'many' }, { 'limit-rps': 'leftover' }, { limits: undefined }],
  ['community', { 'limit-connections': '70000' }, { 'limit-connections': 'leftover' }, { limits: undefined }],
  ['community', { 'limit-whitelist': '10.0.0.0/8' }, { 'limit-whitelist': 'dropped' }, { limits: undefined }],
  ['community', { 'limit-rate': '100' }, { 'limit-rate': 'leftover' }, {}],
  [
    'community',
    { 'allowlist-source-range': '10.0.0.1,fd00::1', 'whitelist-source-range': '10.0.0.0/8' },
    { 'allowlist-source-range': 'carried', 'whitelist-source-range': 'dropped' },
    { allowedSources: ['10.0.0.1/32', 'fd00::1/128'] },
  ],
  ['community', { 'backend-protocol': 'http' }, { 'backend-protocol': 'dropped' }, {}],
  ['community', { 'proxy-ssl-name': 'a' }, { 'proxy-ssl-name': 'dropped' }, {}],
  ['community', { 'ssl-ciphers': 'HIGH:!aNULL' }, { 'ssl-ciphers': 'leftover' }, { tls: { secretName: 'a' } }],
  ['community', { 'ssl-prefer-server-ciphers': 'true' }, { 'ssl-prefer-server-ciphers': 'dropped' }, {}],
  ['community', { 'proxy-http-version': '1.0' }, { 'proxy-http-version': 'leftover' }, {}],
  ['community', { 'canary-weight': '10' }, { 'canary-weight': 'leftover' }, {}],
  ['community', { 'server-alias': 'b.example.com' }, { 'server-alias': 'leftover' }, {}],
  ['community', { 'configuration-snippet': 'proxy_set_header X-A b;' }, { 'configuration-snippet': 'leftover' }, {}],
  ['community', { 'nginx.org/websocket-services': 'a' }, { 'websocket-services': 'dropped' }, {}],
  ['community', { 'external-dns.alpha.kubernetes.io/target': 'a' }, { target: 'leftover' }, {}],
  [
    'community',
    { 'cert-manager.io/cluster-issuer': 'a', 'cert-manager.io/duration': 'long' },
    { 'cluster-issuer': 'carried', duration: 'leftover' },
    { tls: { issuerRef: { name: 'a', kind: 'ClusterIssuer' } } },
  ],
  [
    'community',
    { 'cert-manager.io/cluster-issuer': 'a', 'cert-manager.io/duration': '1m' },
    { duration: 'leftover' },
    { tls: { issuerRef: { name: 'a', kind: 'ClusterIssuer' } } },
  ],
  [
    'community',
    { 'cert-manager.io/issuer': 'a', 'cert-manager.io/renew-before': '216h' },
    { 'renew-before': 'carried' },
    { tls: { issuerRef: { name: 'a' }, renewBeforePercentage: 10 } },
  ],
  ['community', { 'cert-manager.io/issuer': 'a', 'cert-manager.io/usages': 'client auth' }, { usages: 'leftover' }, {}],
  ['community', { 'cert-manager.io/duration': '24h' }, { duration: 'dropped' }, { tls: { secretName: 'a' } }],
  [
    'f5',
    { 'proxy-read-timeout': '0' },
    { 'proxy-read-timeout': 'leftover' },
    { timeouts: { idle: '1m', connect: '1m' } },
  ],
  [
    'f5',
    { 'proxy-read-timeout': '90000ms', 'proxy-send-timeout': '90' },
    { 'proxy-read-timeout': 'carried', 'proxy-send-timeout': 'carried' },
    { timeouts: { idle: '1m30s', connect: '1m' } },
  ],
  ['f5', { 'proxy-read-timeout': '1500ms' }, { 'proxy-read-timeout': 'leftover' }, {}],
  [
    'f5',
    { 'lb-method': 'hash $request_uri' },
    { 'lb-method': 'leftover' },
    { affinity: undefined, loadBalancing: undefined },
  ],
  ['f5', { 'lb-method': 'round_robin' }, { 'lb-method': 'dropped' }, { loadBalancing: undefined }],
  ['f5', { 'limit-req-rate': '90r/m' }, { 'limit-req-rate': 'leftover' }, { limits: undefined }],
  [
    'f5',
    { 'limit-req-rate': '5r/s' },
    { 'limit-req-rate': 'carried' },
    { limits: { handshakesPerSecond: 5, burst: 1 } },
  ],
  [
    'f5',
    { 'limit-req-rate': '5r/s', 'limit-req-key': '$http_x' },
    { 'limit-req-rate': 'leftover', 'limit-req-key': 'leftover' },
    { limits: undefined },
  ],
  [
    'f5',
    { 'limit-req-rate': '5r/s', 'limit-req-dry-run': 'true' },
    { 'limit-req-rate': 'dropped' },
    { limits: undefined },
  ],
  ['f5', { 'limit-req-burst': '5' }, { 'limit-req-burst': 'dropped' }, { limits: undefined }],
  ['f5', { 'hsts-max-age': '5' }, { 'hsts-max-age': 'dropped' }, { hsts: undefined }],
  [
    'f5',
    { hsts: 'true', 'hsts-behind-proxy': 'true' },
    { hsts: 'carried', 'hsts-behind-proxy': 'leftover' },
    { hsts: { maxAge: '720h' } },
  ],
  ['f5', { 'http-redirect-code': '302' }, { 'http-redirect-code': 'leftover' }, {}],
  [
    'f5',
    { 'nginx.ingress.kubernetes.io/ssl-redirect': 'false' },
    { 'ssl-redirect': 'dropped' },
    { redirect: undefined },
  ],
  [
    'f5',
    { 'ssl-services': 'a' },
    { 'ssl-services': 'leftover' },
    { paths: [{ path: '/ws', service: { name: 'a', port: 80 }, backendTLS: { serverName: 'a.app.svc' } }] },
  ],
];

describe('annotations', () => {
  for (const [family, annotations, fates, spec] of rows) {
    test(`${family}: ${JSON.stringify(annotations)}`, () => {
      const result = importWith(family, annotations);
      const [route] = result.routes as readonly ApiObject[];
      assert.ok(route, JSON.stringify(result.decisions));
      for (const [name, outcome] of Object.entries(fates)) assert.equal(fateOf(result, name), outcome, name);
      for (const [field, value] of Object.entries(spec)) assert.deepEqual(route.spec[field], value, field);
    });
  }
});

describe('no route is written, so that nobody gets in who is kept out now,', () => {
  const bars: readonly (readonly [Family, Readonly<Record<string, string>>])[] = [
    ['community', { 'auth-url': 'https://a.example.com' }],
    ['community', { 'auth-type': 'basic', 'auth-secret': 'a' }],
    ['community', { 'auth-tls-secret': 'app/a' }],
    ['community', { 'denylist-source-range': '10.0.0.0/8' }],
    ['community', { 'whitelist-source-range': 'office' }],
    ['community', { 'allowlist-source-range': '' }],
    ['community', { 'allowlist-source-range': '', 'whitelist-source-range': '10.0.0.0/8' }],
    ['community', { 'allowlist-source-range': '10.0.0.0/8,' }],
    ['community', { 'whitelist-source-range': ' ' }],
    ['community', { 'allowlist-source-range': Array.from({ length: 101 }, (_, index) => `10.0.${index}.0/24`).join() }],
    ['community', { 'enable-modsecurity': 'true' }],
    ['community', { 'modsecurity-snippet': 'SecRuleEngine On' }],
    ['community', { 'configuration-snippet': 'deny all;' }],
    ['community', { 'configuration-snippet': 'location /a { return 403; }' }],
    ['community', { 'server-snippet': 'auth_request /a;' }],
    ['community', { 'backend-protocol': 'HTTPS', 'proxy-ssl-verify': 'on', 'proxy-ssl-secret': 'other/ca' }],
    ['f5', { 'basic-auth-secret': 'a' }],
    ['f5', { 'nginx.com/jwt-key': 'a' }],
    ['f5', { policies: 'a' }],
    ['f5', { 'appprotect.f5.com/app-protect-enable': 'True' }],
    ['f5', { 'location-snippets': 'allow 10.0.0.0/8; deny all;' }],
  ];
  for (const [family, annotations] of bars) {
    test(`for ${JSON.stringify(annotations).slice(0, 80)} of ${family}`, () => {
      const { routes, decisions } = importWith(family, annotations);
      assert.deepEqual(routes, []);
      assert.deepEqual(
        decisions.map(({ source, fate }) => [source, fate.outcome]),
        [['', 'leftover']],
      );
    });
  }
});

describe('lists of networks', () => {
  test('that the lint finds to shut everybody out become no route, and all others do', () => {
    const parts = ['10.0.0.0/8', '192.0.2.1', 'fd00::/8', '2001:db8::1', '', ' ', 'office', '010.0.0.1', '10.0.0.0/33'];
    parts.push('10.0.0.1/', 'fe80::1%eth0', '10.0.0.0/8/8', '10.0.0.0/8;192.0.2.1', '10.0.0.1/-1');
    const lists = [
      ...parts,
      ...parts.flatMap((left) => parts.map((right) => `${left},${right}`)),
      ' 10.0.0.0/8 , fd00::/8 ',
    ];
    let shut = 0;
    for (const name of ['allowlist-source-range', 'whitelist-source-range']) {
      for (const list of lists) {
        const annotations = { [`nginx.ingress.kubernetes.io/${name}`]: list };
        const isShut = judgeIngressNginx(buildIngress({ annotations })).some(({ effect }) => effect === 'denied');
        const { routes } = importWith('community', { [name]: list });
        if (isShut) assert.deepEqual(routes, [], `${name}: ${JSON.stringify(list)}`);
        else assert.equal(routes.length, 1, `${name}: ${JSON.stringify(list)}`);
        shut += Number(isShut);
      }
    }
    assert.ok(shut > 100 && shut < 2 * lists.length);
  });
});

describe('names of routes', () => {
  const http = {
    paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }],
  };
  const other = {
    paths: [{ path: '/b', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }],
  };
  const ingress = (name: string, rules: readonly object[]) => ({
    place: 'x',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name },
      spec: { ingressClassName: 'web', tls: [{ secretName: 'a' }], rules },
    },
  });
  const namesOf = (...found: Parameters<typeof importIngresses>[0]) =>
    importIngresses(found, 'k8s.io/ingress-nginx').routes.map(({ metadata }) => metadata.name);
  const [a, b] = [
    { host: 'a.example.com', http },
    { host: 'b.example.com', http: other },
  ];

  test('are those of the Ingresses, then numbered', () => {
    assert.deepEqual(namesOf(ingress('chat', [a, b])), ['chat', 'chat-2']);
  });

  test('are no other Ingress’s, nor such that the Ingress of the route would be', () => {
    assert.deepEqual(namesOf(ingress('chat', [a, b]), ingress('chat-2', [b])), ['chat', 'chat-3', 'chat-2']);
    assert.deepEqual(namesOf(ingress('chat', [a]), ingress('chat-wss', [b])), ['chat-2', 'chat-wss']);
  });

  test('stay as short as they must be', () => {
    const [first, second] = namesOf(ingress('a'.repeat(253), [a, b]));
    assert.equal(first?.length, 253);
    assert.equal(second, `${'a'.repeat(251)}-2`);
  });

  test('more than 16 paths, or 50 hosts, are several routes', () => {
    const paths = Array.from({ length: 20 }, (_, index) => ({ ...http.paths[0], path: `/p${index}` }));
    assert.equal(namesOf(ingress('a', [{ host: 'a.example.com', http: { paths } }])).length, 2);
    const hosts = Array.from({ length: 60 }, (_, index) => ({ host: `h${index}.example.com`, http }));
    assert.equal(namesOf(ingress('a', hosts)).length, 2);
  });
});
