import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, ConnectionError } from '../../../src/kube/errors.ts';
import type { Outage } from '../../../src/kube/outage.ts';
import { patienceMs, worsen } from '../../../src/kube/outage.ts';

const request = { method: 'GET', path: '/x' };
const broken = new ConnectionError(request, 'refused');
const refused = new ApiError(request, 403, {});
const missing = new ApiError(request, 404, {});

/** The waits of an outage that lasts as long as they do. */
function waits(error: unknown, count: number): number[] {
  const found: number[] = [];
  let outage: Outage | undefined;
  let now = 0;
  for (let i = 0; i < count; i += 1) {
    outage = worsen(outage, error, now);
    const wait = patienceMs(outage, error, now, () => 1);
    found.push(wait);
    now += wait;
  }
  return found;
}

test('a server that is down is asked at least once a second for two minutes, and then each ten seconds for ever', () => {
  const found = waits(broken, 200);
  assert.deepEqual(found.slice(0, 6), [50, 100, 200, 400, 800, 1_000]);
  let elapsed = 0;
  for (const wait of found) {
    assert.equal(wait <= (elapsed < 120_000 ? 1_000 : 10_000), true, `${wait} ms after ${elapsed} ms`);
    elapsed += wait;
  }
  assert.equal(found.at(-1), 10_000);
});

test('a kind that is not installed is looked for at least each five seconds', () => {
  assert.equal(Math.max(...waits(missing, 100)), 5_000);
});

test('a refusal is tried again for ever, not before the server wants it', () => {
  assert.deepEqual(waits(refused, 3), [100, 200, 400]);
  assert.equal(Math.max(...waits(refused, 100)), 20_000);
  assert.equal(waits(new ApiError(request, 429, {}, 60_000), 1)[0], 60_000);
});

test('another cause begins anew but belongs to the same outage', () => {
  let outage = worsen(undefined, broken, 10);
  outage = worsen(outage, broken, 20);
  assert.deepEqual(outage, { cause: 'connection', since: 10, causeSince: 10, attempt: 1 });
  outage = worsen(outage, refused, 30);
  assert.deepEqual(outage, { cause: 'refusal', since: 10, causeSince: 30, attempt: 0 });
});
