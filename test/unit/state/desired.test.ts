import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import type { Parent } from '../../../src/route/parent.ts';
import { type Desired, desire } from '../../../src/state/desired.ts';
import { diff } from '../../../src/state/diff.ts';
import type { Observed } from '../../../src/state/observed.ts';
import { projectCertificate, projectIngress } from '../../../src/state/project.ts';
import { projectHttpRoute } from '../../../src/state/project-http-route.ts';
import { decide, exampleRoute, observe, store } from './example.ts';
import { attachedRoute, exampleListener, exampleParent, observeAttached, plainListener } from './gateway-example.ts';

const holder = { kind: 'WssRoute', namespace: 'other', name: 'old', uid: 'x', creationTimestamp: '' } as const;
const shared = exampleRoute({ tls: { certificateRef: { name: 'wildcard' } } });

describe('what should be there', () => {
  test('is a Certificate and an Ingress', () => {
    assert.deepEqual(
      decide(observe(exampleRoute())).objects.map(({ kind }) => kind),
      ['Certificate', 'Ingress'],
    );
  });

  test('is an Ingress alone when the certificate is brought along or shared', () => {
    for (const route of [exampleRoute({ tls: { secretName: 'mine' } }), shared]) {
      assert.deepEqual(
        decide(observe(route)).objects.map(({ kind }) => kind),
        ['Ingress'],
      );
    }
  });

  test('is nothing when all is another\u2019s', () => {
    const desired = decide(observe(exampleRoute(), { holders: new Map([['nginx chat.example.com /ws', holder]]) }));
    assert.deepEqual(desired.objects, []);
    assert.deepEqual([...desired.lost.values()], [holder]);
  });

  test('names the Secret of the shared Certificate', () => {
    const [ingress] = decide(observe(shared)).objects;
    assert.ok(ingress);
    assert.deepEqual((ingress.spec as { readonly tls: unknown }).tls, [
      { hosts: ['chat.example.com'], secretName: 'shared-tls' },
    ]);
  });

  test('does not need cert-manager for a Secret that is brought along', () => {
    const route = exampleRoute({ tls: { secretName: 'mine' } });
    assert.equal(decide(observe(route, { isCertManagerInstalled: false })).objects.length, 1);
  });

  test('is the Ingress alone before cert-manager is installed: nobody knows what a Certificate is', () => {
    assert.deepEqual(
      decide(observe(exampleRoute(), { isCertManagerInstalled: false })).objects.map(({ kind }) => kind),
      ['Ingress'],
    );
  });
});

describe('nothing is decided', () => {
  for (const [reason, changes, route] of [
    ['IngressClassNotFound', { ingressClass: undefined }, exampleRoute()],
    ['UnsupportedController', { ingressClass: { controller: '' } }, exampleRoute()],
    ['CertificateNotFound', { certificate: undefined }, shared],
    ['CertManagerNotInstalled', { certificate: undefined, isCertManagerInstalled: false }, shared],
  ] as const) {
    test(`because of ${reason}, so that what an earlier pass wrote goes on serving`, () => {
      const desired = desire(observe(route, changes));
      assert.deepEqual(
        desired.placements.map((placement) => (placement.isDecided ? '' : placement.reason)),
        [reason],
      );
      assert.deepEqual(removed(route, desired), []);
    });
  }

  test('at the Gateway that the route has moved to, so that its Ingress goes on serving', () => {
    const route = attachedRoute();
    const desired = desire(observeAttached(route, exampleParent({ listeners: [] })));
    assert.deepEqual(removed(route, desired), []);
  });

  test('at one of several attachments: what the route has left beside them goes', () => {
    const route = attachedRoute({}, { parentRefs: [{ name: 'edge' }, { name: 'gone' }] });
    const parents = new Map([['Gateway/chat/edge', exampleParent()]]);
    const desired = desire(observeAttached(route, exampleParent(), { parents }));
    assert.deepEqual(removed(route, desired), ['Ingress']);
  });
});

test('a certificate is not issued anew because one of several Gateways is gone for a while', () => {
  const route = attachedRoute({}, { hosts: ['a.example.com', 'b.example.com'], ingressClassName: 'nginx' });
  const holders = new Map(
    ['nginx', 'Gateway/infra/edge'].map((scope) => [`${scope} b.example.com /ws`, holder] as const),
  );
  const names = (changes: Partial<Observed>) => {
    const { objects } = desire(observeAttached(route, exampleParent(), { holders, ...changes }));
    const certificate = objects.find(({ kind }) => kind === 'Certificate');
    assert.ok(certificate);
    return certificate;
  };
  const before = names({});
  const gone = { parents: new Map(), certificate: projectCertificate(store(before)) };
  assert.deepEqual(names(gone).spec, before.spec);
  assert.deepEqual((names({ parents: new Map() }).spec as { readonly dnsNames: unknown }).dnsNames, route.spec.hosts);
});

test('a master of F5 NGINX that is there stays, whoever comes later: it may be the one that serves', () => {
  const route = exampleRoute();
  const at = (leads: boolean, children: Observed['children'] = []) =>
    observe(route, {
      ...{ ingressClass: { controller: 'nginx.org/ingress-controller' }, children },
      standings: new Map([['nginx chat.example.com', { rank: 1, leads }]]),
    });
  const names = (observed: Observed) =>
    desire(observed).objects.map(({ metadata: { name } }) => name.split('-').at(-1));
  const written = desire(at(true)).objects.filter(({ kind }) => kind === 'Ingress');
  const children = written.map((object) => projectIngress(store(object)));
  assert.deepEqual(names(at(false)), ['wss', 'minion']);
  assert.deepEqual(names(at(false, children)), ['wss', 'master', 'minion']);
  assert.deepEqual(
    diff(route, desire(at(false, children)), children).filter(({ action }) => action !== 'create'),
    [],
  );
});

test('a master of F5 NGINX leads to HTTPS from when there is a certificate, and until it is known that there is none', () => {
  const f5 = { ingressClass: { controller: 'nginx.org/ingress-controller' } };
  const certificateWith = (status?: object) =>
    projectCertificate({
      ...{ apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'chat-wss', namespace: 'chat' } },
      ...{ spec: { secretName: 'chat-wss', dnsNames: ['chat.example.com'] }, ...(status && { status }) },
    });
  const issued = certificateWith({
    ...{ conditions: [{ type: 'Ready', status: 'True' }], notAfter: '2026-08-01T00:00:00Z' },
  });
  const none = certificateWith({ conditions: [{ type: 'Ready', status: 'False', reason: 'DoesNotExist' }] });
  const keep = (objects: Desired['objects']) =>
    objects.filter(({ kind }) => kind === 'Ingress').map((object) => projectIngress(store(object)));
  const isLeading = (objects: Desired['objects']) =>
    JSON.stringify(objects.map(({ metadata }) => metadata.annotations)).includes('ssl-redirect":"true"');
  const route = exampleRoute();
  const { objects: on } = desire(observe(route, { ...f5, certificate: issued }));
  const { objects: off } = desire(observe(route, f5));
  assert.deepEqual([isLeading(on), isLeading(off)], [true, false]);
  const gone = { isCertManagerInstalled: false };
  for (const [before, changes, expected] of [
    [on, { certificate: undefined }, true],
    [on, gone, true],
    [on, { certificate: certificateWith() }, true],
    [on, { certificate: certificateWith({ conditions: [{ type: 'Issuing', status: 'True' }] }) }, true],
    [on, { certificate: none }, false],
    [off, { certificate: undefined }, false],
    [off, gone, false],
    [off, { certificate: certificateWith() }, false],
    [off, { certificate: issued }, true],
  ] as const) {
    const { objects } = desire(observe(route, { ...f5, ...changes, children: keep(before) }));
    assert.equal(isLeading(objects), expected, JSON.stringify(changes));
  }
  const other = { ...f5, certificate: undefined, children: keep(on) };
  const unredirected = exampleRoute({ redirect: false });
  assert.equal(isLeading(desire(observe(unredirected, other)).objects), false);
  const { objects: mine } = desire(observe(exampleRoute({ tls: { secretName: 'mine' } }), f5));
  assert.equal(isLeading(mine), true);
  assert.equal(isLeading(desire(observe(route, { ...other, children: keep(mine) })).objects), false);
});

test('one redirect leads from the plain listeners of a Gateway, however many of its sections a route names', () => {
  const parentRefs = ['https', 'spare', undefined].map((sectionName) => ({
    ...{ name: 'edge', namespace: 'infra' },
    ...(sectionName === undefined ? { createListener: true } : { sectionName }),
  }));
  const listeners = [exampleListener(), exampleListener({ name: 'spare', port: 8443 })];
  const redirectsOf = (refs: readonly object[], parent: Parent) => {
    const { objects } = desire(observeAttached(attachedRoute({}, { parentRefs: refs }), parent));
    const routes = objects.filter(({ kind }) => kind === 'HTTPRoute');
    return routes.filter(({ spec }) => JSON.stringify(spec).includes('RequestRedirect'));
  };
  const plain = exampleParent({ listeners: [...listeners, plainListener] });
  const [redirect, ...others] = redirectsOf(parentRefs.slice(0, 2), plain);
  assert.deepEqual(others, []);
  const alone = redirectsOf([{ name: 'edge', namespace: 'infra' }], plain);
  assert.deepEqual([redirect], alone);
  // The listeners that the route brings along are in it as well, wherever they are listed.
  const bare = exampleParent({ listeners: [...listeners, { ...plainListener, hostname: 'other.example.com' }] });
  const brought = redirectsOf(parentRefs.slice(2), bare);
  assert.equal(brought.length, 1);
  assert.deepEqual(redirectsOf(parentRefs, bare), brought);
});

/** Kinds of which objects are removed, where the route has its Ingress and an HTTPRoute from before. */
function removed(route: WssRoute, desired: Desired): readonly string[] {
  const { objects } = desire(observe(exampleRoute()));
  const earlier = objects.filter(({ kind }) => kind === 'Ingress');
  const children = [
    ...earlier.map((object) => projectIngress(store(object))),
    ...earlier.map((object) => projectHttpRoute(store({ ...object, kind: 'HTTPRoute', spec: {} }))),
  ];
  return diff(route, desired, children).flatMap((change) => (change.action === 'delete' ? change.child.kind : []));
}
