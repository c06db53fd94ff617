import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findUncovered } from '../../../src/route/coverage.ts';

describe('a certificate', () => {
  for (const [says, host, names, isCovered] of [
    ['covers the name that it holds', 'chat.example.com', ['chat.example.com'], true],
    ['does not cover another name', 'chat.example.com', ['www.example.com'], false],
    ['covers one label by a wildcard', 'chat.example.com', ['*.example.com'], true],
    ['does not cover two labels by a wildcard', 'eu.chat.example.com', ['*.example.com'], false],
    ['does not cover the parent by a wildcard', 'example.com', ['*.example.com'], false],
    ['covers a wildcard by the same wildcard', '*.example.com', ['*.example.com'], true],
    ['does not cover a wildcard by a wider one', '*.chat.example.com', ['*.example.com'], false],
    ['does not cover a wildcard by one name of it', '*.example.com', ['chat.example.com'], false],
    ['does not cover a name that only ends alike', 'chatexample.com', ['*.example.com', 'example.com'], false],
    ['covers by any of its names', 'chat.example.com', ['example.org', '*.example.com'], true],
    ['covers nothing without names', 'chat.example.com', [], false],
    ['need not cover the host of a route without one', '', [], true],
  ] as const) {
    test(says, () => assert.deepEqual(findUncovered([host], names), isCovered ? [] : [host]));
  }

  test('is told which hosts it lacks', () => {
    const hosts = ['a.example.com', 'b.example.org', 'example.com'];
    assert.deepEqual(findUncovered(hosts, ['*.example.com']), ['b.example.org', 'example.com']);
  });
});
