import type { KubeObject } from '../../../src/api/objects.ts';
import { master, minion, path, plain, rules, solver } from './f5-sketches.ts';

/** Ingresses of one class, the oldest first, that F5's controller takes as they are meant: its Events are normal, and nothing is passed over. */
export type Taken = readonly [what: string, ...ingresses: readonly KubeObject[]];

const upgrade = { 'websocket-services': 'chat' };
const twoHosts = rules('a.example.com /ws', 'b.example.com /ws');
const feed = ['/feed feed'];

const shapes: readonly Taken[] = [
  ['a plain Ingress with TLS and an upgrade', plain({ org: upgrade })],
  ['a plain Ingress without TLS', plain({ tls: false })],
  ['a plain Ingress of a wildcard', plain({ host: '*.example.com' })],
  ['a plain Ingress of two hosts without TLS', plain({ tls: false, spec: twoHosts })],
  [
    'two hosts in one entry of tls',
    plain({ spec: { ...twoHosts, tls: [{ hosts: ['a.example.com', 'b.example.com'], secretName: 'a' }] } }),
  ],
  [
    'two hosts with a Secret each',
    plain({
      spec: {
        ...twoHosts,
        tls: ['a', 'b'].map((name) => ({ hosts: [`${name}.example.com`], secretName: name })),
      },
    }),
  ],
  [
    'tls for more hosts than there are rules',
    plain({ spec: { tls: [{ hosts: ['chat.example.com', 'www.example.com'], secretName: 'a' }] } }),
  ],
  [
    'tls without a Secret for a host that no rule has',
    plain({ spec: { tls: [{ hosts: ['chat.example.com'], secretName: 'a' }, { hosts: ['www.example.com'] }] } }),
  ],
  ['a rule without paths', plain({ paths: [] })],
  ['a path of the type Exact', plain({ pathType: 'Exact' })],
  ['no path where the type is ImplementationSpecific', plain({ spec: path({ pathType: 'ImplementationSpecific' }) })],
  ['a regular expression', plain({ paths: ['/chat/[a-z]{2,4}(/.*)?'], pathType: 'ImplementationSpecific' })],
  ['an expression as .NET writes it', plain({ paths: ['/(?i)chat(?>/ws)'], pathType: 'ImplementationSpecific' })],
  ['a path with an escaped quote', plain({ paths: ['/a\\"b'], pathType: 'ImplementationSpecific' })],
  ['a path with the folder of another word', plain({ paths: ['/api/etc/ws', '/rooms', '/my-var'] })],
  ['a port by its name', plain({ spec: path({ path: '/', backend: named() }) })],
  ['a path twice in one Ingress', plain({ paths: ['/ws', '/ws'] })],
  ['a default backend beside rules', plain({ spec: { defaultBackend: { service: { name: 'pages' } } } })],
  [
    'an upgrade for the default backend',
    plain({ org: { 'websocket-services': 'pages' }, spec: { defaultBackend: { service: { name: 'pages' } } } }),
  ],
  ['an upgrade for one of two Services', plain({ org: upgrade, paths: ['/ws chat', ...feed] })],
  [
    'an upgrade for both, in another order',
    plain({ org: { 'websocket-services': 'feed,chat' }, paths: ['/ws', ...feed] }),
  ],
  ['a Service twice in the list', plain({ org: { 'websocket-services': 'chat,chat' } })],
  [
    'annotations for other programs',
    plain({ annotations: { 'example.com/owner': '', 'cert-manager.io/issuer': 'ca' } }),
  ],
  [
    'annotations of the other controller',
    plain({ annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '1h' } }),
  ],
  ['a plain Ingress with a redirect of its own', plain({ org: { 'ssl-redirect': 'false' } })],
];

const sets: readonly Taken[] = [
  ['a master alone', master()],
  ['a master without TLS', master({ tls: false })],
  ['a master and its minion', master(), minion()],
  ['a master and a minion without TLS', master({ tls: false }), minion()],
  ['a minion in another namespace', master({ namespace: 'edge' }), minion({ org: upgrade })],
  ['a minion that is older than its master', minion(), master()],
  ['two minions with a path each', master(), minion(), minion({ name: 'other', paths: feed })],
  ['two minions in two namespaces', master(), minion(), minion({ name: 'other', namespace: 'b', paths: feed })],
  ['a minion with both forms of a path', master(), minion({ spec: bothForms() })],
  ['one path below another', master(), minion({ paths: ['/'] }), minion({ name: 'other', paths: ['/ws'] })],
  ['a path twice in one minion', master(), minion({ paths: ['/ws', '/ws'] })],
  ['a minion with an upgrade for one of its Services', master(), minion({ org: upgrade, paths: ['/ws', ...feed] })],
  ['a wildcard as master and minion', master({ host: '*.example.com' }), minion({ host: '*.example.com' })],
  ['a host beside the wildcard that has it', plain({ host: '*.example.com' }), plain({ name: 'other' })],
  ['plain Ingresses of two hosts', plain(), plain({ name: 'other', host: 'b.example.com' })],
  ['a plain Ingress beside a master of another host', plain({ host: 'b.example.com' }), master(), minion()],
  [
    'the same path at two masters',
    ...[master(), minion()],
    ...[master({ name: 'm', host: 'b.example.com' }), minion({ name: 'other', host: 'b.example.com' })],
  ],
  ['a challenge at a host that is free', solver(), plain({ host: 'b.example.com' })],
  ['a challenge as a minion', master(), minion(), solver({ org: { 'mergeable-ingress-type': 'minion' } })],
  ['a minion with a regular expression', master(), minion({ paths: ['/[a-z]+'], pathType: 'ImplementationSpecific' })],
  ['a minion with a port by its name', master(), minion({ spec: path({ path: '/', backend: named() }) })],
];

/** Annotations of masters, with what must stand beside them. */
export const ofMasters: readonly (readonly [name: string, value: string, beside?: Readonly<Record<string, string>>])[] =
  [
    ['ssl-redirect', 'true'],
    ['redirect-to-https', 'false'],
    ['http-redirect-code', '308'],
    ['hsts', 'true'],
    ['hsts-max-age', '31536000', { hsts: 'true' }],
    ['hsts-include-subdomains', 'false', { hsts: 'true' }],
    ['hsts-behind-proxy', 'true', { hsts: 'true' }],
    ['server-tokens', 'false'],
    ['ssl-ciphers', 'ECDHE+AESGCM:!aNULL'],
    ['ssl-prefer-server-ciphers', 'true'],
    ['listen-ports', '80,8080'],
    ['listen-ports-ssl', '443,8443'],
    ['proxy-hide-headers', 'X-Internal'],
    ['proxy-pass-headers', 'Server,Date'],
    ['app-root', '/app'],
  ];

/** Annotations of minions, of Services of their own paths where they name any. */
export const ofMinions: readonly (readonly [name: string, value: string])[] = [
  ['websocket-services', 'chat'],
  ['ssl-services', 'chat'],
  ['grpc-services', 'chat'],
  ['rewrites', 'serviceName=chat rewrite=/'],
  ['sticky-cookie-services', 'serviceName=chat wss expires=1h path=/ws'],
  ['use-cluster-ip', 'true'],
];

/** Annotations that count on either: a minion has those of its master. */
const ofBoth: readonly (readonly [name: string, value: string])[] = [
  ['proxy-connect-timeout', '5s'],
  ['proxy-read-timeout', '3600'],
  ['proxy-send-timeout', '1h30m'],
  ['proxy-buffering', 'false'],
  ['proxy-buffers', '8 4k'],
  ['lb-method', 'least_conn'],
  ['keepalive', '16'],
  ['max-fails', '0'],
  ['fail-timeout', '10s'],
  ['limit-req-rate', '10r/s'],
  ['client-max-body-size', '1g'],
  ['upstream-zone-size', '256k'],
];

export const taken: readonly Taken[] = [
  ...shapes,
  ...sets,
  ...ofMasters.map(([name, value, beside]): Taken => {
    return [`${name} on a master`, master({ org: { ...beside, [name]: value } }), minion()];
  }),
  ...ofMinions.map(([name, value]): Taken => [`${name} on a minion`, master(), minion({ org: { [name]: value } })]),
  ...ofBoth.flatMap(([name, value]): readonly Taken[] => [
    [`${name} on a master`, master({ org: { [name]: value } }), minion()],
    [`${name} on a minion`, master(), minion({ org: { [name]: value } })],
  ]),
];

function bothForms(): Readonly<Record<string, unknown>> {
  const backend = { service: { name: 'chat', port: { number: 80 } } };
  const paths = [
    { path: '/ws', pathType: 'Exact', backend },
    { path: '/ws/', pathType: 'Prefix', backend },
  ];
  return { rules: [{ host: 'chat.example.com', http: { paths } }] };
}

function named(): Readonly<Record<string, unknown>> {
  return { service: { name: 'chat', port: { name: 'ws' } } };
}
