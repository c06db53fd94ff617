import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Lane } from '../../src/controller/workqueue.ts';
import { Workqueue } from '../../src/controller/workqueue.ts';
import { FakeClock, settle } from '../unit/kube/fake-clock.ts';

const keys = ['a', 'b', 'c', 'd'] as const;
const workers = 2;

/** What must hold whatever happens, told without queues: when each key must run at the latest. */
class Model {
  /** Earliest time at which the key is wanted; absent when it is not wanted. */
  readonly wantedAt = new Map<string, number>();
  readonly lanes = new Map<string, Lane>();

  want(key: string, at: number, lane: Lane): void {
    this.wantedAt.set(key, Math.min(at, this.wantedAt.get(key) ?? Number.POSITIVE_INFINITY));
    if (this.lanes.get(key) !== 'live') this.lanes.set(key, lane);
  }

  begin(key: string): void {
    this.wantedAt.delete(key);
    this.lanes.delete(key);
  }
}

class Real {
  readonly clock = new FakeClock();
  readonly queue = new Workqueue({ clock: this.clock, random: () => 1, backoff: { baseMs: 8, capMs: 64 } });
  readonly inFlight = new Map<string, { lane: Lane; resolve: () => void; reject: (error: Error) => void }>();
  readonly model: Model;
  readonly failures = new Map<string, number>();
  /** Thrown within `reconcile` it would only be one more failure to retry. */
  violation: unknown;

  constructor(model: Model) {
    this.model = model;
    this.queue.run(workers, (key) => {
      try {
        return this.begin(key);
      } catch (error) {
        this.violation ??= error;
        throw error;
      }
    });
  }

  begin(key: string): Promise<void> {
    assert.ok(!this.inFlight.has(key), `${key} runs twice at once`);
    assert.ok(this.inFlight.size < workers, 'more run than there are workers');
    const wantedAt = this.model.wantedAt.get(key);
    assert.ok(wantedAt !== undefined, `${key} runs though nobody wants it`);
    assert.ok(wantedAt <= this.clock.now(), `${key} runs at ${this.clock.now()} and is wanted at ${wantedAt}`);
    const lane = this.model.lanes.get(key) ?? 'live';
    const overtaken = [...this.model.wantedAt].find(
      ([other, at]) => at < this.clock.now() && this.model.lanes.get(other) === 'live' && !this.inFlight.has(other),
    );
    assert.ok(lane === 'live' || overtaken === undefined, `${key} of the background overtakes ${overtaken?.[0]}`);
    this.model.begin(key);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.inFlight.set(key, { lane, resolve, reject });
    return promise;
  }

  /** Whoever is due, does not run and finds a free worker, would be forgotten. */
  check(): void {
    if (this.violation !== undefined) throw this.violation;
    const due = [...this.model.wantedAt].filter(([key, at]) => at <= this.clock.now() && !this.inFlight.has(key));
    assert.ok(due.length === 0 || this.inFlight.size === workers, `${due[0]?.[0]} is due, a worker is free`);
    assert.equal(this.queue.inFlight, this.inFlight.size);
  }
}

interface Step {
  readonly do: 'add' | 'succeed' | 'fail' | 'advance';
  readonly key: (typeof keys)[number];
  readonly lane: Lane;
  readonly ms: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('add', 'add', 'succeed', 'fail', 'advance'),
  key: fc.constantFrom(...keys),
  lane: fc.constantFrom('live', 'background'),
  ms: fc.constantFrom(0, 0, 5, 20, 100),
});

async function take(real: Real, { do: what, key, lane, ms }: Step): Promise<void> {
  const { model, clock, queue } = real;
  const running = real.inFlight.get(key);
  if (what === 'add') {
    model.want(key, clock.now() + ms, lane);
    queue.add(key, { lane, afterMs: ms });
  } else if (what === 'advance') {
    await clock.advance(ms);
  } else if (running !== undefined) {
    real.inFlight.delete(key);
    if (what === 'succeed') {
      real.failures.delete(key);
      running.resolve();
    } else {
      const failures = real.failures.get(key) ?? 0;
      real.failures.set(key, failures + 1);
      model.want(key, clock.now() + Math.min(64, 8 * 2 ** failures), running.lane);
      running.reject(new Error('world'));
    }
  }
  await settle();
  real.check();
}

test('whatever happens, no key is lost, run twice at once, run too early or overtaken by the background', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const real = new Real(new Model());
      for (const one of steps) await take(real, one);
      for (let i = 0; real.model.wantedAt.size > 0 || real.inFlight.size > 0; i += 1) {
        assert.ok(i < 1_000, 'it never comes to rest');
        for (const key of keys) await take(real, { do: 'succeed', key, lane: 'live', ms: 0 });
        await take(real, { do: 'advance', key: 'a', lane: 'live', ms: 100 });
      }
      assert.equal(real.queue.depth, 0);
      assert.equal(real.clock.pending, 0);
    }),
    { numRuns: 1_000 },
  );
});
