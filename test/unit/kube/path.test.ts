import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ingressClassKind, ingressKind, serviceKind } from '../../../src/api/kinds.ts';
import { pathOf, withQuery } from '../../../src/kube/path.ts';

test('addresses kinds, objects and subresources', () => {
  assert.equal(pathOf(serviceKind), '/api/v1/services');
  assert.equal(pathOf(serviceKind, ''), '/api/v1/services');
  assert.equal(pathOf(ingressKind, 'a'), '/apis/networking.k8s.io/v1/namespaces/a/ingresses');
  assert.equal(pathOf(ingressKind, 'a', 'b', 'status'), '/apis/networking.k8s.io/v1/namespaces/a/ingresses/b/status');
  assert.equal(pathOf(ingressClassKind, 'ignored', 'nginx'), '/apis/networking.k8s.io/v1/ingressclasses/nginx');
});

test('a name cannot leave its place in the path', () => {
  assert.equal(pathOf(serviceKind, 'a', '../b?c#d'), '/api/v1/namespaces/a/services/..%2Fb%3Fc%23d');
});

test('refuses the name of a namespaced object without its namespace', () => {
  assert.throws(() => pathOf(ingressKind, undefined, 'b'), /Ingress b needs a namespace/);
});

test('encodes parameters and leaves out what is undefined', () => {
  assert.equal(withQuery('/x', { a: 'b=c,d', n: 5, t: true, u: undefined }), '/x?a=b%3Dc%2Cd&n=5&t=true');
  assert.equal(withQuery('/x', { u: undefined }), '/x');
  assert.equal(withQuery('/x', undefined), '/x');
});
