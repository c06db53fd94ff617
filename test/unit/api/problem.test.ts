import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatProblem, quoteValue } from '../../../src/api/problem.ts';

describe('a problem', () => {
  test('is one line: where, what was found, what to write', () => {
    const problem = { path: 'spec.hosts[0]', found: '"Chat"', expected: 'must be a lowercase DNS name' };
    assert.equal(formatProblem(problem), 'spec.hosts[0]: found "Chat", must be a lowercase DNS name');
  });

  test('says nothing of what was found where something is missing', () => {
    const problem = { path: 'spec.tls', found: '', expected: 'is missing and required' };
    assert.equal(formatProblem(problem), 'spec.tls: is missing and required');
  });
});

describe('a quoted value', () => {
  test('is JSON on one line, whatever the value is', () => {
    assert.equal(quoteValue('a"b\nc'), '"a\\"b\\nc"');
    assert.equal(quoteValue({ a: [1, null] }), '{"a":[1,null]}');
    assert.equal(quoteValue(undefined), '');
  });

  test('is cut to 80 characters', () => {
    const quoted = quoteValue('a'.repeat(500));
    assert.equal(quoted.length, 80);
    assert.ok(quoted.endsWith('…'));
  });
});
