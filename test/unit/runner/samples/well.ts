import { suite, test } from 'node:test';

test('one', () => {});
suite('two', () => {
  test('three', () => {});
});
