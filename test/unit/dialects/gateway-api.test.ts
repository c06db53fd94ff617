import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findLosses, judgeFeature } from '../../../src/dialects/dialect.ts';
import { gatewayApi } from '../../../src/dialects/gateway-api.ts';
import { covers, intersects } from '../../../src/dialects/gateway-api-listeners.ts';
import { formatSpan, roundForNginx } from '../../../src/dialects/gateway-api-spans.ts';
import { hasFeature } from '../../../src/dialects/gateway-api-vendors.ts';
import { findParentDialect } from '../../../src/dialects/registry.ts';
import { nameListener, nameOneOf } from '../../../src/route/names.ts';
import type { Parent } from '../../../src/route/parent.ts';
import { desire } from '../../../src/state/desired.ts';
import { decide } from '../state/example.ts';
import {
  attachedRoute,
  exampleListener,
  exampleParent,
  observeAttached,
  plainListener,
} from '../state/gateway-example.ts';

const controllers = {
  envoy: 'gateway.envoyproxy.io/gatewayclass-controller',
  nginx: 'gateway.nginx.org/nginx-gateway-controller',
  unknown: 'example.com/gateway',
} as const;

/** The objects of a route, as kinds with their specs, and the fields that are lost. */
function emit(
  changes: object,
  parent: Parent = exampleParent(),
  parentRef: object = {},
): { readonly specs: readonly (readonly [string, Record<string, unknown>])[]; readonly lost: readonly string[] } {
  const { plan, target, objects } = decide(observeAttached(attachedRoute(parentRef, changes), parent));
  return {
    specs: objects.map(({ kind, spec }) => [kind, spec as Record<string, unknown>]),
    lost: findLosses(gatewayApi, plan, target)
      .filter(({ field }) => field !== 'spec.paths[].service')
      .map(({ field, level }) => `${field} ${level}`),
  };
}

function findSpec(specs: ReturnType<typeof emit>['specs'], wanted: string): Record<string, unknown> | undefined {
  return specs.find(([kind]) => kind === wanted)?.[1];
}

describe('the Gateway API', () => {
  test('is the dialect of every parent, and of no class', () => {
    const rest = { namespace: 'infra', name: 'edge', createsListener: false };
    assert.equal(findParentDialect({ kind: 'Gateway', ...rest }), gatewayApi);
    assert.equal(findParentDialect({ kind: 'ListenerSet', ...rest }), gatewayApi);
    assert.equal(findParentDialect({ kind: 'IngressClass', name: 'nginx' }), undefined);
  });

  test('is given an idle time-out in the policy of the implementation, and never as one of a request', () => {
    const timeouts = { idle: '10m', connect: '3s' };
    const envoy = emit({ timeouts });
    assert.deepEqual(findSpec(envoy.specs, 'BackendTrafficPolicy')?.timeout, {
      ...{ http: { streamIdleTimeout: '10m' }, tcp: { connectTimeout: '3s' } },
    });
    const nginx = emit({ timeouts }, exampleParent({ controllerName: controllers.nginx }));
    assert.deepEqual(findSpec(nginx.specs, 'ProxySettingsPolicy')?.timeout, {
      connect: '3s',
      read: '600s',
      send: '600s',
    });
    const unknown = emit({ timeouts }, exampleParent({ controllerName: controllers.unknown }));
    assert.deepEqual([envoy.lost, nginx.lost], [[], []]);
    assert.deepEqual(unknown.lost, ['spec.timeouts.idle unsupported', 'spec.timeouts.connect unsupported']);
    for (const { specs } of [envoy, nginx, unknown]) {
      const requests = [...JSON.stringify(specs).matchAll(/"request":"([^"]*)"/g)].map(([, span]) => span);
      assert.ok(requests.every((span) => span === '0s'));
    }
    assert.equal(JSON.stringify(nginx.specs).includes('"request"'), false);
    assert.equal(JSON.stringify(unknown.specs).includes('Policy'), false);
  });

  test('leaves the time-out of a request alone where Envoy Gateway says that it has none', () => {
    const { specs } = emit({}, exampleParent({ features: new Set(['HTTPRouteSchemeRedirect']) }));
    assert.equal(JSON.stringify(specs).includes('"request"'), false);
  });

  test('is given no filter that the implementation does not tell: it would refuse the whole route', () => {
    const hsts = { maxAge: '1h' };
    const silent = exampleParent({ controllerName: controllers.unknown });
    const telling = {
      ...silent,
      features: new Set(['HTTPRouteResponseHeaderModification', 'HTTPRouteSchemeRedirect']),
    };
    for (const [parent, isSent] of [
      [silent, false],
      [telling, true],
      [exampleParent(), true],
    ] as const) {
      const { specs, lost } = emit({ hsts }, parent);
      assert.equal(JSON.stringify(specs).includes('Strict-Transport-Security'), isSent);
      assert.equal(lost.includes('spec.hsts unsupported'), !isSent);
    }
  });

  test('knows what Envoy Gateway does not tell, and believes what is told', () => {
    assert.equal(hasFeature(exampleParent(), 'ListenerSet'), true);
    assert.equal(hasFeature(exampleParent({ features: new Set() }), 'ListenerSet'), false);
    assert.equal(hasFeature(exampleParent({ controllerName: controllers.unknown }), 'ListenerSet'), undefined);
  });

  test('redirects where a plain listener takes the route, and says so where none does', () => {
    const closed = { ...plainListener, allowsRoutesFrom: 'Same' } as const;
    const elsewhere = { ...plainListener, hostname: 'other.example.com' };
    for (const listeners of [[exampleListener()], [exampleListener(), closed], [exampleListener(), elsewhere]]) {
      const { specs, lost } = emit({}, exampleParent({ listeners }));
      assert.deepEqual(lost, ['spec.redirect unsupported']);
      assert.equal(JSON.stringify(specs).includes('RequestRedirect'), false);
      assert.deepEqual(emit({ redirect: false }, exampleParent({ listeners })).lost, []);
    }
    assert.equal(JSON.stringify(emit({}).specs).includes('RequestRedirect'), true);
  });

  test('redirects to another port than 443 only where the implementation can, and never without it', () => {
    const scheme = ['HTTPRouteSchemeRedirect'];
    const listeners = [plainListener, exampleListener({ port: 8443 })];
    const one = (features: Parent['features'], parentRef: object = {}) =>
      emit({}, exampleParent({ listeners, features, controllerName: controllers.unknown }), parentRef);
    const portOf = ({ specs }: ReturnType<typeof emit>) =>
      /"requestRedirect":(\{.*?\})/.exec(JSON.stringify(specs))?.[1];
    const redirect = { scheme: 'https', statusCode: 301, port: 8443 };
    for (const features of [undefined, new Set([...scheme, 'HTTPRoutePortRedirect'])]) {
      assert.equal(portOf(one(features)), JSON.stringify(redirect));
      assert.equal(one(features).lost.includes('spec.redirect unsupported'), false);
    }
    assert.equal(portOf(one(new Set(scheme))), undefined);
    assert.ok(one(new Set(scheme)).lost.includes('spec.redirect unsupported'));
    const other = exampleListener({ port: 8443, hostname: 'other.example.com' });
    const bare = { listeners: [other], features: new Set(scheme), controllerName: controllers.unknown };
    const own = emit({}, exampleParent(bare), { createListener: true });
    const sets = findSpec(own.specs, 'ListenerSet') as { readonly listeners: readonly { readonly protocol: string }[] };
    assert.deepEqual(
      sets.listeners.map(({ protocol }) => protocol),
      ['HTTPS'],
    );
    assert.ok(own.lost.includes('spec.redirect unsupported'));
    const mixed = emit(
      { hosts: ['chat.example.com', 'feed.example.com'] },
      exampleParent({
        ...bare,
        listeners: [
          plainListener,
          exampleListener({ name: 'a', port: 8443, hostname: 'chat.example.com' }),
          exampleListener({ name: 'b', hostname: 'feed.example.com' }),
        ],
      }),
    );
    assert.equal(portOf(mixed), JSON.stringify({ scheme: 'https', statusCode: 301 }));
    assert.ok(mixed.lost.includes('spec.redirect approximate'));
  });

  test('tells when clients are shown another certificate than that of the route', () => {
    const listeners = [plainListener, exampleListener({ secrets: ['infra/wildcard'] })];
    assert.deepEqual(emit({}, exampleParent({ listeners })).lost, ['spec.tls unsupported']);
    assert.deepEqual(emit({}, exampleParent({ listeners: [plainListener] }), { createListener: true }).lost, []);
  });

  test('is given no listener for a host that an older route serves there: it would take all of it', () => {
    const route = attachedRoute({ createListener: true });
    const parent = exampleParent({ listeners: [plainListener, exampleListener({ hostname: '*.example.com' })] });
    for (const [rank, reason] of [
      [0, undefined],
      [1, 'HostClaimed'],
    ] as const) {
      const standings = new Map([['Gateway/infra/edge chat.example.com', { rank, leads: true }]]);
      const [placement] = desire(observeAttached(route, parent, { standings })).placements;
      assert.equal(placement?.isDecided === false ? placement.reason : undefined, reason);
    }
  });

  test('serves by the listeners that may be used, while another may not', () => {
    const listeners = [
      plainListener,
      exampleListener(),
      exampleListener({ name: 'closed', allowsRoutesFrom: 'Same' }),
      exampleListener({ name: 'not-granted', ungranted: ['chat/chat-wss'] }),
      exampleListener({ name: 'through', isTerminating: false }),
      exampleListener({ name: 'grpc', takesHttpRoutes: false }),
    ];
    const { specs } = emit({}, exampleParent({ listeners }));
    const names = [...JSON.stringify(specs).matchAll(/"sectionName":"([^"]*)"/g)].map(([, name]) => name);
    assert.deepEqual(names, ['https', 'http']);
  });

  test('does not ask of a secret authority that every implementation takes it', () => {
    const paths = (kind: string) => [
      {
        ...{ path: '/ws', service: { name: 'chat', port: 8080 } },
        backendTLS: { serverName: 'chat.internal', caRef: { kind, name: 'ca' } },
      },
    ];
    assert.deepEqual(emit({ paths: paths('ConfigMap') }).lost, []);
    assert.deepEqual(emit({ paths: paths('Secret') }).lost, ['spec.paths[].backendTLS approximate']);
  });

  test('is told of the TLS of a backend only when the name of its port is known: without one it is that of every port', () => {
    const service = { name: 'chat', port: 8443 };
    const route = attachedRoute({}, { paths: [{ path: '/ws', service, backendTLS: { serverName: 'chat.internal' } }] });
    const targetsOf = (ports: readonly (readonly [string, number])[] | undefined) => {
      const described = ports?.map(([name, port]) => ({ name, port, appProtocol: '' }));
      const services = new Map(described && [['chat', { ports: described, isExternal: false }]]);
      const { placements, objects } = desire(observeAttached(route, exampleParent(), { services }));
      const [placement] = placements;
      const policy = objects.find(({ kind }) => kind === 'BackendTLSPolicy')?.spec as { targetRefs?: unknown };
      return placement?.isDecided === false ? placement.reason : policy?.targetRefs;
    };
    const target = { group: '', kind: 'Service', name: 'chat' };
    assert.deepEqual(targetsOf(undefined), 'ServiceNotFound');
    assert.deepEqual(targetsOf([['ws', 8080]]), 'ServicePortNotFound');
    assert.deepEqual(targetsOf([['', 8443]]), [target]);
    assert.deepEqual(
      targetsOf([
        ['ws', 8080],
        ['wss', 8443],
      ]),
      [{ ...target, sectionName: 'wss' }],
    );
  });

  test('speaks TLS to a port where any path wants it, and says that the paths differ', () => {
    const service = { name: 'chat', port: 8443 };
    const backendTLS = { serverName: 'chat.internal' };
    const { specs, lost } = emit({
      paths: [
        { path: '/a', service },
        { path: '/b', service, backendTLS },
        { path: '/c', service, backendTLS: { serverName: 'other.internal' } },
      ],
    });
    const validations = specs.filter(([kind]) => kind === 'BackendTLSPolicy').map(([, { validation }]) => validation);
    assert.deepEqual(validations, [{ hostname: 'chat.internal', wellKnownCACertificates: 'System' }]);
    assert.deepEqual(lost, ['spec.paths[].backendTLS approximate']);
  });

  test('waits for no Service where the implementation has no TLS to backends', () => {
    const paths = [{ path: '/ws', service: { name: 'chat', port: 8443 }, backendTLS: { serverName: 'chat.internal' } }];
    const parent = exampleParent({ features: new Set(['HTTPRouteSchemeRedirect']) });
    const { plan, target, objects } = decide(
      observeAttached(attachedRoute({}, { paths }), parent, { services: new Map() }),
    );
    assert.equal(
      objects.some(({ kind }) => kind === 'BackendTLSPolicy'),
      false,
    );
    assert.ok(findLosses(gatewayApi, plan, target).some(({ field }) => field === 'spec.paths[].backendTLS'));
  });

  test('takes a stance to what Envoy Gateway can do by itself only', () => {
    const { plan, target } = decide(observeAttached(attachedRoute({}, { loadBalancing: 'LeastConnections' })));
    assert.equal(judgeFeature(gatewayApi, 'leastConnections', plan, target).level, 'native');
    const other = { parent: exampleParent({ controllerName: controllers.nginx }) };
    assert.equal(judgeFeature(gatewayApi, 'leastConnections', plan, other).level, 'unsupported');
  });
});

describe('a listener', () => {
  test('covers a host by its name, by a wildcard of any depth, or without a name', () => {
    for (const [hostname, host, isCovered, isMet] of [
      ['', '', true, true],
      ['', 'chat.example.com', true, true],
      ['chat.example.com', '', false, false],
      ['*.example.com', '', false, false],
      ['chat.example.com', 'chat.example.com', true, true],
      ['*.example.com', 'chat.example.com', true, true],
      ['*.example.com', 'a.b.example.com', true, true],
      ['*.example.com', 'example.com', false, false],
      ['*.example.com', 'chat.badexample.com', false, false],
      ['*.example.com', '*.example.com', true, true],
      ['*.example.com', '*.eu.example.com', true, true],
      ['*.eu.example.com', '*.example.com', false, true],
      ['chat.example.com', '*.example.com', false, true],
      ['chat.example.org', '*.example.com', false, false],
    ] as const) {
      assert.deepEqual([covers(hostname, host), intersects(hostname, host)], [isCovered, isMet], `${hostname} ${host}`);
    }
  });

  test('of a route has a name of its own for each host', () => {
    const hosts = [
      '',
      'chat.example.com',
      '*.example.com',
      'example.com',
      'wildcard.example.com',
      `${'a'.repeat(63)}.com`,
    ];
    const names = hosts.flatMap((host) => [nameListener('HTTP', host), nameListener('HTTPS', host)]);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);
  });
});

describe('names of what a route has several of', () => {
  test('are no other route’s, where the parts could be taken apart in two ways', () => {
    assert.notEqual(
      nameOneOf('chat', 'wss-edge', 'Gateway/a/wss-edge/'),
      nameOneOf('chat-wss', 'edge', 'Gateway/a/edge/'),
    );
  });

  test('leave room for what is put behind them', () => {
    const name = nameOneOf('a'.repeat(200), 'b'.repeat(200), 'x');
    assert.ok(`${name}-redirect-999`.length <= 63);
    assert.match(nameOneOf(`${'a'.repeat(39)}.`, 'edge', 'x'), /^a+-[0-9a-f]{8}$/);
  });
});

describe('spans', () => {
  test('are written as Envoy Gateway takes them', () => {
    for (const [seconds, text] of [
      [0, '0s'],
      [1, '1s'],
      [90, '1m30s'],
      [3600, '1h'],
      [604_799, '167h59m59s'],
    ] as const) {
      assert.equal(formatSpan(seconds), text);
    }
  });

  test('are rounded up to what NGINX Gateway Fabric takes', () => {
    for (const [seconds, text] of [
      [1, '1s'],
      [9999, '9999s'],
      [10_000, '167m'],
      [10_020, '167m'],
      [599_940, '9999m'],
      [599_941, '167h'],
      [604_800, '168h'],
    ] as const) {
      assert.equal(roundForNginx(seconds).text, text);
    }
  });
});
