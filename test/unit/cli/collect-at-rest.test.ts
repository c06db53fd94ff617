import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collectAtRest } from '../../../src/cli/collect-at-rest.ts';
import { FakeClock } from '../kube/fake-clock.ts';

/** A heap of which each collection leaves 100 bytes. */
function start() {
  const clock = new FakeClock();
  const heap = { cpu: 0, used: 500, collections: 0 };
  const stopping = new AbortController();
  const model = {
    readCpu: () => heap.cpu,
    readUsed: () => heap.used,
    collect() {
      heap.collections += 1;
      heap.used = 100;
      heap.cpu += 300;
    },
  };
  const ended = collectAtRest(clock, model, stopping.signal);
  return { clock, heap, stopping, ended };
}

describe('collecting at rest', () => {
  test('waits until a burst is over, and happens once', async () => {
    const { clock, heap } = start();
    for (let second = 0; second < 60; second += 1) {
      heap.cpu += 700;
      await clock.advance(1000);
    }
    assert.equal(heap.collections, 0);
    await clock.advance(20_000);
    assert.equal(heap.collections, 1);
    await clock.advance(3_600_000);
    assert.equal(heap.collections, 1);
  });

  test('happens again when there is a fifth more, and not before', async () => {
    const { clock, heap } = start();
    await clock.advance(10_000);
    assert.equal(heap.collections, 1);
    heap.used = 120;
    await clock.advance(60_000);
    assert.equal(heap.collections, 1);
    heap.used = 121;
    await clock.advance(10_000);
    assert.equal(heap.collections, 2);
  });

  test('is not put off by what goes on at rest', async () => {
    const { clock, heap } = start();
    heap.cpu += 900;
    await clock.advance(10_000);
    assert.equal(heap.collections, 1);
  });

  test('ends', async () => {
    const { clock, heap, stopping, ended } = start();
    await clock.advance(5000);
    stopping.abort();
    await ended;
    await clock.advance(60_000);
    assert.deepEqual([heap.collections, clock.pending], [0, 0]);
  });
});
