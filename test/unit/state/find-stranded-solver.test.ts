import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findStrandedSolver } from '../../../src/state/find-stranded-solver.ts';
import { projectIngress } from '../../../src/state/project.ts';
import { exampleRoute } from './example.ts';

/** An Ingress as cert-manager makes it for a challenge. */
function solver({ host = 'chat.example.com', namespace = 'chat', className = 'nginx', annotations = {} } = {}) {
  const path = '/.well-known/acme-challenge/token';
  return projectIngress({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'solver', namespace, labels: { 'acme.cert-manager.io/http01-solver': 'true' }, annotations },
    spec: { ingressClassName: className, rules: [{ host, http: { paths: [{ path, pathType: 'Exact' }] } }] },
  });
}

function find(ingress: ReturnType<typeof solver>, isExclusive = true): string | undefined {
  const route = exampleRoute({ hosts: ['alias.example.com', 'chat.example.com'] });
  return findStrandedSolver(
    route,
    { isExclusive: () => isExclusive },
    { objectsAt: (claim) => [ingress].filter(({ claims }) => claims.includes(claim)) },
  );
}

describe('a solver of cert-manager is stranded', () => {
  test('where it wants a host whole that is the route’s', () => assert.equal(find(solver()), 'chat.example.com'));

  test('never as a minion', () => {
    const annotations = { 'nginx.org/mergeable-ingress-type': 'minion' };
    assert.equal(find(solver({ annotations })), undefined);
  });

  test('never where hosts are shared', () => assert.equal(find(solver(), false), undefined));

  test('for others than this route only at other hosts, in other classes, in other namespaces', () => {
    assert.equal(find(solver({ host: 'other.example.com' })), undefined);
    assert.equal(find(solver({ className: 'internal' })), undefined);
    assert.equal(find(solver({ namespace: 'web' })), undefined);
  });
});
