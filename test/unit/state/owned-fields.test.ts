import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findAbandoned } from '../../../src/state/owned-fields.ts';

/** As Kubernetes 1.37 records the apply of an Ingress. */
const owned = {
  'f:metadata': {
    'f:annotations': {
      'f:nginx.ingress.kubernetes.io/proxy-read-timeout': {},
      'f:nginx.ingress.kubernetes.io/affinity': {},
    },
    'f:labels': { 'f:app.kubernetes.io/managed-by': {}, 'f:wssroute.dev/route': {} },
    'f:ownerReferences': { 'k:{"uid":"5f0c4a43"}': {} },
  },
  'f:spec': { 'f:ingressClassName': {}, 'f:rules': {}, 'f:tls': {} },
};
const desired = {
  metadata: {
    annotations: {
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
      'nginx.ingress.kubernetes.io/affinity': 'cookie',
    },
    labels: { 'app.kubernetes.io/managed-by': 'wss-operator', 'wssroute.dev/route': 'chat' },
    ownerReferences: [{ uid: '5f0c4a43', kind: 'WssRoute' }],
  },
  spec: { ingressClassName: 'nginx', rules: [], tls: [] },
};

describe('the fields that the operator owns', () => {
  test('are all wanted when what is wanted has not changed', () => {
    assert.equal(findAbandoned(owned, desired), undefined);
  });

  test('are abandoned when an annotation is no longer wanted, dots and slashes in its name or not', () => {
    const { 'nginx.ingress.kubernetes.io/affinity': _gone, ...annotations } = desired.metadata.annotations;
    const wanted = { ...desired, metadata: { ...desired.metadata, annotations } };
    assert.equal(findAbandoned(owned, wanted), 'metadata.annotations.nginx.ingress.kubernetes.io/affinity');
  });

  test('are abandoned when all annotations are gone', () => {
    const { annotations: _gone, ...metadata } = desired.metadata;
    assert.equal(findAbandoned(owned, { ...desired, metadata }), 'metadata.annotations');
  });

  test('are abandoned when another owner is wanted', () => {
    const wanted = { ...desired, metadata: { ...desired.metadata, ownerReferences: [{ uid: 'other' }] } };
    assert.equal(findAbandoned(owned, wanted), 'metadata.ownerReferences.{"uid":"5f0c4a43"}');
  });

  test('are abandoned deep inside a spec', () => {
    const fields = { 'f:spec': { 'f:privateKey': { 'f:algorithm': {}, 'f:size': {} } } };
    assert.equal(findAbandoned(fields, { spec: { privateKey: { algorithm: 'RSA' } } }), 'spec.privateKey.size');
  });

  test('may be items of lists with keys, sets, and the items themselves', () => {
    const fields = {
      'f:spec': {
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
        'f:names': { 'v:"a"': {} },
      },
    };
    assert.equal(findAbandoned(fields, { spec: { ports: [{ port: 80, protocol: 'TCP' }], names: ['a'] } }), undefined);
    assert.equal(
      findAbandoned(fields, { spec: { ports: [{ port: 80, protocol: 'TCP' }], names: [] } }),
      'spec.names."a"',
    );
    assert.equal(
      findAbandoned(fields, { spec: { ports: [{ port: 81, protocol: 'TCP' }], names: ['a'] } }),
      'spec.ports.{"port":80,"protocol":"TCP"}',
    );
  });

  test('are none when the operator has applied nothing', () => assert.equal(findAbandoned({}, desired), undefined));
});
