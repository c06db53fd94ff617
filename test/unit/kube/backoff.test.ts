import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../../src/kube/backoff.ts';

const settings = { baseMs: 100, capMs: 3_000 };

test('doubles up to the cap and stays there for ever', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 5_000].map((attempt) => backoffMs(settings, attempt, () => 1));
  assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000]);
});

test('uses between half and all of it', () => {
  assert.equal(
    backoffMs(settings, 2, () => 0),
    200,
  );
  assert.equal(
    backoffMs(settings, 2, () => 0.5),
    300,
  );
});
