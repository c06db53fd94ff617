import { test } from 'node:test';

test('one', () => {
  process.env.WSS_CHANGED = 'by a test';
});
