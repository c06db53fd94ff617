import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { desire } from '../../../src/state/desired.ts';
import { diff } from '../../../src/state/diff.ts';
import type { Facts } from '../../../src/state/facts.ts';
import { findUnread } from '../../../src/state/find-unread.ts';
import type { Observed } from '../../../src/state/observed.ts';
import { composeStatus } from '../../../src/state/status.ts';
import { exampleRoute, gather, observe } from './example.ts';
import { attachedRoute, exampleParent, observeAttached, takeOver } from './gateway-example.ts';

const both = () => attachedRoute({}, { ingressClassName: 'nginx' });

function unread(...kinds: readonly string[]): Pick<Observed, 'unreadKinds'> {
  return { unreadKinds: new Map(kinds.map((kind) => [kind, `${kind} (forbidden)`])) };
}

/** What is written for a route that has been served, while some kinds cannot be read and those of them are as if they were not there. */
function rewrite({ observed }: Facts, ...kinds: readonly string[]): readonly string[] {
  const children = observed.children.filter(({ kind }) => !kinds.includes(kind));
  const blind = { ...observed, ...unread(...kinds), children };
  return diff(observed.route, desire(blind), children).map((change) => {
    return `${change.action} ${change.action === 'delete' ? change.child.kind : 'object' in change ? change.object.kind : ''}`;
  });
}

function reasonOf(facts: Facts, type: string): string | undefined {
  return composeStatus(facts, '2026-01-01T00:00:00Z').conditions.find((condition) => condition.type === type)?.reason;
}

describe('what needs a kind that has never been listed', () => {
  test('is named, with why', () => {
    const found = findUnread([{ kind: 'Order' }, { kind: 'Gateway' }], unread('Gateway', 'HTTPRoute'));
    assert.equal(found?.reason, 'KindNotReadable');
    assert.equal(found.message, 'the operator has not been able to list Gateway (forbidden)');
    assert.equal(findUnread([{ kind: 'Order' }], unread('Gateway')), undefined);
  });

  const facts = ['GatewayClass', 'Gateway', 'HTTPRoute', 'ReferenceGrant'];
  for (const kind of [...facts, 'BackendTrafficPolicy', 'Certificate']) {
    test(`is not written to, and loses nothing: ${kind} for a Gateway`, () => {
      assert.deepEqual(rewrite(takeOver(attachedRoute()), kind), []);
      const blind = gather(observeAttached(attachedRoute(), exampleParent(), unread(kind)));
      assert.equal(reasonOf(blind, 'Accepted'), 'KindNotReadable');
    });
  }

  for (const kind of ['ListenerSet', 'BackendTLSPolicy', 'ProxySettingsPolicy', 'Order', 'IngressClass']) {
    test(`is decided where the route does without it: ${kind} for a Gateway`, () => {
      assert.deepEqual(desire({ ...takeOver(attachedRoute()).observed, ...unread(kind) }).kept, new Set());
    });
  }

  test('is a listener that the route brings along, and the TLS of a backend', () => {
    const own = takeOver(attachedRoute({ createListener: true }));
    assert.deepEqual(rewrite(own, 'ListenerSet'), []);
    assert.equal(desire({ ...own.observed, ...unread('ListenerSet') }).placements[0]?.isDecided, false);
    const backendTLS = { serverName: 'chat.internal' };
    const paths = [{ path: '/ws', service: { name: 'chat', port: 8080 }, backendTLS }];
    const secure = takeOver(attachedRoute({}, { paths }));
    assert.equal(desire({ ...secure.observed, ...unread('BackendTLSPolicy') }).placements[0]?.isDecided, false);
  });

  test('is a parent only: the class beside it is served, and what was written for the parent stays', () => {
    const { placements, kept, objects } = desire(observeAttached(both(), exampleParent(), unread('Gateway')));
    assert.deepEqual(
      placements.map(({ isDecided }) => isDecided),
      [true, false],
    );
    assert.deepEqual(new Set(objects.map(({ kind }) => kind)), new Set(['Ingress', 'Certificate']));
    assert.ok(kept.has('HTTPRoute') && kept.has('Certificate') && !kept.has('Ingress'));
  });

  test('is nothing of a class, but for Certificates and IngressClasses', () => {
    const gateways = unread(...facts, 'ListenerSet', 'BackendTLSPolicy', 'BackendTrafficPolicy', 'ProxySettingsPolicy');
    const { objects } = desire(observe(exampleRoute(), gateways));
    assert.deepEqual(objects, desire(observe(exampleRoute())).objects);
    const classless = gather(observe(exampleRoute(), { ingressClass: undefined, ...unread('IngressClass') }));
    assert.equal(reasonOf(classless, 'Accepted'), 'KindNotReadable');
    const blind = gather(observe(exampleRoute(), unread('Certificate')));
    assert.deepEqual(
      ['Accepted', 'CertificateReady'].map((type) => reasonOf(blind, type)),
      ['KindNotReadable', 'KindNotReadable'],
    );
    assert.deepEqual(blind.desired.objects, []);
    const provided = desire(observe(exampleRoute({ tls: { secretName: 'mine' } }), unread('Certificate')));
    assert.deepEqual(
      provided.objects.map(({ kind }) => kind),
      ['Ingress'],
    );
  });
});
