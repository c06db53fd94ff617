import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '../../../src/kube/slots.ts';
import { settle } from './fake-clock.ts';

test('no more at once than there are slots, and the one that waits longest goes next', async () => {
  const slots = new Slots(2);
  const begun: string[] = [];
  async function begin(name: string): Promise<void> {
    await slots.take();
    begun.push(name);
  }
  for (const name of ['a', 'b', 'c', 'd']) void begin(name);
  await settle();
  assert.deepEqual(begun, ['a', 'b']);
  slots.give();
  await settle();
  assert.deepEqual(begun, ['a', 'b', 'c']);
  slots.give();
  slots.give();
  slots.give();
  await settle();
  assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
  void begin('e');
  void begin('f');
  void begin('g');
  await settle();
  assert.deepEqual(begun.slice(4), ['e', 'f']);
});
