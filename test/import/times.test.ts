import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatDuration, parseGoDuration, parseNginxTime } from '../../src/import/times.ts';
import { parseSeconds } from '../../src/route/duration.ts';

describe('times', () => {
  const times: readonly (readonly [string, number | undefined])[] = [
    ['3600', 3600],
    ['3600s', 3600],
    ['1h30m', 5400],
    ['1h 30m', 5400],
    ['1d', 86_400],
    ['1w', 604_800],
    ['1M', 2_592_000],
    ['1m 30', 90],
    ['500ms', 0.5],
    ['90000ms', 90],
    ['1m500ms', 60.5],
    ['', undefined],
    ['60 s', undefined],
    ['3600S', undefined],
    ['-1', undefined],
    ['abc', undefined],
  ];
  for (const [text, seconds] of times) {
    test(`of nginx: "${text}" is ${seconds}`, () => assert.equal(parseNginxTime(text), seconds));
  }

  test('of Go, as cert-manager takes them', () => {
    assert.equal(parseGoDuration('2160h0m0s'), 7_776_000);
    assert.equal(parseGoDuration('1.5h'), 5400);
    assert.equal(parseGoDuration('90d'), undefined);
    assert.equal(parseGoDuration(''), undefined);
  });

  test('are written as routes read them', () => {
    for (const seconds of [1, 59, 60, 90, 3600, 5400, 86_400, 604_800, 3661]) {
      assert.equal(parseSeconds(formatDuration(seconds)), seconds);
    }
  });
});
