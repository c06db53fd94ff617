import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isStalling, type Reason, type ReasonEntry, reasons } from '../../../src/api/conditions.ts';

const entries = Object.entries(reasons) as [Reason, ReasonEntry][];

describe('the catalogue of reasons', () => {
  test('has reasons as the API conventions want them: words in camel case', () => {
    for (const [reason] of entries) assert.match(reason, /^[A-Z][A-Za-z]{1,63}$/);
  });

  test('says of every reason what it means, in a sentence', () => {
    for (const [reason, { meaning, cure }] of entries) {
      assert.match(meaning, /^\S.{10,}\.$/, reason);
      if (cure !== undefined) assert.match(cure, /^\S.{10,}\.$/, reason);
    }
  });

  test('gives a cure for everything that stays as it is until the route is changed', () => {
    for (const [reason, { cure }] of entries) if (isStalling(reason)) assert.ok(cure, reason);
  });

  test('knows which reasons stall and which wait', () => {
    assert.equal(isStalling('Invalid'), true);
    assert.equal(isStalling('HostClaimed'), false, 'the route takes over by itself');
    assert.equal(isStalling('Issuing'), false);
    assert.equal(isStalling('Ready'), false);
  });
});
