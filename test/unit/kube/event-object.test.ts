import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanNote, eventObject } from '../../../src/kube/event-object.ts';
import { microTime } from '../../../src/kube/micro-time.ts';

const regarding = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', namespace: 'web', uid: 'u1' };
const event = { regarding, type: 'Normal', reason: 'Ready', action: 'Reconcile', note: 'done' } as const;
const at = new Date('2026-02-03T04:05:06.789Z');

test('makes the object that events.k8s.io/v1 wants', () => {
  const object = eventObject(event, 'pod-1', at, 3);
  assert.deepEqual(object, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `chat.${(BigInt(at.getTime()) * 1_000_000n + 3n).toString(16)}`, namespace: 'web' },
    eventTime: '2026-02-03T04:05:06.789000Z',
    reportingController: 'wssroute.dev/wss-operator',
    reportingInstance: 'pod-1',
    type: 'Normal',
    reason: 'Ready',
    action: 'Reconcile',
    note: 'done',
    regarding,
  });
  assert.equal(microTime(at), '2026-02-03T04:05:06.789000Z');
});

test('events of cluster-scoped objects live in the namespace default, and long names are cut', () => {
  const { namespace: _, ...clusterScoped } = regarding;
  const object = eventObject(
    { ...event, regarding: { ...clusterScoped, name: 'x'.repeat(253) } },
    'p'.repeat(300),
    at,
    0,
  );
  assert.equal(object.metadata.namespace, 'default');
  assert.equal(object.metadata.name.length, 253);
  assert.ok(Buffer.byteLength(String(object.reportingInstance)) <= 128);
});

test('a note is one clean line of at most 1,024 bytes, cut between characters', () => {
  assert.equal(cleanNote(' a\u001b[31m\r\nb\u202ec\u2028d '), 'a [31m b c d');
  for (const filler of ['x', 'ä', '€', '😀']) {
    const note = cleanNote(filler.repeat(2_000));
    assert.ok(Buffer.byteLength(note) <= 1_024, filler);
    assert.ok(Buffer.byteLength(note) > 1_016, filler);
    assert.match(note, new RegExp(`^(${filler})+…$`, 'u'));
  }
});
