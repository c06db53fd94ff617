import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { conditionTypes, reasons } from '../../src/api/conditions.ts';
import type { WssRoute } from '../../src/api/wssroute.ts';
import type { Facts } from '../../src/state/facts.ts';
import type { ObservedCertificate, ObservedIngress } from '../../src/state/observed.ts';
import { projectCertificate, projectIngress } from '../../src/state/project.ts';
import { composeStatus, isNews } from '../../src/state/status.ts';
import { decide, defaulted, gather, observe, store } from '../unit/state/example.ts';
import { arbitraryRoute } from './arbitrary-route.ts';

/** Any state of the world around a route. */
const facts = fc
  .record({
    manifest: arbitraryRoute,
    hasClass: fc.boolean(),
    hasCertManager: fc.boolean(),
    hasServices: fc.boolean(),
    knowsServices: fc.boolean(),
    issuance: fc.constantFrom('issued', 'issuing', 'failed', 'absent'),
    addresses: fc.constantFrom([], ['192.0.2.1'], ['2001:db8::1', '192.0.2.1']),
    refusal: fc.option(fc.string(), { nil: undefined }),
  })
  .map(({ manifest, hasClass, hasCertManager, hasServices, knowsServices, issuance, addresses, refusal }): Facts => {
    const route = defaulted({ ...manifest, metadata: { ...manifest.metadata, uid: 'uid-of-route', generation: 2 } });
    const observed = {
      ...observe(route),
      knowsServices,
      isCertManagerInstalled: hasCertManager,
      children: listChildren(route, addresses),
      ...(!hasClass && { ingressClass: undefined }),
      ...(!hasServices && { services: new Map() }),
      ...(issuance !== 'absent' && { certificate: certify(issuance) }),
    };
    return gather(observed, [], refusal === undefined ? [] : [{ kind: 'Ingress', name: 'chat-wss', message: refusal }]);
  });

describe('the status', () => {
  test('is no news against itself, whatever the time', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const before = composeStatus(each, '2026-01-01T00:00:00Z');
        const after = composeStatus(withStatus(each, before), '2026-06-01T00:00:00Z');
        assert.deepEqual(after, before);
        assert.equal(isNews(before, after), false);
      }),
      { numRuns: 50 },
    );
  });

  test('is no news when the API server gives its conditions and fields in another order', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const status = composeStatus(each, '2026-01-01T00:00:00Z');
        const turned = Object.fromEntries(Object.entries(status).reverse());
        assert.equal(isNews({ ...turned, conditions: [...(status.conditions ?? [])].reverse() }, status), false);
      }),
    );
  });

  test('moves lastTransitionTime of those conditions only whose status has changed', () => {
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        const before = composeStatus(one, '2026-01-01T00:00:00Z');
        const after = composeStatus(withStatus(other, before), '2026-06-01T00:00:00Z');
        for (const { type, status, lastTransitionTime } of after.conditions ?? []) {
          const earlier = before.conditions?.find((condition) => condition.type === type);
          const isSame = earlier?.status === status;
          assert.equal(lastTransitionTime, isSame ? '2026-01-01T00:00:00Z' : '2026-06-01T00:00:00Z', type);
        }
      }),
    );
  });

  test('has every condition once, with a reason of the catalogue and a message of one line', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const conditions = composeStatus(each, '2026-01-01T00:00:00Z').conditions ?? [];
        const types = conditions.map(({ type }) => type);
        assert.equal(new Set(types).size, types.length);
        for (const type of [...conditionTypes, 'Ready']) assert.ok(types.includes(type), type);
        for (const { reason, message } of conditions) {
          assert.ok(reason in reasons, reason);
          assert.doesNotMatch(message, /\p{Cc}/u);
          assert.ok(message.length > 0 && message.length <= 4096);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('is Ready, or tells of work in progress or of a standstill, and never two of these', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const conditions = composeStatus(each, '2026-01-01T00:00:00Z').conditions ?? [];
        const isTrue = (wanted: string) => conditions.some(({ type, status }) => type === wanted && status === 'True');
        assert.equal(['Ready', 'Reconciling', 'Stalled'].filter(isTrue).length, 1);
      }),
    );
  });
});

function withStatus({ observed, ...rest }: Facts, status: WssRoute['status']): Facts {
  return { ...rest, observed: { ...observed, route: { ...observed.route, ...(status && { status }) } } };
}

function listChildren(route: WssRoute, addresses: readonly string[]): readonly ObservedIngress[] {
  const { objects } = decide(observe(route));
  return objects.filter(({ kind }) => kind === 'Ingress').map((object) => projectIngress(store(object, { addresses })));
}

function certify(issuance: string): ObservedCertificate {
  const ready = {
    type: 'Ready',
    status: issuance === 'issued' ? 'True' : 'False',
    reason: issuance,
    message: issuance,
  };
  const failed = { type: 'Issuing', status: 'False', reason: 'Failed', message: 'the order\nfailed\u0007' };
  return projectCertificate({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'chat-wss', namespace: 'chat', generation: 1 },
    spec: { secretName: 'chat-wss', dnsNames: ['*.example.com'] },
    status: { conditions: issuance === 'failed' ? [ready, failed] : [ready], notAfter: '2026-09-01T00:00:00Z' },
  });
}
