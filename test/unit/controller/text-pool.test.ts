import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createTextPool } from '../../../src/controller/text-pool.ts';

describe('the pool of texts', () => {
  test('gives an equal text for each', () => {
    const share = createTextPool(2);
    for (const text of ['a', 'b', 'a', 'c', 'b']) assert.equal(share(text), text);
  });

  /** Equal strings cannot be told apart by the language, so memory is asked: 4,000 texts of 16 KiB would be 64 MiB. */
  test('keeps equal texts in memory once', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const share = createTextPool(2);
    const texts: string[] = [];
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 4000; index += 1) texts.push(share(Buffer.alloc(16 * 1024, 'x').toString('utf8')));
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    assert.equal(texts.length, 4000);
    assert.ok(grown < 8 * 1024 * 1024, `${grown} bytes more`);
  });
});
