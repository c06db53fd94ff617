import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApiObject } from '../../support/admin-client.ts';
import { attach, resolveBackends } from '../../support/gateway/attachments.ts';
import { findParents } from '../../support/gateway/listeners.ts';
import { intersects, type World } from '../../support/gateway/world.ts';

const empty: World = {
  ...{ controllerName: 'example.com/ours', gateways: [], listenerSets: [], routes: [], backendTlsPolicies: [] },
  ...{ vendorPolicies: [], grants: [], namespaces: [], services: [], secrets: [], configMaps: [] },
  classes: [{ metadata: { name: 'ours' }, spec: { controllerName: 'example.com/ours' } }],
};

function object(key: string, spec: ApiObject, more: ApiObject = {}): ApiObject {
  const [namespace, name] = key.split('/');
  return { metadata: { namespace, name, creationTimestamp: '2026-01-01T00:00:00Z' }, spec, ...more };
}

function gateway(listeners: readonly object[], spec: ApiObject = {}): ApiObject {
  return object('edge/edge', { gatewayClassName: 'ours', listeners, ...spec });
}

function set(key: string, listeners: readonly object[]): ApiObject {
  return object(key, { parentRef: { name: 'edge', namespace: 'edge' }, listeners });
}

/** `name acceptance resolution` of every listener, `key: refusal` of what is refused as a whole. */
function describeListeners(world: Partial<World>): readonly string[] {
  return findParents({ ...empty, ...world }).flatMap(({ object: { metadata }, acceptance, listeners }) => {
    if (listeners.length === 0) return [`${metadata.namespace}/${metadata.name}: ${acceptance}`];
    return listeners.map(({ name, acceptance: is, resolution }) => `${name} ${is} ${resolution}`);
  });
}

const http = { name: 'http', port: 80, protocol: 'HTTP' };
const https = { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'tls' }] } };
const pair = { type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==', 'tls.key': 'eA==' } };
const tls = (key: string) => object(key, {}, pair);

describe('listeners of Gateway API', () => {
  test('the Gateway comes first, then ListenerSets by age: the first of a port and hostname has it', () => {
    const allowedListeners = { namespaces: { from: 'All' } };
    const older = set('z/older', [{ ...http, name: 'mine', hostname: 'a.test' }]);
    const younger = set('a/younger', [
      { ...http, name: 'same', hostname: 'a.test' },
      { ...https, name: 'other-protocol', port: 80 },
      { ...http, name: 'free', hostname: 'b.test' },
    ]);
    younger.metadata.creationTimestamp = '2026-01-02T00:00:00Z';
    const gateways = [gateway([http, { ...http, name: 'tcp', protocol: 'TCP' }], { allowedListeners })];
    assert.deepEqual(describeListeners({ gateways, listenerSets: [younger, older] }), [
      ...['http Accepted ResolvedRefs', 'tcp UnsupportedProtocol ResolvedRefs', 'mine Accepted ResolvedRefs'],
      ...['same HostnameConflict ResolvedRefs', 'other-protocol ProtocolConflict InvalidCertificateRef'],
      'free Accepted ResolvedRefs',
    ]);
  });

  test('a Gateway allows no ListenerSets unless it says so', () => {
    const sets = [set('edge/near', [http]), set('app/far', [{ ...http, hostname: 'b.test' }])];
    const namespaces = [{ metadata: { name: 'app', labels: { team: 'chat' } } }];
    const look = (allowed: object | undefined) => {
      const gateways = [gateway([https], allowed && { allowedListeners: { namespaces: allowed } })];
      return describeListeners({ gateways, listenerSets: sets, namespaces }).filter((line) =>
        line.includes('NotAllowed'),
      );
    };
    const [near, far] = ['edge/near: NotAllowed', 'app/far: NotAllowed'];
    assert.deepEqual(look(undefined), [far, near]);
    assert.deepEqual(look({ from: 'Same' }), [far]);
    assert.deepEqual(look({ from: 'All' }), []);
    assert.deepEqual(look({ from: 'Selector', selector: { matchLabels: { team: 'chat' } } }), [near]);
  });

  test('a certificate of another namespace needs a ReferenceGrant', () => {
    const far = { ...https, tls: { certificateRefs: [{ name: 'tls', namespace: 'app' }] } };
    const look = (listener: object, world: Partial<World>) =>
      describeListeners({ ...world, gateways: [gateway([listener])] });
    assert.deepEqual(look(https, {}), ['https Accepted InvalidCertificateRef']);
    assert.deepEqual(look(https, { secrets: [tls('edge/tls')] }), ['https Accepted ResolvedRefs']);
    assert.deepEqual(look(far, { secrets: [tls('app/tls')] }), ['https Accepted RefNotPermitted']);
    const from = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'edge' }];
    const grants = [object('app/grant', { from, to: [{ group: '', kind: 'Secret' }] })];
    assert.deepEqual(look(far, { secrets: [tls('app/tls')], grants }), ['https Accepted ResolvedRefs']);
  });
});

describe('routes of Gateway API', () => {
  const listeners = [
    { ...http, allowedRoutes: { namespaces: { from: 'All' } } },
    { ...http, name: 'near', port: 8080, allowedRoutes: { namespaces: { from: 'Same' } } },
    {
      ...http,
      name: 'grpc',
      port: 8081,
      allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }], namespaces: { from: 'All' } },
    },
    { ...http, name: 'wild', port: 8082, hostname: '*.test', allowedRoutes: { namespaces: { from: 'All' } } },
  ];
  const world = { ...empty, gateways: [gateway(listeners)] };

  function reasonOf(ref: object, hostnames?: readonly string[]): string {
    const parentRefs = [{ name: 'edge', namespace: 'edge', ...ref }];
    const route = object('app/chat', { parentRefs, ...(hostnames && { hostnames }) });
    return attach(world, findParents(world), route)
      .map(({ reason, listeners: at }) => [reason, ...at.map(({ name }) => name)].join(' '))
      .join();
  }

  test('attach where section, port, namespace, kind and hostname agree', () => {
    assert.equal(reasonOf({}), 'Accepted http wild');
    assert.equal(reasonOf({ port: 80 }), 'Accepted http');
    assert.equal(reasonOf({ sectionName: 'nope' }), 'NoMatchingParent');
    assert.equal(reasonOf({ sectionName: 'http', port: 81 }), 'NoMatchingParent');
    assert.equal(reasonOf({ sectionName: 'near' }), 'NotAllowedByListeners');
    assert.equal(reasonOf({ sectionName: 'grpc' }), 'NotAllowedByListeners');
    assert.equal(reasonOf({ sectionName: 'wild' }, ['chat.example.com']), 'NoMatchingListenerHostname');
    assert.equal(reasonOf({ sectionName: 'wild' }, ['a.chat.test']), 'Accepted wild');
    assert.equal(reasonOf({ name: 'somebody-else' }), '');
    assert.equal(reasonOf({ kind: 'Service', group: '' }), '');
  });

  test('hostnames have names in common', () => {
    for (const [left, right, expected] of [
      [undefined, 'a.test', true],
      ['a.test', 'a.test', true],
      ['a.test', 'b.test', false],
      ['*.test', 'a.test', true],
      ['*.test', 'test', false],
      ['*.test', '*.a.test', true],
      ['*.a.test', '*.b.test', false],
      ['*.test', 'a.btest', false],
    ] as const) {
      assert.equal(intersects(left, right), expected, `${left} ${right}`);
      assert.equal(intersects(right, left), expected, `${right} ${left}`);
    }
  });

  test('backends are Services with that port, granted where they are elsewhere, of a protocol that is known', () => {
    const resolve = (ref: object, more: Partial<World> = {}) => {
      const services = ['app/chat', 'far/chat'].map((key) => object(key, { ports: [{ port: 80 }] }));
      const odd = object('app/odd', { ports: [{ port: 80, appProtocol: 'example.com/odd' }] });
      const route = object('app/chat', { rules: [{ backendRefs: [{ name: 'chat', port: 80, ...ref }] }] });
      return resolveBackends({ ...empty, services: [...services, odd], ...more }, route);
    };
    assert.equal(resolve({}), 'ResolvedRefs');
    assert.equal(resolve({ port: 81 }), 'BackendNotFound');
    assert.equal(resolve({ name: 'nope' }), 'BackendNotFound');
    assert.equal(resolve({ name: 'odd' }), 'UnsupportedProtocol');
    assert.equal(resolve({ kind: 'Backend', group: 'gateway.envoyproxy.io' }), 'InvalidKind');
    assert.equal(resolve({ namespace: 'far' }), 'RefNotPermitted');
    const from = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'app' }];
    const grant = (name: string) => object('far/grant', { from, to: [{ group: '', kind: 'Service', name }] });
    assert.equal(resolve({ namespace: 'far' }, { grants: [grant('chat')] }), 'ResolvedRefs');
    assert.equal(resolve({ namespace: 'far' }, { grants: [grant('other')] }), 'RefNotPermitted');
  });
});
