import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

test('one', () => {});
test('two', async () => {
  await setTimeout(60_000);
});
