import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseSeconds } from '../../../src/route/duration.ts';

describe('a duration', () => {
  for (const [text, seconds] of [
    ['1s', 1],
    ['90s', 90],
    ['5m', 300],
    ['1h', 3600],
    ['36h30m', 131_400],
    ['1h0m5s', 3605],
    ['0h1m', 60],
    ['99999h99999m99999s', 366_096_339],
  ] as const) {
    test(`"${text}" is ${seconds} seconds`, () => assert.equal(parseSeconds(text), seconds));
  }

  for (const text of ['', '1', 'h', '1d', '1.5h', '-1h', '1m1h', '1h ', '1h\n', '1ms']) {
    test(`${JSON.stringify(text)} is none`, () => {
      assert.throws(() => parseSeconds(text), /not a duration/);
    });
  }
});
