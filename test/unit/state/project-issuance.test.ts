import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import { findLatestRequest, projectCertificateRequest } from '../../../src/state/project-issuance.ts';
import { measureGrowth } from './measure-growth.ts';

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const owner = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name: 'chat-wss', uid: 'c', controller: true };

function request(metadata: object = {}, status: object = {}): KubeObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'CertificateRequest',
    metadata: {
      name: 'chat-wss-1',
      namespace: 'chat',
      uid: 'r',
      annotations: { 'cert-manager.io/certificate-revision': '1' },
      ownerReferences: [owner],
      ...metadata,
    },
    spec: { request: 'a'.repeat(1000) },
    status,
  };
}

describe('a CertificateRequest', () => {
  test('is kept with what cert-manager says of it, and without the request and the certificate', () => {
    const conditions = [
      { type: 'Approved', status: 'True', reason: 'cert-manager.io', message: 'approved' },
      { type: 'Ready', status: 'True', reason: 'Issued', message: 'signed' },
    ];
    const status = { conditions, ca: Buffer.from(pem).toString('base64'), certificate: 'eA==' };
    assert.deepEqual(projectCertificateRequest(request({}, status)), {
      name: 'chat-wss-1',
      namespace: 'chat',
      uid: 'r',
      certificateName: 'chat-wss',
      certificateUid: 'c',
      revision: 1,
      readyReason: 'Issued',
      message: 'signed',
      ca: pem,
    });
  });

  test('that nobody has looked at says nothing yet', () => {
    const { readyReason, message, ca, revision } = projectCertificateRequest(request({ annotations: {} }));
    assert.deepEqual(
      { readyReason, message, ca, revision },
      { readyReason: undefined, message: '', ca: undefined, revision: 0 },
    );
  });

  test('is no Certificate’s when something else owns it, or nothing', () => {
    for (const ownerReferences of [
      [],
      [{ ...owner, controller: false }],
      [{ ...owner, kind: 'Job' }],
      [{ ...owner, apiVersion: 'example.com/v1' }],
    ]) {
      assert.equal(projectCertificateRequest(request({ ownerReferences })).certificateName, '');
    }
  });

  test('has its CA and its message in memory once, however many have the same', () => {
    const ca = Buffer.alloc(12 * 1024, 'x').toString('base64');
    const grown = measureGrowth(4000, () => {
      const message = Buffer.alloc(4 * 1024, 'm').toString('utf8');
      return projectCertificateRequest(request({}, { ca, conditions: [{ type: 'Ready', message }] }));
    });
    assert.ok(grown < 8 * 1024 * 1024, `${grown} bytes more`);
  });

  test('is not believed a CA of more than 16 KiB', () => {
    const encode = (length: number) => Buffer.alloc(length, 'x').toString('base64');
    assert.equal(projectCertificateRequest(request({}, { ca: encode(16 * 1024 - 2) })).ca?.length, 16 * 1024 - 2);
    assert.equal(projectCertificateRequest(request({}, { ca: encode(16 * 1024 + 3) })).ca, undefined);
  });
});

describe('the latest request', () => {
  const of = (name: string, revision: string, uid = 'c') =>
    projectCertificateRequest(
      request({
        name,
        annotations: { 'cert-manager.io/certificate-revision': revision },
        ownerReferences: [{ ...owner, uid }],
      }),
    );

  test('is the one of the highest revision, as a number and in whatever order they come', () => {
    const requests = [of('a', '9'), of('b', '10'), of('c', '2')];
    for (const order of [requests, requests.toReversed()]) assert.equal(findLatestRequest(order, 'c')?.name, 'b');
  });

  test('is not that of an earlier Certificate of the same name', () => {
    assert.equal(findLatestRequest([of('old', '7', 'gone'), of('new', '1')], 'c')?.name, 'new');
    assert.equal(findLatestRequest([of('old', '7', 'gone')], 'c'), undefined);
  });
});
