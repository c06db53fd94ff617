import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayEvent } from '../../../src/kube/delay-event.ts';
import { AbortedError, ApiError, ConnectionError } from '../../../src/kube/errors.ts';

const request = { method: 'POST', path: '/x' };
const random = (): number => 1;

test('an outage of a minute is outlived, one without an end is not waited for', () => {
  const refused = new ConnectionError(request, 'refused');
  const delays = Array.from({ length: 12 }, (_, index) => delayEvent(refused, index + 1, random));
  assert.deepEqual(delays.slice(0, 6), [500, 1_000, 2_000, 4_000, 8_000, 10_000]);
  assert.equal(delays[11], undefined);
  const shortest = delays.reduce<number>((sum, delay) => sum + (delay ?? 0) / 2, 0);
  assert.ok(shortest > 30_000, `${shortest}`);
});

test('what a restart or a change of leader may cure is tried again, what says no to the Event itself is not', () => {
  const table = [
    [new ApiError(request, 403, { reason: 'Forbidden' }), 500],
    [new ApiError(request, 401, { reason: 'Unauthorized' }), 500],
    [new ApiError(request, 503, {}), 500],
    [new ApiError(request, 429, {}, 3_000), 3_000],
    [new AbortedError('another replica may lead'), 500],
    [new ApiError(request, 404, { reason: 'NotFound' }), undefined],
    [new ApiError(request, 422, { reason: 'Invalid' }), undefined],
    [new ApiError(request, 403, { details: { causes: [{ reason: 'NamespaceTerminating' }] } }), undefined],
    [new TypeError('x is undefined'), undefined],
  ] as const;
  for (const [error, expected] of table) assert.equal(delayEvent(error, 1, random), expected, String(error));
});
