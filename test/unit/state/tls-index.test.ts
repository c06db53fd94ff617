import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { projectIngress } from '../../../src/state/project.ts';
import { TlsIndex } from '../../../src/state/tls-index.ts';

const place = 'nginx chat.example.com';
const hosts = ['chat.example.com'];

/** An Ingress of the host, made on a day of January. */
function build(
  name: string,
  day: number,
  { tls = [{ hosts, secretName: name }] as readonly object[], marks = {} } = {},
) {
  const paths = [{ path: `/${name}` }];
  return projectIngress({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
    metadata: { name, namespace: 'web', uid: name, creationTimestamp: `2026-01-0${day}T00:00:00Z`, ...marks },
    spec: { ingressClassName: 'nginx', tls, rules: [{ host: 'chat.example.com', http: { paths } }] },
  });
}

function fill(...ingresses: readonly ReturnType<typeof build>[]): TlsIndex {
  const index = new TlsIndex();
  for (const ingress of ingresses) index.change(undefined, ingress);
  return index;
}

describe('the TLS of a host', () => {
  const [first, second, third] = [build('first', 1), build('second', 2), build('third', 3)];

  test('is that of the oldest Ingress, whatever the order in which they are seen', () => {
    for (const order of [
      [first, second, third],
      [third, first, second],
    ]) {
      assert.equal(fill(...order).holderAt(place)?.secretName, 'first');
    }
  });

  test('is that of the next one when the oldest goes, and the host is named then and at no other time', () => {
    const index = new TlsIndex();
    const changed = { ...third, content: third.content.replace('/third', '/other') };
    const [otherSecret, without] = [[{ hosts, secretName: 'other' }], []].map((tls) => build('second', 2, { tls }));
    assert.deepEqual(index.change(undefined, second), [place]);
    assert.deepEqual(index.change(undefined, third), []);
    assert.deepEqual(index.change(undefined, first), [place]);
    assert.deepEqual(index.change(third, changed), []);
    assert.deepEqual(index.change(first, undefined), [place]);
    assert.equal(index.holderAt(place)?.secretName, 'second');
    assert.deepEqual(index.change(second, otherSecret), [place]);
    assert.deepEqual(index.change(otherSecret, without), [place]);
    assert.equal(index.holderAt(place)?.secretName, 'third');
    assert.deepEqual(index.change(changed, undefined), [place]);
    assert.equal(index.holderAt(place), undefined);
  });

  test('is nobody’s any more when its Ingress has left the host, and that of the next one', () => {
    const gone = { ...first, claims: [] };
    assert.deepEqual(fill(first).change(first, gone), [place]);
    const index = fill(first, second);
    assert.deepEqual(index.change(first, gone), [place]);
    assert.equal(index.holderAt(place)?.secretName, 'second');
  });

  test('is never that of a minion, of a canary, of a solver or of an Ingress without TLS', () => {
    for (const options of [
      { marks: { annotations: { 'nginx.org/mergeable-ingress-type': 'minion' } } },
      { marks: { annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } } },
      { marks: { labels: { 'acme.cert-manager.io/http01-solver': 'true' } } },
      { tls: [] },
    ]) {
      assert.equal(fill(build('older', 1, options), second).holderAt(place)?.secretName, 'second');
    }
  });

  test('may be of a Secret that nobody knows, and is known to be of a route', () => {
    const owner = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', uid: 'u', controller: true };
    const other = build('first', 1, {
      tls: [{ hosts: ['*.example.com'], secretName: 'wide' }],
      marks: { ownerReferences: [owner] },
    });
    const { secretName, owner: key } = fill(other, second).holderAt(place) ?? {};
    assert.deepEqual([secretName, key], ['', 'web/chat']);
  });
});
