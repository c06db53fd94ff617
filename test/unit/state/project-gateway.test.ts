import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import {
  projectGateway,
  projectGatewayClass,
  projectListenerSet,
  projectReferenceGrant,
} from '../../../src/state/project-gateway.ts';
import { projectHttpRoute } from '../../../src/state/project-http-route.ts';

function make(kind: string, spec?: object, status?: object, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    metadata: { name: 'edge', namespace: 'infra', generation: 3, ...metadata },
    ...(spec && { spec }),
    ...(status && { status }),
  };
}

const listeners = [
  { name: 'bare', port: 80, protocol: 'HTTP' },
  {
    ...{ name: 'https', hostname: '*.example.com', port: 443, protocol: 'HTTPS' },
    tls: {
      certificateRefs: [
        { name: 'own' },
        { name: 'theirs', namespace: 'chat' },
        { kind: 'Vault', group: 'x.io', name: 'v' },
      ],
    },
    allowedRoutes: { namespaces: { from: 'All' }, kinds: [{ kind: 'HTTPRoute' }] },
  },
  {
    ...{ name: 'through', port: 8443, protocol: 'TLS', tls: { mode: 'Passthrough' } },
    allowedRoutes: { namespaces: { from: 'Selector' }, kinds: [{ kind: 'TLSRoute' }] },
  },
];

/** The claims of somebody's HTTPRoute at `Gateway infra/edge`. */
function claimsOf(spec: object): readonly string[] {
  return projectHttpRoute(make('HTTPRoute', { parentRefs: [{ name: 'edge' }], ...spec })).claims;
}

describe('what is kept', () => {
  test('of a Gateway: listeners with their defaults, addresses, and what is said of it', () => {
    const gateway = projectGateway(
      make(
        'Gateway',
        { gatewayClassName: 'eg', listeners, allowedListeners: { namespaces: { from: 'Same' } } },
        {
          addresses: [{ type: 'Hostname', value: 'edge.example.com' }, { value: '192.0.2.1' }, {}],
          listeners: [{ name: 'https', attachedRoutes: 7 }],
          conditions: [
            { type: 'Accepted', status: 'True', observedGeneration: 3 },
            { type: 'Programmed', status: 'False', reason: 'Invalid', message: 'no', observedGeneration: 2 },
          ],
        },
      ),
    );
    assert.deepEqual(gateway, {
      ...{ namespace: 'infra', name: 'edge', className: 'eg', allowsListenersFrom: 'Same' },
      addresses: ['192.0.2.1', 'edge.example.com'],
      listeners: [
        {
          ...{ name: 'bare', hostname: '', port: 80, protocol: 'HTTP', isTerminating: false, takesHttpRoutes: true },
          ...{ allowsRoutesFrom: 'Same', secrets: [] },
        },
        {
          ...{ name: 'https', hostname: '*.example.com', port: 443, protocol: 'HTTPS', isTerminating: true },
          ...{ takesHttpRoutes: true, allowsRoutesFrom: 'All', secrets: ['infra/own', 'chat/theirs'] },
        },
        {
          ...{
            name: 'through',
            hostname: '',
            port: 8443,
            protocol: 'TLS',
            isTerminating: false,
            takesHttpRoutes: false,
          },
          ...{ allowsRoutesFrom: 'Selector', secrets: [] },
        },
      ],
      verdicts: [
        { type: 'Accepted', status: 'True', reason: '', message: '', isCurrent: true },
        { type: 'Programmed', status: 'False', reason: 'Invalid', message: 'no', isCurrent: false },
      ],
    });
  });

  test('of a Gateway nothing that changes with each of its routes', () => {
    const count = (attachedRoutes: number) =>
      projectGateway(make('Gateway', { listeners }, { listeners: [{ name: 'https', attachedRoutes }] }));
    assert.deepEqual(count(1), count(2));
    const tell = (message: string) =>
      projectGateway(
        make('Gateway', {}, { conditions: [{ type: 'Programmed', status: 'True', reason: 'Programmed', message }] }),
      );
    assert.deepEqual(tell('1/1 envoy replicas available'), tell('2/2 envoy replicas available'));
  });

  test('of a Gateway that takes no ListenerSets, and of objects without a spec', () => {
    assert.equal(projectGateway(make('Gateway')).allowsListenersFrom, 'None');
    assert.deepEqual(projectListenerSet(make('ListenerSet')).gateway, { namespace: 'infra', name: '' });
    assert.deepEqual(projectGatewayClass(make('GatewayClass')), { controllerName: '', features: undefined });
    assert.deepEqual(projectReferenceGrant(make('ReferenceGrant')), { namespace: 'infra', from: [], to: [] });
    assert.deepEqual(projectHttpRoute(make('HTTPRoute')).claims, []);
  });

  test('of a ListenerSet: its Gateway, of its own namespace where none is told', () => {
    const set = projectListenerSet(make('ListenerSet', { parentRef: { name: 'big' }, listeners }));
    assert.deepEqual(set.gateway, { namespace: 'infra', name: 'big' });
    assert.equal(set.listeners.length, 3);
  });

  test('of a GatewayClass: its features, in the old form too', () => {
    const { features } = projectGatewayClass(
      make('GatewayClass', { controllerName: 'x/y' }, { supportedFeatures: ['Gateway', { name: 'HTTPRoute' }] }),
    );
    assert.deepEqual(features, ['Gateway', 'HTTPRoute']);
  });
});

describe('an HTTPRoute claims', () => {
  test('each of its paths, at each host of each parent', () => {
    const rules = [{ matches: [{ path: { type: 'Exact', value: '/a/' } }, { path: { value: '/b' } }] }, {}];
    const parentRefs = [
      { name: 'edge', sectionName: 'https' },
      { name: 'edge', sectionName: 'spare' },
      { kind: 'ListenerSet', name: 'team', namespace: 'chat' },
      { group: '', kind: 'Service', name: 'mesh' },
    ];
    assert.deepEqual(claimsOf({ parentRefs, hostnames: ['x.example.com', 'y.example.com'], rules }), [
      ...['Gateway/infra/edge', 'ListenerSet/chat/team'].flatMap((scope) =>
        ['x.example.com', 'y.example.com'].flatMap((host) =>
          ['/a', '/b', '/'].map((path) => `${scope} ${host} ${path}`),
        ),
      ),
      ...['Gateway/infra/edge', 'ListenerSet/chat/team'].flatMap((scope) =>
        ['x.example.com', 'y.example.com'].map((host) => `${scope} ${host} *`),
      ),
    ]);
  });

  test('nothing of the host as a whole where it answers a challenge of cert-manager, or is the operator’s own', () => {
    const owner = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', uid: 'u', controller: true };
    const spec = { parentRefs: [{ name: 'edge' }], rules: [{}] };
    for (const marks of [{ labels: { 'acme.cert-manager.io/http01-solver': 'true' } }, { ownerReferences: [owner] }]) {
      assert.deepEqual(projectHttpRoute(make('HTTPRoute', spec, undefined, marks)).claims, ['Gateway/infra/edge  /']);
    }
  });

  test('any host where it names none', () => {
    assert.deepEqual(claimsOf({ rules: [{}] }), ['Gateway/infra/edge  /', 'Gateway/infra/edge  *']);
  });

  test('nothing by what takes a part of a path only, or redirects', () => {
    const path = { value: '/ws' };
    const rules = [
      {
        matches: [
          { path, headers: [{ name: 'X-Canary', value: '1' }] },
          { path, queryParams: [{ name: 'canary', value: '1' }] },
          { path, method: 'POST' },
          { path: { type: 'RegularExpression', value: '/w.*' } },
        ],
      },
      { matches: [{ path }], filters: [{ type: 'RequestRedirect' }] },
    ];
    assert.deepEqual(claimsOf({ rules }), []);
  });

  test('nothing at a parent that has refused it as it is now: a host is not taken by asking for it', () => {
    const parentRefs = [
      { name: 'edge', sectionName: 'https' },
      { name: 'edge', sectionName: 'spare' },
      { name: 'inner' },
    ];
    const say = (name: string, sectionName: string | undefined, status: string, observedGeneration = 3) => ({
      ...{ parentRef: { name, ...(sectionName && { sectionName }) }, controllerName: 'x/y' },
      conditions: [{ type: 'Accepted', status, reason: 'NotAllowedByListeners', observedGeneration }],
    });
    const scopes = (marks: object, ...parents: readonly object[]) =>
      projectHttpRoute(make('HTTPRoute', { parentRefs, rules: [{}] }, { parents }, marks))
        .claims.filter((claim) => claim.endsWith('/'))
        .map((claim) => claim.split(' ')[0]);
    const both = ['Gateway/infra/edge', 'Gateway/infra/inner'];
    assert.deepEqual(scopes({}, say('edge', 'https', 'False'), say('edge', 'spare', 'False')), [both[1]]);
    assert.deepEqual(scopes({}, say('edge', 'https', 'False'), say('inner', undefined, 'False')), []);
    for (const parents of [
      [],
      [say('edge', 'https', 'False'), say('edge', 'spare', 'True')],
      [say('edge', 'https', 'False', 2)],
      [say('edge', 'https', 'Unknown')],
      [{ parentRef: { name: 'edge' }, controllerName: 'x/y' }],
      [say('other', undefined, 'False')],
    ]) {
      assert.deepEqual(scopes({}, ...parents), both);
    }
    const owner = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', uid: 'u', controller: true };
    assert.deepEqual(scopes({ ownerReferences: [owner] }, say('edge', 'https', 'False')), both);
  });

  test('with its status only where it is the operator’s own', () => {
    const owner = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', uid: 'u', controller: true };
    const spec = { parentRefs: [{ name: 'edge', sectionName: 'https' }], rules: [{}] };
    const parentRef = { name: 'edge', sectionName: 'https' };
    const status = {
      parents: [{ parentRef, controllerName: 'x/y', conditions: [{ type: 'Accepted', status: 'True' }] }],
    };
    assert.deepEqual(projectHttpRoute(make('HTTPRoute', spec, status)).parents, []);
    const own = projectHttpRoute(make('HTTPRoute', spec, status, { ownerReferences: [owner] }));
    const reference = { kind: 'Gateway', namespace: 'infra', name: 'edge', sectionName: 'https' };
    assert.deepEqual(own.parentRefs, [reference]);
    assert.deepEqual(own.parents, [
      {
        ...{ parentRef: reference, controllerName: 'x/y' },
        verdicts: [{ type: 'Accepted', status: 'True', reason: '', message: '', isCurrent: true }],
      },
    ]);
  });
});
