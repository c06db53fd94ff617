import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attachmentsOf, fieldOf, formatAttachment, scopeOf } from '../../../src/route/attachment.ts';
import { exampleRoute } from '../state/example.ts';

const gateways = [
  { name: 'edge' },
  { name: 'edge', namespace: 'infra', sectionName: 'https' },
  { kind: 'ListenerSet', name: 'ours' },
];

describe('the attachments of a route', () => {
  test('are its class, and its parents in their order, each once', () => {
    const route = exampleRoute({ parentRefs: [...gateways, { name: 'edge' }] });
    assert.deepEqual(attachmentsOf(route).map(formatAttachment), [
      'IngressClass/nginx',
      'Gateway/chat/edge',
      'Gateway/infra/edge/https',
      'ListenerSet/chat/ours',
    ]);
  });

  test('may be parents alone', () => {
    const route = exampleRoute({ ingressClassName: undefined, parentRefs: gateways.slice(0, 1) });
    assert.deepEqual(attachmentsOf(route), [
      { kind: 'Gateway', namespace: 'chat', name: 'edge', createsListener: false },
    ]);
  });

  test('share their claims where they are listeners of one Gateway', () => {
    const [, , listener] = attachmentsOf(exampleRoute({ parentRefs: gateways }));
    assert.ok(listener);
    assert.deepEqual([scopeOf(listener), fieldOf(listener)], ['Gateway/infra/edge', 'spec.parentRefs']);
  });
});
