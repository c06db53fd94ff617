import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { KeyIndex } from '../../../src/controller/key-index.ts';

describe('an index of keys', () => {
  test('tells the values of each key and the keys of each value, whether one or several', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'dd');
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.array(word, { maxLength: 3 })), { maxLength: 30 }), (changes) => {
        const index = new KeyIndex();
        const model = new Map<string, readonly string[]>();
        for (const [key, values] of changes) {
          index.set(key, values);
          model.set(key, values);
          for (const each of ['a', 'b', 'c', 'dd', 'unknown']) {
            assert.deepEqual(index.valuesOf(each), model.get(each) ?? []);
            const keys = [...model].filter(([, present]) => present.includes(each)).map(([name]) => name);
            assert.deepEqual([...index.keysOf(each)].sort(), keys.sort());
          }
        }
      }),
    );
  });
});
