import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { desire } from '../../../src/state/desired.ts';
import { decide, exampleRoute, observe } from './example.ts';

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
      assert.deepEqual([...desired.kept].sort(), ['Certificate', 'ConfigMap', 'Ingress']);
    });
  }
});
