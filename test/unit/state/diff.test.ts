import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import { type Change, diff } from '../../../src/state/diff.ts';
import { decide, exampleRoute, observe, project, store } from './example.ts';

const route = exampleRoute();
const { objects } = decide(observe(route));
const [certificate, ingress] = objects as [KubeObject, KubeObject];

function diffAgainst(...stored: readonly KubeObject[]): readonly Change[] {
  return diff(route, { objects, kept: new Set() }, stored.map(project));
}

/** The changes in words: what is done to what, and why. */
function tell(changes: readonly Change[]): readonly string[] {
  return changes.map((change) => {
    if (change.action === 'create') return `create ${change.object.kind}`;
    if (change.action === 'configure') return `configure ${change.object.kind}: ${change.field}`;
    return `${change.action} ${change.child.kind} ${change.child.name}`;
  });
}

function edit(object: KubeObject, metadata: object, spec: object = {}): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...metadata }, spec: { ...(object.spec as object), ...spec } };
}

describe('the difference between what is desired and what is there', () => {
  test('is that everything must be created where nothing is', () => {
    assert.deepEqual(tell(diffAgainst()), ['create Certificate', 'create Ingress']);
  });

  test('is nothing when everything is there', () => {
    assert.deepEqual(tell(diffAgainst(store(certificate), store(ingress))), []);
  });

  test('is the first field that somebody has changed', () => {
    const edited = edit(store(ingress), {}, { ingressClassName: 'other' });
    assert.deepEqual(tell(diffAgainst(store(certificate), edited)), ['configure Ingress: spec.ingressClassName']);
  });

  test('is a label that somebody has removed', () => {
    const edited = edit(store(ingress), { labels: {} });
    assert.deepEqual(tell(diffAgainst(store(certificate), edited)), [
      'configure Ingress: metadata.labels.app.kubernetes.io/managed-by',
    ]);
  });

  test('is not what the API server fills in within a list, nor what others add', () => {
    const { rules } = ingress.spec as { readonly rules: readonly object[] };
    const edited = edit(
      store(ingress, { annotations: { theirs: 'x' } }),
      { finalizers: ['theirs'] },
      { rules: rules.map((rule) => ({ ...rule, defaulted: true })), defaultBackend: {} },
    );
    assert.deepEqual(tell(diffAgainst(store(certificate), edited)), []);
  });

  test('is what somebody has put into a list item that the operator would have there itself', () => {
    const { rules } = ingress.spec as { readonly rules: readonly { readonly http: object }[] };
    const hostless = { ...ingress, spec: { ...(ingress.spec as object), rules: rules.map(({ http }) => ({ http })) } };
    const hijacked = store({ ...ingress, spec: { ...(ingress.spec as object), rules } });
    const changes = diff(route, { objects: [hostless], kept: new Set() }, [project(hijacked)]);
    assert.deepEqual(tell(changes), ['configure Ingress: spec.rules']);
  });

  test('is a longer list, which is one value', () => {
    const edited = edit(store(certificate), {}, { dnsNames: ['chat.example.com', 'evil.example.com'] });
    assert.deepEqual(tell(diffAgainst(edited, store(ingress))), ['configure Certificate: spec.dnsNames']);
  });

  test('is not another owner beside the route, but a missing one', () => {
    const mine = ingress.metadata.ownerReferences ?? [];
    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' };
    assert.deepEqual(
      tell(diffAgainst(store(certificate), edit(store(ingress), { ownerReferences: [theirs, ...mine] }))),
      [],
    );
    assert.deepEqual(tell(diffAgainst(store(certificate), edit(store(ingress), { ownerReferences: [theirs] }))), [
      'configure Ingress: metadata.ownerReferences',
    ]);
  });

  test('is the owner that a route of the same name had before it was made anew', () => {
    const old = (ingress.metadata.ownerReferences ?? []).map((owner) => ({ ...owner, uid: 'old' }));
    const stored = store(edit(ingress, { ownerReferences: old }));
    assert.deepEqual(tell(diffAgainst(store(certificate), stored)), ['configure Ingress: metadata.ownerReferences']);
  });

  test('is a field that the operator has applied before and does not want any more', () => {
    const before = edit(ingress, {
      annotations: { ...ingress.metadata.annotations, 'nginx.ingress.kubernetes.io/affinity': 'cookie' },
    });
    assert.deepEqual(tell(diffAgainst(store(certificate), store(before))), [
      'configure Ingress: metadata.annotations.nginx.ingress.kubernetes.io/affinity',
    ]);
  });

  test('is that an object of the route must go when it is not desired any more', () => {
    const stale = store(edit(certificate, { name: 'stale' }));
    assert.deepEqual(tell(diffAgainst(store(certificate), store(ingress), stale)), ['delete Certificate stale']);
    const foreign = store(edit(certificate, { name: 'stale', ownerReferences: [] }));
    assert.deepEqual(tell(diffAgainst(store(certificate), store(ingress), foreign)), []);
  });
});

describe('an object that has the name of a desired one', () => {
  const unapplied = { managedFields: [{ manager: 'helm', operation: 'Update', fieldsV1: {} }] };
  const owner = ingress.metadata.ownerReferences?.[0];

  test('is not touched when somebody else made it', () => {
    const foreign = edit(store(ingress), { ...unapplied, ownerReferences: undefined });
    assert.deepEqual(tell(diffAgainst(store(certificate), foreign)), ['blocked Ingress chat-wss']);
  });

  test('is not touched when another kind of object controls it, even if the operator has applied it', () => {
    const ownerReferences = [{ ...owner, kind: 'Deployment', apiVersion: 'apps/v1' }];
    const foreign = edit(store(ingress), { ownerReferences });
    assert.deepEqual(tell(diffAgainst(store(certificate), foreign)), ['blocked Ingress chat-wss']);
  });

  test('is not touched when another route controls it', () => {
    const foreign = edit(store(ingress), { ownerReferences: [{ ...owner, name: 'other' }] });
    assert.deepEqual(tell(diffAgainst(store(certificate), foreign)), ['blocked Ingress chat-wss']);
  });

  test('is not touched when a WssRoute of another API group controls it', () => {
    const foreign = edit(store(ingress), { ownerReferences: [{ ...owner, apiVersion: 'wssroute.dev.evil/v1' }] });
    assert.deepEqual(tell(diffAgainst(store(certificate), foreign)), ['blocked Ingress chat-wss']);
  });

  test('is taken back when the operator has applied it and its owner was removed', () => {
    const orphan = edit(store(ingress), { ownerReferences: undefined });
    assert.deepEqual(tell(diffAgainst(store(certificate), orphan)), ['configure Ingress: metadata.ownerReferences']);
  });
});
