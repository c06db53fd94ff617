import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTextPool, createValuePool } from '../../../src/state/pool.ts';
import { measureGrowth } from './measure-growth.ts';

describe('the pool of texts', () => {
  test('gives an equal text for each', () => {
    const share = createTextPool(2);
    for (const text of ['a', 'b', 'a', 'c', 'b']) assert.equal(share(text), text);
  });

  /** 4,000 texts of 16 KiB would be 64 MiB. */
  test('keeps equal texts in memory once', () => {
    const share = createTextPool(2);
    const grown = measureGrowth(4000, () => share(Buffer.alloc(16 * 1024, 'x').toString('utf8')));
    assert.ok(grown < 8 * 1024 * 1024, `${grown} bytes more`);
  });
});

describe('the pool of values', () => {
  test('gives one value for equal ones, as long as it remembers them', () => {
    const share = createValuePool(2);
    const [first, second] = [{ a: 1 }, { a: 2 }];
    assert.equal(share(first), first);
    assert.equal(share(second), second);
    assert.equal(share({ a: 1 }), first);
    assert.notEqual(share({ a: 3 }), first);
    assert.deepEqual(share({ a: 2 }), second);
    assert.notEqual(share({ a: 2 }), second);
  });
});
