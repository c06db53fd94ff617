import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from '../../../src/kube/lines.ts';

const lines = ['{"a":"äöü€😀"}', '{"b":"\u2028 and \u2029 are no line ends"}', '{"c":1}'];

test('every way to cut the bytes gives the same lines', () => {
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  for (let size = 1; size <= bytes.length; size += 1) {
    const splitter = new LineSplitter();
    const found: string[] = [];
    for (let start = 0; start < bytes.length; start += size)
      found.push(...splitter.push(bytes.subarray(start, start + size)));
    assert.deepEqual(found, lines, `chunks of ${size} bytes`);
    assert.equal(splitter.hasRest, false);
  }
});

test('knows of a line that was begun and not ended, and leaves empty lines out', () => {
  const splitter = new LineSplitter();
  assert.deepEqual(splitter.push(Buffer.from('\n\na\n{"b"')), ['a']);
  assert.equal(splitter.hasRest, true);
  assert.deepEqual(splitter.push(Buffer.from(':1}\n')), ['{"b":1}']);
  assert.equal(splitter.hasRest, false);
});

test('does not keep the chunk of the socket alive or see it change', () => {
  const splitter = new LineSplitter();
  const chunk = Buffer.from('abc');
  splitter.push(chunk);
  chunk.fill('x');
  assert.deepEqual(splitter.push(Buffer.from('\n')), ['abc']);
});
