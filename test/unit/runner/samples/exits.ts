import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';

test('one', () => {});
test('two', async () => {
  // So that the first one has been reported.
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  process.exit(0);
});
