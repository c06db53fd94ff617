import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { readRoutes } from '../../../src/controller/route-readings.ts';

function readStatus(status: WssRoute['status']) {
  const route = { metadata: { namespace: 'shop', name: 'chat' }, spec: {}, status } as unknown as WssRoute;
  return [...readRoutes([['shop/chat', route]])][0];
}

function ready(status: 'True' | 'False' | 'Unknown', reason: string) {
  return { type: 'Ready', status, reason, message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
}

test('a route is read as its status says', () => {
  const certificate = { secretName: 'chat', notAfter: '2027-02-21T11:30:05Z', renewalTime: '2027-01-22T11:30:05Z' };
  assert.deepEqual(readStatus({ conditions: [ready('True', 'Ready')], certificate }), {
    namespace: 'shop',
    name: 'chat',
    ready: 'true',
    reason: 'Ready',
    unreachable: undefined,
    certificateEndsAt: Date.UTC(2027, 1, 21, 11, 30, 5) / 1000,
    certificateRenewsAt: Date.UTC(2027, 0, 22, 11, 30, 5) / 1000,
  });
});

test('a route that nobody has judged is unknown and pending', () => {
  const unknown = {
    ...{ ready: 'unknown', reason: 'Pending', unreachable: undefined },
    ...{ certificateEndsAt: undefined, certificateRenewsAt: undefined },
  };
  assert.deepEqual(readStatus(undefined), { namespace: 'shop', name: 'chat', ...unknown });
  assert.deepEqual(readStatus({ conditions: [] }), { namespace: 'shop', name: 'chat', ...unknown });
});

test('a route that handshakes do not reach is counted by their reason, and no other', () => {
  const condition = { ...ready('False', 'NoTLS'), type: 'Reachable' };
  assert.equal(readStatus({ conditions: [condition] })?.unreachable, 'NoTLS');
  assert.equal(readStatus({ conditions: [{ ...condition, status: 'Unknown' }] })?.unreachable, undefined);
});

test('a time that is none and a status that is none are unknown', () => {
  const conditions = [{ ...ready('False', 'Issuing'), status: 'Maybe' as 'False' }];
  const reading = readStatus({ conditions, certificate: { secretName: 'chat', notAfter: 'soon' } });
  assert.deepEqual([reading?.ready, reading?.certificateEndsAt], ['unknown', undefined]);
});
