import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AbilityIndex } from '../../../src/state/ability-index.ts';
import { desire } from '../../../src/state/desired.ts';
import { type Change, diff } from '../../../src/state/diff.ts';
import { judgeAbility } from '../../../src/state/judge-ability.ts';
import type { Observed } from '../../../src/state/observed.ts';
import { projectIngress } from '../../../src/state/project.ts';
import { exampleRoute, observe, store } from './example.ts';

const [ws, chat] = ['nginx chat.example.com /ws', 'nginx chat.example.com /chat'];
const service = { name: 'chat', port: 8080 };
const route = exampleRoute({
  paths: [
    { path: '/ws', service },
    { path: '/chat', service },
  ],
});
const holder = { namespace: 'web', name: 'older', uid: 'x', creationTimestamp: '' };

function judge(changes: Partial<Observed>, writes: readonly Change[] = []) {
  const { unable, unjudged } = judgeAbility(route, desire(observe(route, changes)).placements, writes);
  return { unable: [...unable], unjudged: [...unjudged] };
}

describe('what a route can serve', () => {
  test('is all of it where nothing is in the way', () => {
    assert.deepEqual(judge({}), { unable: [], unjudged: [] });
  });

  test('is nothing while it is undecided', () => {
    assert.deepEqual(judge({ ingressClass: undefined }), { unable: [ws, chat], unjudged: [] });
  });

  test('is nothing where another object has the name of its Ingress', () => {
    const { objects } = desire(observe(route));
    const ingress = objects.filter(({ kind }) => kind === 'Ingress').map((object) => store(object));
    const theirs = ingress.map((object) => ({
      ...object,
      metadata: { ...object.metadata, ownerReferences: [], managedFields: [] },
    }));
    const changes = diff(route, { objects, kept: new Set() }, theirs.map(projectIngress));
    assert.deepEqual(judge({}, changes), { unable: [ws, chat], unjudged: [] });
  });

  test('is not what an object of somebody’s holds, and not known of what an older route holds', () => {
    for (const [kind, expected] of [
      ['Ingress', { unable: [ws], unjudged: [] }],
      ['WssRoute', { unable: [], unjudged: [ws] }],
    ] as const) {
      assert.deepEqual(judge({ holders: new Map([[ws, { ...holder, kind }]]) }), expected);
    }
  });
});

test('what is known of a route is told when it is another, and is nothing once the route has changed', () => {
  const index = new AbilityIndex();
  const clear = { unable: new Set<string>(), unjudged: new Set<string>() };
  assert.equal(index.abilityOf('chat/chat', ws), 'unjudged');
  assert.deepEqual(index.judge('chat/chat', route, clear), [ws, chat]);
  assert.deepEqual(index.judge('chat/chat', route, clear), []);
  assert.deepEqual(index.judge('chat/chat', route, { ...clear, unable: new Set([ws]) }), [ws]);
  assert.deepEqual(
    [ws, chat].map((claim) => index.abilityOf('chat/chat', claim)),
    ['unable', 'able'],
  );
  index.forget('chat/chat');
  assert.deepEqual(index.judge('chat/chat', route, { ...clear, unjudged: new Set([ws]) }), [chat]);
  index.forgetAll();
  assert.equal(index.abilityOf('chat/chat', chat), 'unjudged');
});
