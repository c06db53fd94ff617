import assert from 'node:assert/strict';
import { test } from 'node:test';

test('one', () => {});
test('two', () => assert.fail('wrong'));
