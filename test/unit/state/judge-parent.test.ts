import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Facts, Verdict } from '../../../src/state/facts.ts';
import { judgeProgramming } from '../../../src/state/judge-placement.ts';
import type { ObservedPolicy } from '../../../src/state/observed-gateway.ts';
import { accepted, attachedRoute, controllerName, exampleParent, takeOver } from './gateway-example.ts';

function judge(facts: Facts): Verdict {
  const [placement] = facts.desired.placements;
  assert.ok(placement?.isDecided, placement?.isDecided === false ? placement.message : '');
  return judgeProgramming(placement, facts);
}

/** The conditions of an implementation, one of them replaced. */
function say(type: string, changes: object): readonly object[] {
  return accepted.map((condition) =>
    (condition as { readonly type: string }).type === type ? { ...condition, ...changes } : condition,
  );
}

const refused = { status: 'False', reason: 'NotAllowed', message: 'not today' };
const bringing = attachedRoute({ createListener: true });

describe('a route at a Gateway', () => {
  test('is programmed when each listener has accepted it and the Gateway has an address', () => {
    for (const route of [attachedRoute(), bringing]) {
      assert.deepEqual(judge(takeOver(route)), {
        ...{ type: 'Programmed', status: 'True', reason: 'Programmed', message: 'served at 192.0.2.7' },
      });
    }
  });

  test('is not accepted, in the words of the implementation', () => {
    for (const type of ['Accepted', 'ResolvedRefs']) {
      const { status, reason, message } = judge(takeOver(attachedRoute(), { conditions: say(type, refused) }));
      assert.deepEqual([status, reason], ['False', 'RouteNotAccepted']);
      assert.match(
        message,
        new RegExp(`^HTTPRoute chat-wss-edge-[0-9a-f]{8} has ${type} False, NotAllowed: not today`),
      );
    }
  });

  test('is not accepted when the redirect is not, which the sections of a Gateway share', () => {
    for (const parentRef of [{}, { sectionName: 'https' }]) {
      const { message } = judge(takeOver(attachedRoute(parentRef), { conditions: say('Accepted', refused) }));
      assert.match(message, /HTTPRoute chat-wss-edge-[0-9a-f]{8}-redirect has Accepted False/);
    }
  });

  test('is served by the policy of another route for the same port, which is the older one', () => {
    const paths = [{ path: '/ws', service: { name: 'chat', port: 8080 }, backendTLS: { serverName: 'chat.internal' } }];
    const facts = takeOver(attachedRoute({}, { paths }));
    const conflict = { type: 'Accepted', status: 'False', reason: 'Conflicted', message: 'older', isCurrent: true };
    const children = facts.observed.children.map((child) =>
      child.kind === 'BackendTLSPolicy' ? { ...child, ancestors: [{ controllerName, verdicts: [conflict] }] } : child,
    );
    for (const [isShared, reason] of [
      [true, 'Programmed'],
      [false, 'RouteNotAccepted'],
    ] as const) {
      const observed = { ...facts.observed, children, backendTls: { rivals: [], isShared } };
      assert.equal(judge({ ...facts, observed }).reason, reason);
    }
  });

  test('is not accepted when its ListenerSet is not', () => {
    const ready = attachedRoute({ createListener: true }, { tls: { secretName: 'mine' } });
    const { reason, message } = judge(takeOver(ready, { conditions: say('Programmed', refused) }));
    assert.equal(reason, 'RouteNotAccepted');
    assert.match(message, /^ListenerSet chat-wss-edge-[0-9a-f]{8} has Programmed False, NotAllowed: not today$/);
  });

  test('waits while its own listeners are refused for a certificate that is still to come', () => {
    const { reason, message } = judge(takeOver(bringing, { conditions: say('Programmed', refused) }));
    assert.equal(reason, 'AwaitingAddress');
    assert.match(
      message,
      /^before the certificate is there: ListenerSet chat-wss-edge-[0-9a-f]{8} has Programmed False/,
    );
  });

  test('is not accepted when a policy of it is not', () => {
    const backendTLS = { serverName: 'chat.internal' };
    const paths = [{ path: '/ws', service: { name: 'chat', port: 8080 }, backendTLS }];
    for (const kind of ['BackendTrafficPolicy', 'BackendTLSPolicy']) {
      const facts = takeOver(attachedRoute({}, { paths }));
      const [policy] = facts.observed.children.filter((child): child is ObservedPolicy => child.kind === kind);
      assert.ok(policy);
      const verdicts = [
        { type: 'Accepted', status: 'False', reason: 'Conflicted', message: 'not alone', isCurrent: true },
      ];
      const judgeWith = (ancestors: ObservedPolicy['ancestors']) => {
        const children = [...facts.observed.children.filter((child) => child !== policy), { ...policy, ancestors }];
        return judge({ ...facts, observed: { ...facts.observed, children } });
      };
      const { reason, message } = judgeWith([{ controllerName, verdicts }]);
      assert.equal(reason, 'RouteNotAccepted');
      assert.match(
        message,
        new RegExp(`^${kind} chat-wss-(edge|chat)-[0-9a-f]{8} has Accepted False, Conflicted: not alone$`),
      );
      assert.equal(judgeWith([]).reason, 'Programmed');
      assert.equal(judgeWith([{ controllerName: 'example.com/other', verdicts }]).reason, 'Programmed');
    }
  });

  test('waits while the verdict is about an earlier generation, whatever it was', () => {
    for (const changes of [{}, refused]) {
      const conditions = say('Accepted', { ...changes, observedGeneration: 0 });
      for (const route of [attachedRoute(), bringing]) {
        const { status, reason, message } = judge(takeOver(route, { conditions }));
        assert.deepEqual([status, reason], ['False', 'AwaitingAddress']);
        assert.match(message, /^the implementation of Gateway infra\/edge has not looked at this generation of /);
      }
    }
  });

  test('waits while nobody has said anything, or another implementation has', () => {
    const facts = takeOver(attachedRoute(), { conditions: [] });
    assert.equal(judge(facts).reason, 'AwaitingAddress');
    const parent = exampleParent({ controllerName: `${controllerName}-of-somebody-else` });
    assert.equal(judge(takeOver(attachedRoute(), { parent })).reason, 'AwaitingAddress');
    assert.equal(judge({ ...facts, observed: { ...facts.observed, children: [] } }).reason, 'AwaitingAddress');
  });

  test('waits for the address of the Gateway', () => {
    const { reason, message } = judge(takeOver(attachedRoute(), { parent: exampleParent({ addresses: [] }) }));
    assert.deepEqual([reason, message], ['AwaitingAddress', 'Gateway infra/edge has not published an address yet']);
  });

  test('says why the Gateway itself is not served', () => {
    const trouble = 'Gateway infra/edge has Programmed False, NoResources: no Pods';
    const { reason, message } = judge(takeOver(attachedRoute(), { parent: exampleParent({ trouble }) }));
    assert.deepEqual([reason, message], ['RouteNotAccepted', trouble]);
  });
});
