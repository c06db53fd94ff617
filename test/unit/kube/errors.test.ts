import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AbortedError,
  ApiError,
  ConnectionError,
  CredentialsError,
  classify,
  describe,
  parseRetryAfter,
  retryAfterMs,
} from '../../../src/kube/errors.ts';

const request = { method: 'PATCH', path: '/api/v1/x' };

test('every status has one class', () => {
  const table = [
    [409, 'Conflict', 'conflict'],
    [409, 'AlreadyExists', 'alreadyExists'],
    [404, 'NotFound', 'notFound'],
    [403, 'Forbidden', 'forbidden'],
    [401, 'Unauthorized', 'unauthorized'],
    [400, 'BadRequest', 'invalid'],
    [413, 'RequestEntityTooLarge', 'invalid'],
    [415, 'UnsupportedMediaType', 'invalid'],
    [422, 'Invalid', 'invalid'],
    [410, 'Expired', 'expired'],
    [429, 'TooManyRequests', 'throttled'],
    [500, 'InternalError', 'unavailable'],
    [503, 'ServiceUnavailable', 'unavailable'],
    [504, 'Timeout', 'unavailable'],
    [302, '', 'unknown'],
  ] as const;
  for (const [status, reason, expected] of table) {
    assert.equal(classify(new ApiError(request, status, { reason })), expected, `${status} ${reason}`);
  }
});

test('a field that server-side apply does not know is the fault of the object, though the status is 500', () => {
  const message = 'failed to create typed patch object (a/b; /v1, Kind=ConfigMap): .x: field not declared in schema';
  assert.equal(classify(new ApiError(request, 500, { message })), 'invalid');
});

test('a namesake of the object that was meant is a conflict, though the status is 422', () => {
  const details = { causes: [{ field: 'metadata.uid', reason: 'FieldValueInvalid' }] };
  assert.equal(classify(new ApiError(request, 422, { reason: 'Invalid', details })), 'conflict');
});

test('without an answer it is unavailable, by our own hand aborted, and else a bug', () => {
  assert.equal(classify(new ConnectionError(request, 'reset')), 'unavailable');
  assert.equal(classify(new CredentialsError('gone')), 'unavailable');
  assert.equal(classify(new AbortedError('stop')), 'aborted');
  assert.equal(classify(new DOMException('stop', 'AbortError')), 'aborted');
  assert.equal(classify(new TypeError('x is undefined')), 'unknown');
  assert.equal(classify('text'), 'unknown');
});

test('says in one line what was asked and what came', () => {
  const error = new ApiError(request, 422, { reason: 'Invalid', message: 'spec.x:\n  must be\tset' });
  assert.equal(describe(error), 'PATCH /api/v1/x: 422 Invalid: spec.x: must be set');
  assert.equal(describe(new ApiError(request, 404, {})), 'PATCH /api/v1/x: 404');
  const cause = new Error('connect ECONNREFUSED');
  assert.equal(
    describe(new ConnectionError(request, 'no answer', { cause })),
    'PATCH /api/v1/x: no answer (connect ECONNREFUSED)',
  );
  assert.equal(
    describe(new ConnectionError(request, cause.message, { cause })),
    'PATCH /api/v1/x: connect ECONNREFUSED',
  );
  assert.equal(describe('text\u001b[31m'), 'text [31m');
  assert.ok(describe(new ApiError(request, 500, { message: 'x'.repeat(5_000) })).length < 1_100);
});

test('knows how long to wait: from the header, else from the body', () => {
  assert.equal(retryAfterMs(new ApiError(request, 429, { details: { retryAfterSeconds: 2 } })), 2_000);
  assert.equal(retryAfterMs(new ApiError(request, 429, { details: { retryAfterSeconds: 2 } }, 7_000)), 7_000);
  assert.equal(retryAfterMs(new ApiError(request, 429, {})), undefined);
  assert.equal(retryAfterMs(new Error('x')), undefined);
});

test('waits no longer than a minute, whatever is asked for', () => {
  const day = 24 * 3600;
  const asked = [
    new ApiError(request, 503, { details: { retryAfterSeconds: day } }),
    new ApiError(request, 503, {}, parseRetryAfter(`${day * 365}`, 0)),
    new ApiError(request, 503, {}, parseRetryAfter('9'.repeat(400), 0)),
    new ApiError(request, 503, {}, parseRetryAfter('Fri, 31 Dec 9999 23:59:59 GMT', 0)),
  ];
  assert.deepEqual(asked.map(retryAfterMs), [60_000, 60_000, 60_000, 60_000]);
});

test('reads Retry-After as seconds and as a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  assert.equal(parseRetryAfter('3', now), 3_000);
  assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now), 5_000);
  assert.equal(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now), 0);
  assert.equal(parseRetryAfter('soon', now), undefined);
  assert.equal(parseRetryAfter(undefined, now), undefined);
});
