import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Claimant,
  claimsOf,
  compareAge,
  describeClaim,
  findOldest,
  formatClaim,
  hostsOf,
} from '../../../src/route/claims.ts';
import { exampleRoute } from '../state/example.ts';

const paths = [
  { path: '/ws', service: { name: 'chat', port: 80 } },
  { path: '/rooms', pathType: 'Exact', service: { name: 'chat', port: 80 } },
];

function claimant(changes: Partial<Claimant>): Claimant {
  return {
    kind: 'WssRoute',
    namespace: 'a',
    name: 'a',
    uid: 'a',
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...changes,
  };
}

describe('the claims of a route', () => {
  test('are every host with every path, in its class', () => {
    assert.deepEqual(claimsOf(exampleRoute({ hosts: ['b.example.com', 'a.example.com'], paths })), [
      'nginx a.example.com /ws',
      'nginx a.example.com /rooms',
      'nginx b.example.com /ws',
      'nginx b.example.com /rooms',
    ]);
  });

  test('are for any name when it has no host', () => {
    const route = exampleRoute({ hosts: [], tls: { secretName: 'tls' } });
    assert.deepEqual(hostsOf(route), ['']);
    assert.deepEqual(claimsOf(route), ['nginx  /ws']);
  });

  test('are read back as people write them', () => {
    assert.equal(describeClaim(formatClaim('nginx', 'chat.example.com', '/ws')), 'chat.example.com/ws');
    assert.equal(describeClaim(formatClaim('nginx', '', '/ws')), '(any host)/ws');
  });

  test('are the same with and without a slash at the end, which is one location for nginx', () => {
    assert.equal(formatClaim('nginx', 'a', '/ws/'), formatClaim('nginx', 'a', '/ws'));
    assert.notEqual(formatClaim('nginx', 'a', '/ws/room'), formatClaim('nginx', 'a', '/ws'));
    assert.equal(formatClaim('nginx', 'a', '/'), 'nginx a /');
  });
});

describe('the oldest of several', () => {
  test('is the one that was created first', () => {
    const old = claimant({ creationTimestamp: '2025-12-31T23:59:59Z', uid: 'z' });
    assert.equal(findOldest([claimant({}), old]), old);
  });

  test('is the one with the smaller uid when they were created in the same second', () => {
    const small = claimant({ uid: '0' });
    assert.equal(findOldest([claimant({}), small]), small);
  });

  test('is the one with the smaller namespace and name when nothing else tells them apart', () => {
    const first = claimant({ namespace: 'a', name: 'a' });
    assert.equal(findOldest([claimant({ namespace: 'b' }), claimant({ name: 'b' }), first]), first);
    assert.equal(compareAge(first, first), 0);
  });

  test('is nobody where there is nobody', () => assert.equal(findOldest([]), undefined));
});
