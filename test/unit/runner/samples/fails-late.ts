import { test } from 'node:test';

test('one', () => {
  setTimeout(() => {
    throw new Error('nobody waits for this');
  }, 10);
});
