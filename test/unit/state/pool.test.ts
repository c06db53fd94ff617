import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTextPool } from '../../../src/state/text-pool.ts';
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
