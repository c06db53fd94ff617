import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Entry } from '../../../src/kube/store.ts';
import { entryOf, Store } from '../../../src/kube/store.ts';

let changes: string[];
let store: Store<string>;

beforeEach(() => {
  changes = [];
  store = new Store((key, before, after) => changes.push(`${key}: ${before ?? '-'} > ${after ?? '-'}`));
});

function entry(uid: string, resourceVersion: string, value: string): Entry<string> {
  return { uid, resourceVersion, value };
}

test('reports what is added, changed and gone', () => {
  store.set('n/a', entry('u', '1', 'one'));
  store.set('n/a', entry('u', '2', 'two'));
  store.delete('n/a', 'u', '3');
  assert.deepEqual(changes, ['n/a: - > one', 'n/a: one > two', 'n/a: two > -']);
  assert.equal(store.size, 0);
  assert.equal(store.resourceVersion, '3');
});

test('an older or repeated event changes nothing', () => {
  store.set('n/a', entry('u', '10', 'ten'));
  store.set('n/a', entry('u', '9', 'nine'));
  store.set('n/a', entry('u', '10', 'again'));
  store.delete('n/a', 'u', '9');
  assert.deepEqual(changes, ['n/a: - > ten']);
  assert.equal(store.get('n/a')?.value, 'ten');
});

test('a namesake with another uid is a deletion and an addition', () => {
  store.set('n/a', entry('u', '1', 'one'));
  store.set('n/a', entry('v', '5', 'two'));
  assert.deepEqual(changes, ['n/a: - > one', 'n/a: one > -', 'n/a: - > two']);
  store.delete('n/a', 'u', '4');
  assert.equal(store.get('n/a')?.uid, 'v', 'the late end of the first one does not touch the second');
});

test('a list brings additions, changes, deletions and namesakes, and nothing for what is equal', () => {
  store.set('n/same', entry('a', '1', 'same'));
  store.set('n/changed', entry('b', '2', 'before'));
  store.set('n/gone', entry('c', '3', 'gone'));
  store.set('n/again', entry('d', '4', 'first'));
  changes.length = 0;
  const found = new Map([
    ['n/same', entry('a', '1', 'same')],
    ['n/changed', entry('b', '7', 'after')],
    ['n/again', entry('e', '8', 'second')],
    ['n/new', entry('f', '9', 'new')],
  ]);
  store.replace(found, '9');
  assert.deepEqual(changes, [
    'n/gone: gone > -',
    'n/changed: before > after',
    'n/again: first > -',
    'n/again: - > second',
    'n/new: - > new',
  ]);
  assert.equal(store.epoch, 0);
});

test('a list that is older than what is known comes from another history: it is believed, in a new epoch', () => {
  store.set('n/a', entry('u', '100', 'new'));
  store.replace(new Map([['n/a', entry('u', '40', 'old')]]), '50');
  assert.equal(store.epoch, 1);
  assert.equal(store.resourceVersion, '50');
  assert.equal(store.get('n/a')?.value, 'old');
  store.set('n/a', entry('u', '51', 'next'));
  assert.equal(store.get('n/a')?.value, 'next');
});

test('bookmarks only move forward', () => {
  store.advance('10');
  store.advance('9');
  assert.equal(store.resourceVersion, '10');
});

test('an absent kind leaves nothing behind', () => {
  store.set('n/a', entry('u', '100', 'x'));
  store.clear();
  assert.deepEqual(changes, ['n/a: - > x', 'n/a: x > -']);
  assert.equal(store.resourceVersion, undefined);
});

test('keeps of an object its key, uid, version and projection', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'n', name: 'a', uid: 'u', resourceVersion: '3' },
    spec: { big: true },
  };
  assert.deepEqual(
    entryOf(object, (o) => o.kind),
    ['n/a', { uid: 'u', resourceVersion: '3', value: 'Service' }],
  );
});
