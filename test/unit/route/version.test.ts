import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSince, newestVersion, parseVersion } from '../../../src/route/version.ts';

test('versions are read with and without a v and a patch', () => {
  assert.deepEqual(parseVersion('1.12'), { major: 1, minor: 12, patch: 0 });
  assert.deepEqual(parseVersion('v5.4.1'), { major: 5, minor: 4, patch: 1 });
  for (const text of ['', '1', '1.x', '1.2.3.4', '1.2-beta']) assert.throws(() => parseVersion(text), /not a version/);
});

test('versions are compared as numbers, and the newest is newer than any', () => {
  assert.equal(isSince(parseVersion('1.9'), 1, 9), true);
  assert.equal(isSince(parseVersion('1.10'), 1, 9), true);
  assert.equal(isSince(parseVersion('2.0'), 1, 9), true);
  assert.equal(isSince(parseVersion('1.8.9'), 1, 9), false);
  assert.equal(isSince(parseVersion('0.99'), 1, 9), false);
  assert.equal(isSince(newestVersion, 99, 0), true);
});
