import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { expiresAt, freeLease, holderOf, holdLease, isUnchanged, type LeaseSpec } from '../../../src/kube/lease.ts';

const at = new Date('2026-02-03T04:05:06.789Z');
const later = new Date('2026-02-03T04:05:08.000Z');

describe('holding a lease', () => {
  test('the first holder makes no transition', () => {
    assert.deepEqual(holdLease({}, 'a', 15_000, at), {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-02-03T04:05:06.789000Z',
      renewTime: '2026-02-03T04:05:06.789000Z',
      leaseTransitions: 0,
    });
  });

  test('a renewal moves only its own time', () => {
    const before = holdLease({}, 'a', 15_000, at);
    assert.deepEqual(holdLease(before, 'a', 15_000, later), { ...before, renewTime: '2026-02-03T04:05:08.000000Z' });
  });

  test('another holder counts as a transition, after a release as well', () => {
    const before = holdLease({}, 'a', 15_000, at);
    assert.equal(holdLease(before, 'b', 15_000, later).leaseTransitions, 1);
    assert.equal(holdLease(freeLease(before, at), 'b', 15_000, later).leaseTransitions, 1);
  });

  test('a part of a second is rounded up: others rather wait too long', () => {
    assert.equal(holdLease({}, 'a', 2_100, at).leaseDurationSeconds, 3);
  });
});

describe('when a lease is to be had', () => {
  const spec = holdLease({}, 'a', 15_000, at);

  test('not before it has been seen unchanged for as long as it lasts', () => {
    assert.equal(expiresAt(spec, 100, 60_000), 15_100);
  });

  test('at once when it was released, or never held', () => {
    for (const free of [freeLease(spec, at), {}, { holderIdentity: null }] satisfies LeaseSpec[]) {
      assert.equal(holderOf(free), undefined);
      assert.equal(expiresAt(free, 100, 60_000), 100);
    }
  });

  test('after our own duration when it says none, because somebody has edited it', () => {
    assert.equal(expiresAt({ holderIdentity: 'a' }, 100, 60_000), 60_100);
    assert.equal(expiresAt({ holderIdentity: 'a', leaseDurationSeconds: null }, 100, 60_000), 60_100);
  });

  test('a renewal begins the time anew, nothing else does', () => {
    assert.equal(isUnchanged(spec, { ...spec }), true);
    assert.equal(isUnchanged(spec, holdLease(spec, 'a', 15_000, later)), false);
    assert.equal(isUnchanged(spec, freeLease(spec, at)), false);
  });

  test('never while its holder may still write, whatever the times', () => {
    const times = fc.record({
      sentAt: fc.integer({ min: 0, max: 1e9 }),
      wayMs: fc.integer({ min: 0, max: 60_000 }),
      leaseMs: fc.integer({ min: 1_000, max: 600_000 }),
      shorterMs: fc.integer({ min: 1, max: 500_000 }),
    });
    fc.assert(
      fc.property(times, ({ sentAt, wayMs, leaseMs, shorterMs }) => {
        const validUntil = sentAt + Math.max(0, leaseMs - shorterMs);
        assert.ok(expiresAt(holdLease({}, 'a', leaseMs, at), sentAt + wayMs, leaseMs) > validUntil);
      }),
    );
  });
});
