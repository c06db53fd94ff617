import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Workqueue } from '../../../src/controller/workqueue.ts';
import { FakeClock, settle } from '../kube/fake-clock.ts';

let clock: FakeClock;
let queue: Workqueue;
let begun: string[];
let open: Map<string, { resolve: () => void; reject: (error: Error) => void }>;

beforeEach(() => {
  clock = new FakeClock();
  begun = [];
  open = new Map();
  queue = new Workqueue({ clock, random: () => 1 });
});

/** Stays in flight until the test says how it ends. */
function reconcile(key: string): Promise<void> {
  begun.push(key);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  open.set(key, { resolve, reject });
  return promise;
}

async function succeed(key: string): Promise<void> {
  open.get(key)?.resolve();
  await settle();
}

async function fail(key: string): Promise<void> {
  open.get(key)?.reject(new Error('world'));
  await settle();
}

test('a key waits once, however often it is added', async () => {
  for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
  assert.equal(queue.depth, 2);
  queue.run(4, reconcile);
  await settle();
  assert.deepEqual(begun, ['a', 'b']);
  assert.equal(queue.depth, 0);
  assert.equal(queue.inFlight, 2);
});

test('a key runs once at a time, and again when it was added meanwhile', async () => {
  queue.run(4, reconcile);
  queue.add('a');
  await settle();
  queue.add('a');
  queue.add('a');
  await settle();
  assert.deepEqual(begun, ['a']);
  await succeed('a');
  assert.deepEqual(begun, ['a', 'a']);
  await succeed('a');
  assert.deepEqual(begun, ['a', 'a']);
});

test('no more run at once than there are workers', async () => {
  queue.run(2, reconcile);
  for (const key of ['a', 'b', 'c']) queue.add(key);
  await settle();
  assert.deepEqual(begun, ['a', 'b']);
  await succeed('b');
  assert.deepEqual(begun, ['a', 'b', 'c']);
});

test('live keys overtake background keys, and a background key that goes live with them', async () => {
  for (const key of ['b1', 'b2', 'b3']) queue.add(key, { lane: 'background' });
  queue.add('l1');
  queue.add('b3');
  queue.add('l1', { lane: 'background' });
  queue.run(1, reconcile);
  await settle();
  for (const key of ['l1', 'b3', 'b1', 'b2']) await succeed(key);
  assert.deepEqual(begun, ['l1', 'b3', 'b1', 'b2']);
});

test('of several delays the shortest counts, and now is shorter than all', async () => {
  queue.run(4, reconcile);
  queue.add('a', { afterMs: 5_000 });
  queue.add('a', { afterMs: 1_000 });
  queue.add('a', { afterMs: 9_000 });
  queue.add('b', { afterMs: 1_000 });
  queue.add('b');
  await settle();
  assert.deepEqual(begun, ['b']);
  await clock.advance(999);
  assert.deepEqual(begun, ['b']);
  await clock.advance(1);
  assert.deepEqual(begun, ['b', 'a']);
  assert.equal(clock.pending, 0);
});

test('a failing key comes back for ever, each time later, up to five minutes', async () => {
  queue.run(1, reconcile);
  queue.add('a');
  await settle();
  const waits: number[] = [];
  for (let i = 0; i < 40; i += 1) {
    await fail('a');
    assert.ok(clock.untilNext !== undefined, `no further try after ${i + 1} failures`);
    waits.push(clock.untilNext);
    await clock.advance(clock.untilNext);
  }
  assert.deepEqual(waits.slice(0, 4), [5, 10, 20, 40]);
  assert.equal(waits.at(-1), 300_000);
  assert.equal(begun.length, 41);
  await succeed('a');
  queue.add('a');
  await settle();
  await fail('a');
  assert.equal(clock.untilNext, 5, 'a success makes the next failure the first');
});

test('a retry from within does not begin anew, and waits as long as the server asked', async () => {
  queue.run(1, async (key) => {
    begun.push(key);
    queue.retry(key, { minimumMs: 700 });
  });
  queue.add('a');
  await settle();
  assert.equal(clock.untilNext, 700);
  for (let i = 0; i < 8; i += 1) await clock.advance(clock.untilNext ?? 0);
  assert.equal(clock.untilNext, 5 * 2 ** 8);
  queue.forget('a');
  await clock.advance(clock.untilNext ?? 0);
  assert.equal(clock.untilNext, 700);
});

test('an edit does not wait for the backoff', async () => {
  queue.run(1, reconcile);
  queue.add('a');
  await settle();
  for (let i = 0; i < 10; i += 1) {
    await fail('a');
    await clock.advance(clock.untilNext ?? 0);
  }
  await fail('a');
  queue.add('a');
  await settle();
  assert.equal(begun.length, 12);
  assert.equal(clock.pending, 0);
});

test('stop takes nothing more and waits for what is under way', async () => {
  queue.run(2, reconcile);
  for (const key of ['a', 'b', 'c']) queue.add(key);
  queue.add('d', { afterMs: 10 });
  await settle();
  const stopped = queue.stop(1_000);
  queue.add('e');
  queue.retry('a');
  await succeed('a');
  await clock.advance(500);
  await fail('b');
  assert.deepEqual(await stopped, { unfinished: [] });
  await clock.advance(1_000_000);
  assert.deepEqual(begun, ['a', 'b']);
  assert.equal(clock.pending, 0);
});

test('stop aborts what is not done in time and names it', async () => {
  let signal: AbortSignal | undefined;
  queue.run(1, (_, given) => {
    signal = given;
    return new Promise(() => {});
  });
  queue.add('a');
  await settle();
  const stopped = queue.stop(1_000);
  await clock.advance(999);
  assert.equal(signal?.aborted, false);
  await clock.advance(1);
  assert.deepEqual(await stopped, { unfinished: ['a'] });
  assert.equal(signal?.aborted, true);
});

test('tells its metrics what happens', async () => {
  const told: string[] = [];
  queue = new Workqueue({
    clock,
    random: () => 1,
    metrics: {
      depth: (keys) => told.push(`depth ${keys}`),
      added: (key, lane) => told.push(`added ${key} ${lane}`),
      queued: (seconds, lane) => told.push(`queued ${seconds} ${lane}`),
      worked: (seconds) => told.push(`worked ${seconds}`),
      retried: (key) => told.push(`retried ${key}`),
      failed: (key, error) => told.push(`failed ${key} ${String(error)}`),
    },
  });
  queue.add('a', { lane: 'background' });
  await clock.advance(2_000);
  queue.run(1, reconcile);
  await settle();
  await clock.advance(3_000);
  await fail('a');
  assert.deepEqual(told, [
    'added a background',
    'depth 1',
    'depth 0',
    'queued 2 background',
    'failed a Error: world',
    'retried a',
    'worked 3',
  ]);
});

test('100,000 keys are no trouble', async () => {
  let done = 0;
  queue.run(16, async () => {
    done += 1;
  });
  for (let i = 0; i < 100_000; i += 1) queue.add(`n/${i}`, { lane: i % 2 === 0 ? 'live' : 'background' });
  const startedAt = performance.now();
  while (queue.depth > 0 || queue.inFlight > 0) await settle();
  assert.equal(done, 100_000);
  assert.ok(performance.now() - startedAt < 10_000);
});
