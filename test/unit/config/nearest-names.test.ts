import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNearest } from '../../../src/config/nearest-names.ts';

const fields = ['enabled', 'name', 'namespace', 'leaseDuration', 'renewDeadline', 'retryPeriod'];

test('the name that was meant comes first, whatever its case', () => {
  assert.equal(findNearest('leaseduration', fields)[0], 'leaseDuration');
  assert.equal(findNearest('namespaces', fields)[0], 'namespace');
  assert.equal(findNearest('retry', fields)[0], 'retryPeriod');
  assert.equal(findNearest('enable', fields)[0], 'enabled');
});

test('nothing is guessed for a name that is like none', () => {
  assert.deepEqual(findNearest('colour', fields), []);
  assert.deepEqual(findNearest('', fields), []);
});
