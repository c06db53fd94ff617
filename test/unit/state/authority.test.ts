import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import type { KubeObject } from '../../../src/api/objects.ts';
import { diff } from '../../../src/state/diff.ts';
import type { Observed, ObservedCertificate, ObservedCertificateRequest } from '../../../src/state/observed.ts';
import { projectCertificate, projectChild } from '../../../src/state/project.ts';
import { decide, exampleRoute, observe, routeUid } from './example.ts';

// As OpenSSL writes them: lines of 64 characters, and a line feed at the end.
const [first = '', second = ''] = rootCertificates.slice(0, 2).map((pem) => String(new X509Certificate(pem)));
const route = exampleRoute({ tls: { issuerRef: { name: 'private' }, publishCA: true } });

function certificate(isIssued = true): ObservedCertificate {
  const conditions = isIssued ? [{ type: 'Ready', status: 'True' }] : [];
  const metadata = { name: 'chat-wss', namespace: 'chat', uid: 'c' };
  const spec = { secretName: 'chat-wss' };
  return projectCertificate({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata,
    spec,
    status: { conditions },
  });
}

function request(ca: string | undefined): ObservedCertificateRequest {
  const identity = {
    name: 'chat-wss-1',
    namespace: 'chat',
    uid: 'r',
    certificateName: 'chat-wss',
    certificateUid: 'c',
  };
  return { ...identity, revision: 1, readyReason: 'Issued', message: '', ca };
}

function issued(ca: string | undefined, changes: Partial<Observed> = {}): Observed {
  const issuedRequest = request(ca);
  return observe(route, { certificate: certificate(), issuedRequest, latestRequest: issuedRequest, ...changes });
}

function findPublished(observed: Observed): KubeObject | undefined {
  return decide(observed).objects.find(({ kind }) => kind === 'ConfigMap');
}

function listLosses(observed: Observed): readonly string[] {
  return decide(observed).losses.map(({ field, level, because }) => `${field} ${level}: ${because}`);
}

describe('the authority of a route', () => {
  test('is published in a ConfigMap that the route owns', () => {
    assert.deepEqual(findPublished(issued(first)), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'chat-wss-ca',
        namespace: 'chat',
        labels: { 'app.kubernetes.io/managed-by': 'wss-operator', 'wssroute.dev/route': 'chat' },
        ownerReferences: [
          {
            apiVersion: 'wssroute.dev/v1alpha1',
            kind: 'WssRoute',
            name: 'chat',
            uid: routeUid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      data: { 'ca.crt': first },
    });
    assert.deepEqual(listLosses(issued(first)), []);
  });

  test('is published for a shared Certificate as well', () => {
    const shared = exampleRoute({ tls: { certificateRef: { name: 'wildcard' }, publishCA: true } });
    const observed = observe(shared, { certificate: certificate(), issuedRequest: request(first) });
    assert.ok(findPublished(observed));
  });

  test('is published for nobody who does not ask for it', () => {
    const observed = observe(exampleRoute(), { certificate: certificate(), issuedRequest: request(first) });
    assert.equal(findPublished(observed), undefined);
  });

  test('is not published for a route that serves nothing', () => {
    const holder = { kind: 'WssRoute', namespace: 'other', name: 'old', uid: 'x', creationTimestamp: '' } as const;
    assert.equal(
      findPublished(issued(first, { holders: new Map([['nginx chat.example.com /ws', holder]]) })),
      undefined,
    );
  });

  test('is certificates and nothing else, whatever stands around them', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    const published = findPublished(issued(`words\n${first}${key}${second} more`));
    assert.deepEqual(published?.data, { 'ca.crt': `${first}${second}` });
  });

  for (const [name, text] of [
    ['words', 'no certificate'],
    ['a certificate that is none', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['one that is good and one that is not', `${first}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`],
  ] as const) {
    test(`is not published from ${name}, and that is told`, () => {
      assert.equal(findPublished(issued(text)), undefined);
      assert.deepEqual(listLosses(issued(text)), [
        'spec.tls.publishCA unsupported: status.ca of CertificateRequest "chat-wss-1" holds no certificate that can be read',
      ]);
    });
  }

  test('that the issuer does not tell is not published, and that is told', () => {
    assert.equal(findPublished(issued(undefined)), undefined);
    assert.match(
      listLosses(issued(undefined)).join(),
      /^spec\.tls\.publishCA unsupported: the issuer told no authority/,
    );
  });

  test('is nothing to complain about while the certificate is being issued', () => {
    const waiting = { certificate: certificate(false), issuedRequest: undefined };
    assert.deepEqual(listLosses(observe(route, waiting)), []);
    assert.deepEqual(listLosses(observe(route, { ...waiting, certificate: undefined })), []);
  });

  test('that nobody tells any more is told about', () => {
    const forgotten = observe(route, { certificate: certificate(), issuedRequest: undefined });
    assert.match(listLosses(forgotten).join(), /no CertificateRequest of Certificate "chat-wss" is left/);
  });
});

describe('a published authority', () => {
  const stored = (): KubeObject => {
    const published = findPublished(issued(first));
    assert.ok(published);
    const { metadata } = published;
    return { ...published, metadata: { ...metadata, uid: 'm', creationTimestamp: '2026-05-01T12:00:00Z' } };
  };

  test('stays while no request tells it, during a renewal for instance', () => {
    const renewing = { latestRequest: { ...request(undefined), readyReason: 'Pending' }, issuedRequest: undefined };
    const observed = issued(undefined, { ...renewing, children: [projectChild(stored())] });
    assert.deepEqual(findPublished(observed), findPublished(issued(first)));
    assert.deepEqual(
      diff(route, { objects: [findPublished(observed) as KubeObject], kept: new Set() }, observed.children),
      [],
    );
  });

  test('of somebody else does not become the route’s', () => {
    const { metadata, ...rest } = stored();
    const foreign = { ...rest, metadata: { ...metadata, ownerReferences: [] } };
    const observed = issued(undefined, { issuedRequest: undefined, children: [projectChild(foreign)] });
    assert.equal(findPublished(observed), undefined);
  });

  test('that was edited differs by its data', () => {
    const edited = { ...stored(), data: { 'ca.crt': 'mine', other: 'kept' } };
    const [change] = diff(route, { objects: [findPublished(issued(first)) as KubeObject], kept: new Set() }, [
      projectChild(edited),
    ]);
    assert.equal(change?.action === 'configure' && change.field, 'data.ca.crt');
    const added = { ...stored(), data: { ...(stored().data as object), other: 'kept' } };
    assert.deepEqual(
      diff(route, { objects: [findPublished(issued(first)) as KubeObject], kept: new Set() }, [projectChild(added)]),
      [],
    );
  });
});
