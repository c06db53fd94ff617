import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareResourceVersions } from '../../../src/kube/resource-version.ts';

test('orders decimal numbers of any length', () => {
  const ordered = [
    '0',
    '9',
    '10',
    '99',
    '100',
    '9007199254740993',
    '9007199254740994',
    '123456789012345678901234567890',
  ];
  for (const [index, older] of ordered.entries()) {
    assert.equal(compareResourceVersions(older, older), 0);
    for (const newer of ordered.slice(index + 1)) {
      assert.ok(compareResourceVersions(older, newer) < 0, `${older} < ${newer}`);
      assert.ok(compareResourceVersions(newer, older) > 0, `${newer} > ${older}`);
    }
  }
});

test('what is no number is older than all numbers', () => {
  for (const text of ['', 'abc', '01', '-1', '1.5']) {
    assert.ok(compareResourceVersions(text, '1') < 0, text);
    assert.ok(compareResourceVersions('1', text) > 0, text);
  }
});
