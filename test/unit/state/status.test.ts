import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Reason, reasons } from '../../../src/api/conditions.ts';
import { type FailureReason, failureReasons } from '../../../src/api/failure-reasons.ts';
import type { Condition } from '../../../src/api/wssroute.generated.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import type { Listener } from '../../../src/route/parent.ts';
import { openPolicy, type Policy } from '../../../src/route/policy.ts';
import { desire } from '../../../src/state/desired.ts';
import type { Facts } from '../../../src/state/facts.ts';
import type { Evidence, Observed } from '../../../src/state/observed.ts';
import { projectCertificate, projectIngress } from '../../../src/state/project.ts';
import { composeRejection, composeStatus, isNews } from '../../../src/state/status.ts';
import { decide, exampleRoute, gather, observe, project, proved, store } from './example.ts';
import {
  attachedRoute,
  exampleListener,
  exampleParent,
  observeAttached,
  plainListener,
  takeOver,
} from './gateway-example.ts';

const now = '2026-06-01T00:00:00Z';
const claim = 'nginx chat.example.com /ws';
const holder = { kind: 'Ingress', namespace: 'web', name: 'website', uid: 'x', creationTimestamp: now } as const;

/** A Certificate as cert-manager leaves it: `Ready`, and what `Issuing` adds. */
function certify(ready: 'True' | 'False', issuing?: object): Observed['certificate'] {
  return projectCertificate({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'chat-wss', namespace: 'chat' },
    spec: { secretName: 'chat-wss', dnsNames: ['chat.example.com'] },
    status: {
      conditions: [
        { type: 'Ready', status: ready, message: 'not yet' },
        ...(issuing ? [{ type: 'Issuing', ...issuing }] : []),
      ],
      notAfter: '2026-09-01T00:00:00Z',
      renewalTime: '2026-08-01T00:00:00Z',
    },
  });
}

/** A cluster in which the route works, but for the changes. */
function serve(route: WssRoute = exampleRoute(), changes: Partial<Observed> = {}): Facts {
  const { objects } = decide(observe(route));
  const ingress = objects.find(({ kind }) => kind === 'Ingress');
  const children = ingress === undefined ? [] : [projectIngress(store(ingress, { addresses: ['192.0.2.1'] }))];
  return gather(observe(route, { certificate: certify('True'), children, ...changes }));
}

/** A cluster in which the route was asked for, with this outcome. */
function prove(evidence: Partial<Evidence>, route = exampleRoute()): Facts {
  const found = { ...proved(route), message: 'what was found', ...evidence };
  return serve(route, { proofs: new Map([['IngressClass/nginx', found]]) });
}

/** A world for each way in which a handshake breaks. */
function failHandshakes(): Record<FailureReason, readonly ['Reachable', 'False', Facts, RegExp]> {
  const names = Object.keys(failureReasons) as FailureReason[];
  const message = /^wss:\/\/chat\.example\.com\/ws does not open at 192\.0\.2\.1: what was found$/;
  const worlds = names.map((reason) => [
    reason,
    ['Reachable', 'False', prove({ reason, certificate: 'unseen' }), message] as const,
  ]);
  return Object.fromEntries(worlds);
}

/** A cluster in which the route worked, until the policy was set. */
function withhold(route: WssRoute, policy: Partial<Policy>): Facts {
  const served = serve(exampleRoute());
  const observed = { ...served.observed, route };
  return { ...served, observed, desired: desire(observed, { ...openPolicy, ...policy }) };
}

function findCondition(facts: Facts, wanted: string): Condition | undefined {
  return composeStatus(facts, now).conditions?.find(({ type }) => type === wanted);
}

const shared = exampleRoute({ tls: { certificateRef: { name: 'shared' } } });
const foreignIngress = project({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'chat-wss', namespace: 'chat', uid: 'foreign' },
  spec: {},
});

/** One world for each reason: the condition that carries it, its status, and what its message must say. */
const worlds = {
  Accepted: ['Accepted', 'True', serve(), /served by class "nginx"/],
  IngressClassNotFound: [
    'Accepted',
    'False',
    serve(undefined, { ingressClass: undefined }),
    /IngressClass "nginx" is not/,
  ],
  UnsupportedController: [
    'Accepted',
    'False',
    serve(undefined, { ingressClass: { controller: 'traefik.io/ingress-controller' } }),
    /has spec\.controller "traefik\.io\/ingress-controller"; known are "k8s\.io\/ingress-nginx"/,
  ],
  HostRequired: [
    'Accepted',
    'False',
    serve(exampleRoute({ hosts: undefined, tls: { secretName: 'mine' } }), {
      ingressClass: { controller: 'nginx.org/ingress-controller' },
    }),
    /F5 NGINX, which serves class "nginx", takes no Ingress without a host: set spec\.hosts/,
  ],
  PathNotTaken: [
    'Accepted',
    'False',
    serve(exampleRoute({ paths: [{ path: '/api/various', service: { name: 'chat', port: 8080 } }] }), {
      ingressClass: { controller: 'nginx.org/ingress-controller' },
    }),
    /takes no Ingress with path \/api\/various: a path must not begin with \/etc\/ or have \/root or \/var in it/,
  ],
  GatewaysNotServed: [
    'Accepted',
    'False',
    withhold(attachedRoute(), { servesGateways: false }),
    /configuration does not serve Gateways$/,
  ],
  GatewayAPINotInstalled: [
    'Accepted',
    'False',
    gather(observe(attachedRoute(), { parents: 'absent' })),
    /^Gateway infra\/edge is unknown: the Gateway API is not in the cluster$/,
  ],
  KindNotReadable: [
    'Accepted',
    'False',
    gather(
      observeAttached(attachedRoute(), exampleParent(), {
        unreadKinds: new Map([['HTTPRoute', 'httproutes (forbidden)']]),
      }),
    ),
    /^the operator has not been able to list httproutes \(forbidden\)$/,
  ],
  GatewayNotFound: [
    'Accepted',
    'False',
    gather(observe(attachedRoute(), { parents: new Map() })),
    /^Gateway infra\/edge is not in the cluster$/,
  ],
  NoMatchingListener: [
    'Accepted',
    'False',
    gather(observeAttached(attachedRoute(), exampleParent({ listeners: [plainListener] }))),
    /no HTTPS listener .* for chat\.example\.com; it has http \(HTTP\): add to its spec\.listeners \{name: wss, .*createListener: true/,
  ],
  NotAllowedByListeners: [
    'Accepted',
    'False',
    gather(observeAttached(attachedRoute({ createListener: true }), exampleParent({ allowsListenersFrom: 'None' }))),
    /takes no ListenerSets: write into its spec: allowedListeners: \{namespaces: \{from: All\}\}/,
  ],
  RefNotPermitted: [
    'Accepted',
    'False',
    gather(
      observeAttached(
        attachedRoute(),
        exampleParent({ listeners: [exampleListener({ ungranted: ['chat/chat-wss'] })] }),
      ),
    ),
    /uses Secret chat\/chat-wss, .*: apply \{.*kind: ReferenceGrant, .*namespace: infra.*name: chat-wss\}\]\}\}$/,
  ],
  RouteNotAccepted: [
    'Programmed',
    'False',
    takeOver(attachedRoute(), {
      conditions: [{ type: 'Accepted', status: 'False', reason: 'NoMatchingParent', message: 'no such listener' }],
    }),
    /^HTTPRoute chat-wss-edge-[0-9a-f]{8} has Accepted False, NoMatchingParent: no such listener/,
  ],
  IssuerMissing: [
    'Accepted',
    'False',
    withhold(exampleRoute({ tls: undefined }), {}),
    /^spec\.tls\.issuerRef: is missing and the operator has no default issuer: name an issuer, or set/,
  ],
  IssuerNotAllowed: [
    'Accepted',
    'False',
    withhold(exampleRoute(), { allowedIssuers: [{ name: 'ours', kind: 'ClusterIssuer', group: 'cert-manager.io' }] }),
    /^spec\.tls\.issuerRef: found "ClusterIssuer letsencrypt", must be .* allows: ClusterIssuer ours$/,
  ],
  LimitExceeded: [
    'Accepted',
    'False',
    withhold(exampleRoute(), { idleTimeout: { seconds: 1800, text: '30m' } }),
    /^spec\.timeouts\.idle: found "1h", must be at most 30m/,
  ],
  HostClaimed: [
    'Accepted',
    'False',
    serve(undefined, { holders: new Map([[claim, holder]]) }),
    /^already served: chat\.example\.com\/ws by Ingress web\/website$/,
  ],
  NameTaken: [
    'Accepted',
    'False',
    gather(observe(exampleRoute()), [{ action: 'blocked', child: foreignIngress }]),
    /^Ingress "chat-wss" is needed, but exists and does not belong to the route$/,
  ],
  AllFieldsSupported: ['FieldsSupported', 'True', serve(), /ingress-nginx expresses every field/],
  UnsupportedFields: [
    'FieldsSupported',
    'False',
    serve(exampleRoute({ hsts: { maxAge: '1h' }, loadBalancing: 'LeastConnections' })),
    /^spec\.loadBalancing is approximate: .*\. spec\.hsts is unsupported: .*ConfigMap/,
  ],
  ResolvedRefs: ['ResolvedRefs', 'True', serve(), /every Service and port exists/],
  ServiceNotFound: [
    'ResolvedRefs',
    'False',
    serve(undefined, { services: new Map() }),
    /Service "chat" is not in the namespace/,
  ],
  ServicePortNotFound: [
    'ResolvedRefs',
    'False',
    serve(undefined, {
      services: new Map([
        [
          'chat',
          {
            ports: [
              { name: 'http', port: 80, appProtocol: '' },
              { name: '', port: 81, appProtocol: '' },
            ],
            isExternal: false,
          },
        ],
      ]),
    }),
    /Service "chat" has no port 8080; it has 80 \(http\), 81$/,
  ],
  Issued: ['CertificateReady', 'True', serve(), /"chat-wss" is valid until 2026-09-01T00:00:00Z/],
  Issuing: ['CertificateReady', 'False', serve(undefined, { certificate: certify('False') }), /"chat-wss": not yet/],
  IssuanceFailed: [
    'CertificateReady',
    'False',
    serve(undefined, {
      certificate: certify('False', { status: 'False', reason: 'Failed', message: 'order is invalid' }),
    }),
    /"chat-wss": order is invalid/,
  ],
  CertManagerNotInstalled: [
    'CertificateReady',
    'False',
    serve(undefined, { isCertManagerInstalled: false, certificate: undefined }),
    /install cert-manager/,
  ],
  CertificateNotFound: [
    'CertificateReady',
    'False',
    gather(observe(shared, { certificate: undefined })),
    /"shared" is not in the namespace/,
  ],
  NamesNotCovered: [
    'CertificateReady',
    'False',
    serve(exampleRoute({ hosts: ['a.example.org', 'chat.example.com'], tls: { certificateRef: { name: 'shared' } } })),
    /does not hold a\.example\.org$/,
  ],
  SecretProvided: [
    'CertificateReady',
    'True',
    serve(exampleRoute({ tls: { secretName: 'mine' } })),
    /"mine" is used as it is/,
  ],
  Programmed: ['Programmed', 'True', serve(), /^served at 192\.0\.2\.1$/],
  AwaitingAddress: [
    'Programmed',
    'False',
    serve(undefined, { children: [] }),
    /class "nginx" has not published an address yet/,
  ],
  ApplyFailed: [
    'Programmed',
    'False',
    { ...serve(), refusals: [{ kind: 'Ingress', name: 'chat-wss', message: 'exceeded quota' }] },
    /^Ingress "chat-wss": exceeded quota$/,
  ],
  NotEmitted: ['Programmed', 'False', serve(undefined, { ingressClass: undefined }), /see Accepted/],
  Connected: ['Reachable', 'True', serve(), /^wss:\/\/chat\.example\.com\/ws opens at 192\.0\.2\.1$/],
  CertificateMatches: ['CertificateMatches', 'True', serve(), /holds the host and is valid/],
  PublicAuthority: ['PubliclyTrusted', 'True', serve(), /browsers bring/],
  PrivateAuthority: ['PubliclyTrusted', 'False', prove({ chain: 'private' }), /clients need its root/],
  IncompleteChain: ['PubliclyTrusted', 'False', prove({ chain: 'incomplete' }), /without its intermediates/],
  AwaitingHandshake: ['Reachable', 'Unknown', serve(undefined, { proofs: new Map() }), /is about to be made/],
  NotAttempted: ['Reachable', 'Unknown', serve(undefined, { services: new Map() }), /before ResolvedRefs is True$/],
  NotReached: [
    'CertificateMatches',
    'Unknown',
    prove({ reason: 'ConnectRefused', certificate: 'unseen' }),
    /see Reachable/,
  ],
  VerificationDisabled: [
    'Reachable',
    'Unknown',
    serve(exampleRoute({ verification: { enabled: false } })),
    /spec\.verification\.enabled is false/,
  ],
  NoHostToVerify: [
    'Reachable',
    'Unknown',
    serve(exampleRoute({ hosts: ['*.example.com'] })),
    /set spec\.verification\.host/,
  ],
  ...failHandshakes(),
  Ready: ['Ready', 'True', serve(), /^wss:\/\/chat\.example\.com\/ws opens at 192\.0\.2\.1$/],
  Pending: ['ResolvedRefs', 'Unknown', serve(undefined, { knowsServices: false }), /Services are not known/],
} as const satisfies Record<Exclude<Reason, 'Invalid'>, readonly [string, Condition['status'], Facts, RegExp]>;

describe('a condition', () => {
  for (const [reason, [type, status, facts, message]] of Object.entries(worlds)) {
    test(`${type} is ${status} because of ${reason}`, () => {
      const condition = findCondition(facts, type);
      assert.deepEqual([condition?.status, condition?.reason], [status, reason]);
      assert.match(condition?.message ?? '', message);
    });
  }

  test('is produced somewhere for every reason of the catalogue, and no other', () => {
    const produced = new Set(
      Object.values(worlds).flatMap(([, , facts]) => composeStatus(facts, now).conditions.map(({ reason }) => reason)),
    );
    produced.add(composeRejection(exampleRoute(), [], now).conditions[0]?.reason ?? 'none');
    assert.deepEqual([...produced].sort(), Object.keys(reasons).sort());
  });
});

describe('a route that breaks the schema', () => {
  test('is told so, field by field, and waits for somebody', () => {
    const problem = { path: 'spec.hosts[0]', found: '"Bad Host"', expected: 'must be a name' };
    const { conditions } = composeRejection(exampleRoute(), [problem], now);
    const told = conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
    assert.deepEqual(told, ['Accepted=False Invalid', 'Ready=False Invalid', 'Stalled=True Invalid']);
    assert.equal(conditions?.[0]?.message, 'spec.hosts[0]: found "Bad Host", must be a name');
  });
});

describe('a refusal that is repeated', () => {
  const refuse = (message: string) => ({ ...serve(), refusals: [{ kind: 'Ingress', name: 'chat-wss', message }] });

  test('is no news when it differs in digits only, as the temporary file of nginx -t does', () => {
    const first = composeStatus(refuse('2026/01/01 nginx-cfg123 is bad'), now);
    const facts = refuse('2026/01/02 nginx-cfg4567 is bad');
    const route = { ...facts.observed.route, status: first };
    const again = composeStatus({ ...facts, observed: { ...facts.observed, route } }, '2026-02-02T00:00:00Z');
    assert.equal(isNews(first, again), false);
    const other = refuse('2026/01/02 something else');
    const news = composeStatus({ ...other, observed: { ...other.observed, route } }, now);
    assert.equal(isNews(first, news), true);
  });
});

describe('Ready', () => {
  for (const reason of Object.keys(worlds) as (keyof typeof worlds)[]) {
    const [type, status, facts] = worlds[reason];
    if (status === 'True' || ['FieldsSupported', 'PubliclyTrusted'].includes(type)) continue;
    if (['VerificationDisabled', 'NoHostToVerify'].includes(reason)) continue;
    test(`is not true while ${type} is not, for ${reason}`, () => {
      assert.notEqual(findCondition(facts, 'Ready')?.status, 'True');
    });
  }

  test('is true although fields are lost: the route works', () => {
    assert.equal(findCondition(worlds.UnsupportedFields[2], 'Ready')?.status, 'True');
  });

  test('takes its reason from the first condition that is not true, and names it', () => {
    const ready = findCondition(serve(undefined, { services: new Map(), children: [] }), 'Ready');
    assert.equal(ready?.reason, 'ServiceNotFound');
    assert.match(ready?.message ?? '', /^ResolvedRefs: Service "chat"/);
  });

  test('does without a handshake where none is to be made, and says so', () => {
    for (const { 2: facts } of [worlds.VerificationDisabled, worlds.NoHostToVerify]) {
      const ready = findCondition(facts, 'Ready');
      assert.deepEqual([ready?.status, ready?.message], ['True', 'the route is served; no handshake has proved it']);
    }
    const off = serve(undefined, { proofs: 'off' });
    assert.equal(findCondition(off, 'Ready')?.status, 'True');
    assert.equal(findCondition(off, 'Reachable')?.reason, 'VerificationDisabled');
  });

  test('takes the word of the handshake, whatever certificate it saw', () => {
    const facts = prove({ reason: 'NameMismatch', certificate: 'wrong', chain: 'private' });
    assert.deepEqual(
      ['Ready', 'Reachable', 'CertificateMatches', 'PubliclyTrusted'].map((type) => findCondition(facts, type)?.reason),
      ['NameMismatch', 'NameMismatch', 'NameMismatch', 'PrivateAuthority'],
    );
    const ended = prove({ reason: 'Expired', message: 'ended', certificate: 'wrong', chain: 'broken' });
    const { reason, message } = findCondition(ended, 'PubliclyTrusted') ?? {};
    assert.deepEqual([reason, message], ['Expired', 'ended'], 'nobody knows whose authority it is');
    const refused = prove({ reason: 'UpgradeRefused' });
    assert.equal(findCondition(refused, 'CertificateMatches')?.status, 'True');
    assert.equal(findCondition(refused, 'Ready')?.reason, 'UpgradeRefused');
  });

  test('says how many more than the first one open', () => {
    const hosts = ['chat.example.com', 'b.example.com'];
    const message = findCondition(prove({}, exampleRoute({ hosts })), 'Reachable')?.message;
    assert.equal(message, 'wss://chat.example.com/ws and 1 more open at 192.0.2.1');
  });

  test('is not for the generation that was proved before', () => {
    const facts = prove({}, exampleRoute({}, { generation: 2 }));
    assert.equal(findCondition(facts, 'Ready')?.status, 'True');
    const later = serve(exampleRoute({}, { generation: 3 }), { proofs: facts.observed.proofs });
    assert.deepEqual(
      ['Ready', 'Reachable'].map((type) => findCondition(later, type)?.reason),
      ['AwaitingHandshake', 'AwaitingHandshake'],
    );
  });

  test('comes with Stalled where the route must be changed, with Reconciling where another object helps, and alone when true', () => {
    const extra = (facts: Facts) =>
      ['Stalled', 'Reconciling'].filter((type) => findCondition(facts, type)?.status === 'True');
    assert.deepEqual(extra(worlds.UnsupportedController[2]), ['Stalled']);
    assert.deepEqual(extra(worlds.HostClaimed[2]), ['Reconciling']);
    assert.deepEqual(extra(worlds.Issuing[2]), ['Reconciling']);
    assert.deepEqual(extra(worlds.Ready[2]), []);
  });
});

describe('the status', () => {
  test('of a route that works tells URLs, dialect, addresses and certificate', () => {
    const { conditions, ...rest } = composeStatus(serve(), now);
    assert.deepEqual(rest, {
      observedGeneration: 1,
      urls: ['wss://chat.example.com/ws'],
      dialect: 'ingress-nginx',
      addresses: ['192.0.2.1'],
      certificate: {
        name: 'chat-wss',
        secretName: 'chat-wss',
        notAfter: '2026-09-01T00:00:00Z',
        renewalTime: '2026-08-01T00:00:00Z',
      },
    });
    assert.ok(conditions?.every(({ observedGeneration }) => observedGeneration === 1));
  });

  test('lists the URLs of a route without a host by its addresses, IPv6 in brackets', () => {
    const tls = { issuerRef: { name: 'ca' }, ipAddresses: ['192.0.2.10', '2001:db8::10'] };
    assert.deepEqual(composeStatus(serve(exampleRoute({ hosts: [], tls })), now).urls, [
      'wss://192.0.2.10/ws',
      'wss://[2001:db8::10]/ws',
    ]);
    const own = serve(exampleRoute({ hosts: [], tls: { secretName: 'mine' } }));
    assert.deepEqual(composeStatus(own, now).urls, ['wss://192.0.2.1/ws']);
  });

  test('warns that a route without a host needs the default certificate of the controller', () => {
    const own = serve(exampleRoute({ hosts: [], tls: { secretName: 'mine' } }));
    assert.match(findCondition(own, 'Programmed')?.message ?? '', /--default-ssl-certificate/);
  });

  test('lists URLs with the port where a Gateway has no HTTPS at the usual one', () => {
    const other = exampleListener({ port: 8443 });
    const urlsAt = (route: WssRoute, ...listeners: readonly Listener[]) =>
      composeStatus(takeOver(route, { parent: exampleParent({ listeners: [plainListener, ...listeners] }) }), now).urls;
    const both = attachedRoute({}, { hosts: ['chat.example.com', 'feed.example.com'] });
    assert.deepEqual(urlsAt(attachedRoute(), other), ['wss://chat.example.com:8443/ws']);
    assert.deepEqual(urlsAt(attachedRoute(), exampleListener(), { ...other, name: 'other' }), [
      'wss://chat.example.com/ws',
    ]);
    assert.deepEqual(urlsAt(both, other, exampleListener({ name: 'feed', hostname: 'feed.example.com' })), [
      'wss://chat.example.com:8443/ws',
      'wss://feed.example.com/ws',
    ]);
    const own = attachedRoute({ createListener: true });
    assert.deepEqual(urlsAt(own, { ...other, hostname: 'x.example.net' }), ['wss://chat.example.com:8443/ws']);
    const beside = attachedRoute({}, { ingressClassName: 'nginx' });
    assert.deepEqual(urlsAt(beside, other), ['wss://chat.example.com/ws']);
  });

  test('lists 64 URLs at most', () => {
    const hosts = Array.from({ length: 50 }, (_, index) => `h${index}.example.com`);
    const paths = ['/a', '/b'].map((path) => ({ path, service: { name: 'chat', port: 8080 } }));
    assert.equal(composeStatus(serve(exampleRoute({ hosts, paths })), now).urls?.length, 64);
  });

  test('counts the addresses of the route\u2019s own Ingress only', () => {
    const { objects } = decide(observe(exampleRoute()));
    const [, ingress] = objects;
    assert.ok(ingress);
    const other = { ...ingress, metadata: { ...ingress.metadata, ownerReferences: [] } };
    const children = [projectIngress(store(other, { addresses: ['203.0.113.9'] }))];
    assert.equal(composeStatus(serve(undefined, { children }), now).addresses, undefined);
  });

  test('says how many are left out of a long message', () => {
    const paths = Array.from({ length: 12 }, (_, index) => ({
      path: `/p${index}`,
      service: { name: 'chat', port: 8080 },
    }));
    const holders = new Map(paths.map(({ path }) => [`nginx chat.example.com ${path}`, holder]));
    const message = findCondition(serve(exampleRoute({ paths }), { holders }), 'Accepted')?.message ?? '';
    assert.match(message, /\/p7 by Ingress web\/website and 4 more$/);
  });

  test('keeps other programs\u2019 words to one line and to 4096 characters', () => {
    const message = `a\u0000b\nc\u001b[31m${'x'.repeat(5000)}`;
    const facts = { ...serve(), refusals: [{ kind: 'Ingress', name: 'chat-wss', message }] };
    const said = findCondition(facts, 'Programmed')?.message ?? '';
    assert.match(said, /a b c \[31mx/);
    assert.equal(said.length, 4096);
  });

  test('accepts a Service outside without ports, and a port by its name', () => {
    const outside = new Map([['chat', { ports: [], isExternal: true }]]);
    assert.equal(findCondition(serve(undefined, { services: outside }), 'ResolvedRefs')?.status, 'True');
    const route = exampleRoute({ paths: [{ path: '/ws', service: { name: 'chat', port: 'websocket' } }] });
    assert.equal(findCondition(serve(route), 'ResolvedRefs')?.status, 'True');
  });

  test('still judges the shared Certificate\u2019s issuance when it covers every host', () => {
    const facts = serve(shared, { certificate: certify('False') });
    assert.equal(findCondition(facts, 'CertificateReady')?.reason, 'Issuing');
  });
});

describe('a route with several attachments', () => {
  const refs = ['IngressClass/nginx', 'Gateway/infra/edge'] as const;
  const route = exampleRoute({ parentRefs: [{ name: 'edge', namespace: 'infra' }] });
  const facts = serve(route);

  test('is as ready as the least of them, and says which one that is', () => {
    const accepted = findCondition(facts, 'Accepted');
    assert.equal(accepted?.status, 'False');
    assert.match(accepted?.message ?? '', /^Gateway\/infra\/edge: /);
    assert.equal(findCondition(facts, 'Ready')?.status, 'False');
  });

  test('tells the conditions of each, and its addresses', () => {
    const { attachments, addresses } = composeStatus(facts, now);
    assert.deepEqual(
      attachments?.map(({ ref }) => ref),
      refs,
    );
    assert.deepEqual(addresses, ['192.0.2.1']);
    const reachable = attachments?.map(
      ({ conditions }) => conditions?.find(({ type }) => type === 'Reachable')?.reason,
    );
    assert.deepEqual(reachable, ['Connected', 'NotAttempted']);
  });

  test('keeps what was proved of one of them over a change of the leader', () => {
    const status = composeStatus(facts, now);
    const again = composeStatus(serve({ ...route, status }, { proofs: new Map() }), '2026-07-01T00:00:00Z');
    assert.equal(isNews(status, again), false);
  });

  test('writes where it can while another is not decided, and removes nothing there', () => {
    const { desired } = facts;
    assert.deepEqual(
      desired.objects.map(({ kind }) => kind),
      ['Certificate', 'Ingress'],
    );
    assert.ok(desired.kept.has('HTTPRoute') && desired.kept.has('Certificate') && !desired.kept.has('Ingress'));
  });
});

describe('what was proved before', () => {
  /** The same cluster, looked at by a leader that knows nothing yet but the status. */
  function lookAgain(facts: Facts, status = composeStatus(facts, now)) {
    return composeStatus(serve({ ...facts.observed.route, status }, { proofs: new Map() }), '2026-07-01T00:00:00Z');
  }

  for (const [what, facts] of [
    ['a success', serve()],
    ['a failure', prove({ reason: 'NameMismatch', certificate: 'wrong' })],
  ] as const) {
    test(`stands when the leader changes: ${what} is no news`, () => {
      assert.equal(isNews(composeStatus(facts, now), lookAgain(facts)), false);
    });
  }

  test('does not stand when somebody has spoilt it', () => {
    const status = composeStatus(serve(), now);
    const conditions = status.conditions.map((condition) =>
      condition.type === 'Reachable' ? { ...condition, reason: 'Invented' } : condition,
    );
    const after = lookAgain(serve(), { ...status, conditions });
    assert.equal(after.conditions.find(({ type }) => type === 'Reachable')?.reason, 'AwaitingHandshake');
  });

  test('is awaited by a route that was ready without a handshake, which stays ready meanwhile', () => {
    const off = serve(undefined, { proofs: 'off' });
    const { conditions } = lookAgain(off);
    const find = (wanted: string) => conditions.find(({ type }) => type === wanted);
    assert.deepEqual([find('Reachable')?.reason, find('Ready')?.status], ['AwaitingHandshake', 'True']);
  });
});

describe('news', () => {
  const status = composeStatus(serve(), now);

  test('is the first status', () => assert.equal(isNews(undefined, status), true));

  test('is not the same status', () => assert.equal(isNews(structuredClone(status), status), false));

  test('is a message that has changed', () => {
    const conditions = (status.conditions ?? []).map((condition) => ({ ...condition, message: 'x' }));
    assert.equal(isNews({ ...status, conditions }, status), true);
  });

  test('is a condition that has gone', () => {
    assert.equal(isNews({ ...status, conditions: (status.conditions ?? []).slice(1) }, status), true);
  });

  test('is not a condition that somebody else has put beside the own ones, which stays there', () => {
    const foreign = { type: 'Audited', status: 'True', reason: 'Seen', message: '', lastTransitionTime: now } as const;
    const withForeign = <T extends { readonly conditions?: readonly Condition[] }>(of: T): T => ({
      ...of,
      conditions: [foreign, ...(of.conditions ?? [])],
    });
    assert.equal(isNews(withForeign(status), status), false);
    const attachments = [{ ref: 'IngressClass/nginx', conditions: status.conditions ?? [] }];
    const several = { ...status, attachments };
    assert.equal(isNews({ ...several, attachments: attachments.map(withForeign) }, several), false);
    const conditions = (status.conditions ?? []).map((condition) => ({ ...condition, message: 'x' }));
    assert.equal(isNews(withForeign({ ...status, conditions }), status), true);
  });
});
