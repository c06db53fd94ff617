import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import { projectChallenge, projectOrder } from '../../../src/state/project-acme.ts';

const request = {
  ...{ apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest' },
  ...{ name: 'chat-wss-1', uid: 'r', controller: true },
};
const owner = {
  apiVersion: 'acme.cert-manager.io/v1',
  kind: 'Order',
  name: 'chat-wss-1-22',
  uid: 'o',
  controller: true,
};

function order(status?: object, ownerReferences: readonly object[] = [request]): KubeObject {
  const metadata = { name: 'chat-wss-1-22', namespace: 'chat', uid: 'o', ownerReferences };
  return { apiVersion: 'acme.cert-manager.io/v1', kind: 'Order', metadata, ...(status && { status }) } as KubeObject;
}

function challenge(spec: object, status?: object): KubeObject {
  const metadata = { name: 'chat-wss-1-22-33', namespace: 'chat', uid: 'x', ownerReferences: [owner] };
  const body = { spec: { key: 'k'.repeat(500), ...spec }, ...(status && { status }) };
  return { apiVersion: 'acme.cert-manager.io/v1', kind: 'Challenge', metadata, ...body } as KubeObject;
}

function reasonOf(reason: string): string {
  return projectOrder(order({ state: 'errored', reason })).reason;
}

describe('an Order', () => {
  test('is kept with its state, its reason and the request that it was made for', () => {
    assert.deepEqual(projectOrder(order({ state: 'errored', reason: 'rate limited', authorizations: [{}] })), {
      ...{ name: 'chat-wss-1-22', uid: 'o', ownerName: 'chat-wss-1', ownerUid: 'r' },
      ...{ state: 'errored', reason: 'rate limited' },
    });
  });

  test('that nobody has looked at is pending', () => {
    for (const status of [undefined, {}, { state: '' }]) assert.equal(projectOrder(order(status)).state, 'pending');
  });

  test('that is done is the same object as every other one', () => {
    const done = projectOrder(order({ state: 'valid', certificate: 'AAAA' }));
    assert.equal(done, projectOrder({ ...order({ state: 'valid' }), metadata: { name: 'another' } }));
    assert.equal(done.ownerName, '', 'it leads to no route');
  });

  test('is of no request when something else owns it', () => {
    for (const owners of [
      [],
      [{ ...request, controller: false }],
      [{ ...request, kind: 'CertificateSigningRequest' }],
    ]) {
      assert.equal(projectOrder(order({}, owners)).ownerName, '');
    }
    assert.equal(
      projectOrder(order({}, [{ ...request, apiVersion: 'cert-manager.io.evil.example/v1' }])).ownerName,
      '',
    );
  });
});

describe('a Challenge', () => {
  test('is kept without its key, and tells the name as it stands in the certificate', () => {
    assert.deepEqual(
      projectChallenge(challenge({ type: 'DNS-01', dnsName: 'example.com', wildcard: true }, { state: 'pending' })),
      {
        type: 'DNS-01',
        name: '*.example.com',
        ownerName: 'chat-wss-1-22',
        ownerUid: 'o',
        state: 'pending',
        reason: '',
      },
    );
    assert.equal(projectChallenge(challenge({ type: 'HTTP-01', dnsName: 'example.com' })).name, 'example.com');
  });
});

describe('a reason', () => {
  test('is the same for the same failure, from whichever port it was asked', () => {
    const dial = (port: number) =>
      `failed to perform self check GET request 'http://chat.example.com/x': Get "http://chat.example.com/x": dial tcp: lookup chat.example.com on 10.96.0.10:53: read udp 10.244.0.7:${port}->10.96.0.10:53: i/o timeout`;
    assert.equal(reasonOf(dial(43567)), reasonOf(dial(50000)));
    assert.match(reasonOf(dial(43567)), /read udp 10\.96\.0\.10:53: i\/o timeout$/);
    const six = reasonOf('read tcp [fd00::7]:43567->[fd00::1]:80: read: connection reset by peer');
    assert.equal(six, 'read tcp [fd00::1]:80: read: connection reset by peer');
  });

  test('is the same while time goes by', () => {
    const waiting = (time: string) => `Waiting ${time} before accepting HTTP-01 challenge without self-check`;
    assert.equal(reasonOf(waiting('1m30s')), reasonOf(waiting('9.873421ms')));
  });

  test('keeps what matters: where, and which status', () => {
    const reason = "wrong status code '404', expected '200'; dial tcp 10.111.0.2:80: connect: connection refused";
    assert.equal(reasonOf(reason), reason);
  });

  test('is cut where it is long', () => {
    assert.equal(reasonOf('x'.repeat(100_000)).length, 512);
  });
});
