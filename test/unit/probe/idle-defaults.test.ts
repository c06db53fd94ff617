import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessOwner } from '../../../src/probe/idle-defaults.ts';

test('an idle timeout that is somebody’s default is told as such', () => {
  for (const [seconds, owner] of [
    [60, /nginx/],
    [60.9, /nginx/],
    [346, /NLB/],
    [241, /Azure/],
    [5, undefined],
    [62, undefined],
    [90, undefined],
  ] as const) {
    const found = guessOwner(seconds);
    if (owner === undefined) assert.equal(found, undefined, `${seconds} s`);
    else assert.match(found ?? '', owner, `${seconds} s`);
  }
});
