import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Parent } from '../../../src/route/parent.ts';
import type {
  ObservedGateway,
  ObservedListenerSet,
  ObservedReferenceGrant,
} from '../../../src/state/observed-gateway.ts';
import { projectListenerSet } from '../../../src/state/project-gateway.ts';
import { listParentNames, type ParentLookup, resolveParents } from '../../../src/state/resolve-parents.ts';
import { attachedRoute, exampleListener } from './gateway-example.ts';

const { ungranted: _, ...listener } = exampleListener();
const gateway: ObservedGateway = {
  ...{ namespace: 'infra', name: 'edge', className: 'eg', listeners: [listener], allowsListenersFrom: 'Same' },
  ...{ addresses: ['192.0.2.7'], verdicts: [] },
};
const set: ObservedListenerSet = {
  ...projectListenerSet({ apiVersion: 'x', kind: 'ListenerSet', metadata: { name: 'team', namespace: 'infra' } }),
  gateway: { namespace: 'infra', name: 'edge' },
  listeners: [{ ...listener, name: 'of-the-team' }],
};
const everything: ParentLookup = {
  gateway: (key) => (key === 'infra/edge' ? gateway : undefined),
  listenerSet: (key) => (key === 'infra/team' ? set : undefined),
  gatewayClass: (name) => (name === 'eg' ? { controllerName: 'x/y', features: ['ListenerSet'] } : undefined),
  grantsIn: () => [],
};
const atSet = attachedRoute({ kind: 'ListenerSet', name: 'team' });

function resolve(route = attachedRoute(), changes: Partial<ParentLookup> = {}): Parent | undefined {
  return [...resolveParents(route, { ...everything, ...changes }).values()][0];
}

function grant(changes: Partial<ObservedReferenceGrant> = {}): ObservedReferenceGrant {
  return {
    namespace: 'chat',
    from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'infra' }],
    to: [{ group: '', kind: 'Secret', name: 'chat-wss' }],
    ...changes,
  };
}

/** Whether the listener of a parent may use the Secret of the route. */
function isGranted(given: ObservedReferenceGrant, route = attachedRoute()): boolean {
  const parent = resolve(route, { grantsIn: (namespace) => (namespace === given.namespace ? [given] : []) });
  return parent?.listeners[0]?.ungranted.length === 0;
}

describe('parents', () => {
  test('are a Gateway with its class', () => {
    assert.deepEqual(resolve(), {
      ...{ controllerName: 'x/y', features: new Set(['ListenerSet']), allowsListenersFrom: 'Same' },
      ...{ addresses: ['192.0.2.7'], gateway: { namespace: 'infra', name: 'edge' } },
      listeners: [{ ...listener, ungranted: ['chat/chat-wss'] }],
    });
  });

  test('are a ListenerSet with the addresses and the class of its Gateway', () => {
    const parent = resolve(atSet);
    assert.deepEqual(
      [parent?.listeners[0]?.name, parent?.addresses, parent?.controllerName, parent?.gateway.name],
      ['of-the-team', ['192.0.2.7'], 'x/y', 'edge'],
    );
  });

  test('are named as the attachments are', () => {
    const names = [...resolveParents(attachedRoute({ sectionName: 'https' }), everything).keys()];
    assert.deepEqual(names, ['Gateway/infra/edge/https']);
    assert.deepEqual(listParentNames(attachedRoute({ sectionName: 'https' })), ['Gateway infra/edge']);
  });

  test('are none where the object is not there, and say what else is missing', () => {
    assert.equal(resolve(undefined, { gateway: () => undefined }), undefined);
    assert.equal(resolve(atSet, { listenerSet: () => undefined }), undefined);
    assert.equal(resolve(undefined, { gatewayClass: () => undefined })?.missing, 'GatewayClass "eg"');
    assert.equal(resolve(atSet, { gateway: () => undefined })?.missing, 'Gateway infra/edge');
  });

  test('have trouble when a present verdict is against them, and none while it is unknown or old', () => {
    const said = (status: string, isCurrent: boolean) => {
      const verdict = { type: 'Programmed', status, reason: 'Invalid', message: 'no Pods', isCurrent };
      return resolve(undefined, { gateway: () => ({ ...gateway, verdicts: [verdict] }) })?.trouble;
    };
    assert.equal(said('False', true), 'Gateway infra/edge has Programmed False, Invalid: no Pods');
    assert.deepEqual(
      [said('False', false), said('Unknown', true), said('True', true)],
      [undefined, undefined, undefined],
    );
  });
});

describe('a Secret of another namespace', () => {
  test('may be used by whom a ReferenceGrant names, with or without a name of the Secret', () => {
    assert.equal(isGranted(grant()), true);
    assert.equal(isGranted(grant({ to: [{ group: '', kind: 'Secret', name: '' }] })), true);
  });

  test('may be used by nobody else', () => {
    const [from] = grant().from;
    assert.ok(from);
    assert.equal(isGranted(grant({ namespace: 'other' })), false);
    assert.equal(isGranted(grant({ from: [{ ...from, namespace: 'web' }] })), false);
    assert.equal(isGranted(grant({ from: [{ ...from, kind: 'HTTPRoute' }] })), false);
    assert.equal(isGranted(grant({ from: [{ ...from, group: '' }] })), false);
    assert.equal(isGranted(grant({ to: [{ group: '', kind: 'Secret', name: 'other' }] })), false);
    assert.equal(isGranted(grant({ to: [{ group: '', kind: 'Service', name: '' }] })), false);
    assert.equal(isGranted(grant(), atSet), false);
    assert.equal(isGranted(grant({ from: [{ ...from, kind: 'ListenerSet' }] }), atSet), true);
  });

  test('needs no grant in the namespace of the Gateway', () => {
    const own = { ...gateway, listeners: [{ ...listener, secrets: ['infra/wildcard'] }] };
    assert.deepEqual(resolve(undefined, { gateway: () => own })?.listeners[0]?.ungranted, []);
  });
});
