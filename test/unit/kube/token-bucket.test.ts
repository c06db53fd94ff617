import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from '../../../src/kube/token-bucket.ts';

test('gives its burst at once, then one each interval, and never saves up more than the burst', () => {
  const bucket = new TokenBucket(3, 100, 0);
  assert.deepEqual(
    [0, 0, 0, 0, 99, 100, 150, 200].map((now) => bucket.take(now)),
    [true, true, true, false, false, true, false, true],
  );
  assert.deepEqual(
    [10_000, 10_000, 10_000, 10_000].map((now) => bucket.take(now)),
    [true, true, true, false],
  );
});
