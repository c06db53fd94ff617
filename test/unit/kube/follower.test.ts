import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../../src/kube/errors.ts';
import { Follower, type ReflectorOptions } from '../../../src/kube/follower.ts';
import type { StreamOptions } from '../../../src/kube/request.ts';
import { FakeClock, settle } from './fake-clock.ts';

const kind = { group: 'farm.example', version: 'v1', kind: 'Pig', plural: 'pigs', isNamespaced: true } as const;

const pig = {
  type: 'ADDED',
  object: {
    ...{ apiVersion: 'farm.example/v1', kind: 'Pig' },
    metadata: { namespace: 'farm', name: 'a', uid: 'u', resourceVersion: '7' },
  },
};

const end = {
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: '8', annotations: { 'k8s.io/initial-events-end': 'true' } } },
};

/** Watches that a test answers line by line; `missing` answers 404 instead. */
function script() {
  const clock = new FakeClock();
  const lines: unknown[] = [];
  const ending = new AbortController();
  let isMissing = false;
  let wake = (): void => {};
  async function* stream({ onOpen }: StreamOptions): AsyncGenerator<unknown, void, void> {
    if (isMissing) throw new ApiError({ method: 'WATCH', path: '/pigs' }, 404, {});
    onOpen?.();
    while (!isMissing && !ending.signal.aborted) {
      for (const line of lines.splice(0)) yield line;
      if (lines.length > 0) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const transport: ReflectorOptions<string>['transport'] = {
    stream,
    async request() {
      throw new ApiError({ method: 'GET', path: '/pigs' }, 404, {});
    },
  };
  const changes: string[] = [];
  const follower = new Follower<string>({
    ...{ transport, kind, clock, random: () => 1 },
    project: ({ metadata }) => metadata.name,
    onChange: (_key, before, after) => changes.push(`${before ?? '-'} > ${after ?? '-'}, absent: ${follower.isAbsent}`),
  });
  const end = follower.run(ending.signal);
  return {
    ...{ follower, clock, changes },
    async say(...said: readonly unknown[]): Promise<void> {
      lines.push(...said);
      wake();
      await settle();
    },
    async miss(isNow: boolean): Promise<void> {
      isMissing = isNow;
      wake();
      await settle();
    },
    async stop(): Promise<void> {
      ending.abort();
      wake();
      await end;
    },
  };
}

test('a kind that was taken for missing is absent until it has been listed again, not until somebody answers', async () => {
  const { follower, clock, changes, say, miss, stop } = script();
  await say(pig, end);
  assert.deepEqual([follower.state.phase, follower.isAbsent, follower.store.size], ['watching', false, 1]);
  await miss(true);
  await clock.advance(10_000);
  assert.deepEqual([follower.state.phase, follower.isAbsent, follower.store.size], ['absent', true, 0]);
  await miss(false);
  await clock.advance(10_000);
  assert.deepEqual([follower.state.phase, follower.isAbsent], ['listing', true]);
  await say(pig);
  assert.equal(follower.isAbsent, true, 'half a list is none');
  await say(end);
  assert.deepEqual([follower.state.phase, follower.isAbsent, follower.store.size], ['watching', false, 1]);
  assert.deepEqual(changes, ['- > a, absent: false', 'a > -, absent: false', '- > a, absent: false']);
  await stop();
});
