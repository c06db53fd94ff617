import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiVersionOf, certificateKind, serviceKind } from '../../../src/api/kinds.ts';
import { formatKey, parseKey } from '../../../src/api/objects.ts';

describe('keys', () => {
  test('are namespace and name with a slash between', () => {
    assert.equal(formatKey({ namespace: 'chat', name: 'rooms' }), 'chat/rooms');
    assert.deepEqual(parseKey('chat/rooms'), { namespace: 'chat', name: 'rooms' });
  });

  test('of cluster-scoped objects have an empty namespace', () => {
    assert.equal(formatKey({ name: 'nginx' }), '/nginx');
    assert.deepEqual(parseKey('/nginx'), { namespace: '', name: 'nginx' });
  });

  test('keep names with dots', () => {
    assert.deepEqual(parseKey('a/b.c-d'), { namespace: 'a', name: 'b.c-d' });
  });
});

describe('the apiVersion of a kind', () => {
  test('is group and version, or the version alone for the core group', () => {
    assert.equal(apiVersionOf(certificateKind), 'cert-manager.io/v1');
    assert.equal(apiVersionOf(serviceKind), 'v1');
  });
});
