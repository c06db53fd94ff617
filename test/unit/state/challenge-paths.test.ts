import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import { keepChallengePaths } from '../../../src/state/challenge-paths.ts';

interface Path {
  readonly path: string;
}

const own = { path: '/ws' };
const challenge = { path: '/.well-known/acme-challenge/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0' };

function ingress(...rules: readonly (readonly [string | undefined, readonly Path[]])[]): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'chat-wss' },
    spec: {
      ingressClassName: 'nginx',
      rules: rules.map(([host, paths]) => ({ ...(host !== undefined && { host }), http: { paths } })),
    },
  };
}

describe('the path of a challenge', () => {
  test('is kept where it stands, before or after the route\u2019s own', () => {
    const desired = ingress(['a.example.com', [own]]);
    for (const paths of [
      [challenge, own],
      [own, challenge],
    ]) {
      const observed = ingress(['a.example.com', paths]);
      assert.deepEqual(keepChallengePaths(desired, observed), observed);
    }
  });

  test('is kept beside what the route wants now', () => {
    const observed = ingress(['a.example.com', [challenge, { path: '/old' }]]);
    assert.deepEqual(
      keepChallengePaths(ingress(['a.example.com', [own]]), observed),
      ingress(['a.example.com', [challenge, own]]),
    );
  });

  test('is kept below a host that the route does not serve any more, without the rest of that host', () => {
    const observed = ingress(['a.example.com', [own]], ['b.example.com', [challenge, own]]);
    assert.deepEqual(
      keepChallengePaths(ingress(['a.example.com', [own]]), observed),
      ingress(['a.example.com', [own]], ['b.example.com', [challenge]]),
    );
  });

  test('is kept for a route without a host', () => {
    const observed = ingress([undefined, [challenge, own]]);
    assert.deepEqual(keepChallengePaths(ingress([undefined, [own]]), observed), observed);
  });

  test('is not carried to another host', () => {
    const desired = ingress(['a.example.com', [own]], ['b.example.com', [own]]);
    const observed = ingress(['a.example.com', [challenge, own]], ['b.example.com', [own]]);
    assert.deepEqual(keepChallengePaths(desired, observed), observed);
  });
});

describe('an Ingress of F5 NGINX, which takes one host only', () => {
  const mark = (object: KubeObject, role: string): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, annotations: { 'nginx.org/mergeable-ingress-type': role } },
  });
  const minion = mark(ingress(['a.example.com', [own]]), 'minion');

  test('keeps a challenge of its own host on a minion, and none of another host', () => {
    const observed = mark(ingress(['a.example.com', [challenge, own]], ['b.example.com', [challenge]]), 'minion');
    assert.deepEqual(
      keepChallengePaths(minion, observed),
      mark(ingress(['a.example.com', [challenge, own]]), 'minion'),
    );
  });

  test('has no path on a master, whatever has been put there', () => {
    const bare = { ingressClassName: 'nginx', rules: [{ host: 'a.example.com' }] };
    const master = { ...mark(ingress(), 'master'), spec: bare };
    const observed = mark(ingress(['a.example.com', [challenge]], ['b.example.com', [challenge]]), 'master');
    assert.deepEqual(keepChallengePaths(master, observed).spec, bare);
  });
});

describe('a path that is no challenge', () => {
  for (const path of [
    '/admin',
    '/.well-known/acme-challenge/',
    '/.well-known/acme-challenge/../admin',
    '/.well-known/acme-challenge/a/b',
    '/.well-known/acme-challenge/a b',
    '/.well-known/acme-challenge/a;b',
    '/.well-known/acme-challenge/a\n',
    '/x/.well-known/acme-challenge/a',
  ]) {
    test(`is not kept: ${JSON.stringify(path)}`, () => {
      const desired = ingress(['a.example.com', [own]]);
      assert.equal(keepChallengePaths(desired, ingress(['a.example.com', [{ path }, own]])), desired);
    });
  }

  test('changes nothing in objects that have no rules', () => {
    const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'c' }, spec: {} };
    assert.equal(keepChallengePaths(certificate, { spec: { dnsNames: [] } }), certificate);
    assert.equal(keepChallengePaths(certificate, {}), certificate);
  });
});
