import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Triggers } from '../../../src/controller/triggers.ts';
import type { ObservedCertificateRequest, ObservedChallenge, ObservedOrder } from '../../../src/state/observed.ts';
import { projectIngress } from '../../../src/state/project.ts';
import { exampleRoute } from '../state/example.ts';

function request(
  certificateName: string,
  changes: Partial<ObservedCertificateRequest> = {},
): ObservedCertificateRequest {
  return {
    name: 'r-1',
    namespace: 'chat',
    uid: 'r',
    certificateName,
    certificateUid: 'c',
    revision: 1,
    readyReason: 'Pending',
    message: '',
    ca: undefined,
    ...changes,
  };
}

describe('a CertificateRequest', () => {
  let woken: string[];
  let triggers: Triggers;

  beforeEach(() => {
    woken = [];
    triggers = new Triggers((key) => woken.push(key));
    triggers.routeChanged('chat/chat', exampleRoute());
    const shared = { name: 'shared', namespace: 'chat', uid: 's', generation: 1 };
    triggers.routeChanged('chat/shared', exampleRoute({ tls: { certificateRef: { name: 'wildcard' } } }, shared));
    woken.length = 0;
  });

  test('wakes the route that owns its Certificate, and the one that shares it', () => {
    triggers.certificateRequestChanged('chat/r-1', undefined, request('chat-wss'));
    triggers.certificateRequestChanged('chat/r-2', undefined, request('wildcard'));
    triggers.certificateRequestChanged('chat/r-3', undefined, request('somebody-else'));
    triggers.certificateRequestChanged('chat/r-4', undefined, request(''));
    triggers.certificateRequestChanged('other/r-1', undefined, request('chat-wss', { namespace: 'other' }));
    assert.deepEqual(woken, ['chat/chat', 'chat/shared']);
  });

  test('that says nothing new wakes nobody', () => {
    triggers.certificateRequestChanged('chat/r-1', request('chat-wss'), request('chat-wss'));
    assert.deepEqual(woken, []);
    triggers.certificateRequestChanged('chat/r-1', request('chat-wss'), request('chat-wss', { readyReason: 'Issued' }));
    assert.deepEqual(woken, ['chat/chat']);
  });

  test('is found by its Certificate until it is gone', () => {
    triggers.certificateRequestChanged('chat/r-1', undefined, request('chat-wss'));
    triggers.certificateRequestChanged('chat/r-2', undefined, request('chat-wss', { revision: 2 }));
    assert.deepEqual([...triggers.requestsOf('chat/chat-wss')], ['chat/r-1', 'chat/r-2']);
    woken.length = 0;
    triggers.certificateRequestChanged('chat/r-1', request('chat-wss'), undefined);
    assert.deepEqual([...triggers.requestsOf('chat/chat-wss')], ['chat/r-2']);
    assert.deepEqual(woken, ['chat/chat']);
  });
});

describe('an Ingress of a solver of cert-manager', () => {
  test('wakes the routes of its host, whatever their paths', () => {
    const woken: string[] = [];
    const triggers = new Triggers((key) => woken.push(key));
    triggers.routeChanged('chat/chat', exampleRoute());
    triggers.routeChanged('chat/other', exampleRoute({ hosts: ['other.example.com'] }, { name: 'other', uid: 'o' }));
    woken.length = 0;
    const path = '/.well-known/acme-challenge/token';
    const solver = projectIngress({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'solver', namespace: 'chat', labels: { 'acme.cert-manager.io/http01-solver': 'true' } },
      spec: { ingressClassName: 'nginx', rules: [{ host: 'chat.example.com', http: { paths: [{ path }] } }] },
    });
    triggers.servingChanged('Ingress', 'chat/solver', undefined, solver);
    assert.deepEqual(woken, ['chat/chat']);
  });
});

describe('an Order and its Challenge', () => {
  const order: ObservedOrder = {
    ...{ name: 'r-1-2', uid: 'o', ownerName: 'r-1', ownerUid: 'r', state: 'pending', reason: '' },
  };
  const done: ObservedOrder = { ...order, name: '', uid: '', ownerName: '', ownerUid: '', state: 'valid' };
  const challenge: ObservedChallenge = {
    ...{ type: 'HTTP-01', name: 'chat.example.com', ownerName: 'r-1-2', ownerUid: 'o', state: 'pending', reason: '' },
  };
  let woken: string[];
  let triggers: Triggers;

  beforeEach(() => {
    woken = [];
    triggers = new Triggers((key) => woken.push(key));
    triggers.routeChanged('chat/chat', exampleRoute());
    triggers.certificateRequestChanged('chat/r-1', undefined, request('chat-wss'));
    woken.length = 0;
  });

  test('wake the route by their owners, when they say anything new', () => {
    triggers.orderChanged('chat/r-1-2', undefined, order);
    triggers.challengeChanged('chat/r-1-2-3', undefined, challenge);
    assert.deepEqual(woken, ['chat/chat', 'chat/chat']);
    triggers.orderChanged('chat/r-1-2', order, { ...order });
    triggers.challengeChanged('chat/r-1-2-3', challenge, { ...challenge });
    assert.equal(woken.length, 2);
    triggers.challengeChanged('chat/r-1-2-3', challenge, { ...challenge, reason: 'wrong status code' });
    triggers.challengeChanged('chat/r-1-2-3', challenge, undefined);
    assert.equal(woken.length, 4);
  });

  test('of another namespace wake nobody', () => {
    triggers.orderChanged('other/r-1-2', undefined, order);
    triggers.challengeChanged('other/r-1-2-3', undefined, challenge);
    assert.deepEqual(woken, []);
  });

  test('are found by their owners until they are done', () => {
    triggers.orderChanged('chat/r-1-2', undefined, order);
    triggers.challengeChanged('chat/r-1-2-3', undefined, challenge);
    assert.deepEqual([...triggers.ordersOf('chat/r-1')], ['chat/r-1-2']);
    assert.deepEqual([...triggers.challengesOf('chat/r-1-2')], ['chat/r-1-2-3']);
    woken.length = 0;
    triggers.orderChanged('chat/r-1-2', order, done);
    assert.deepEqual([...triggers.ordersOf('chat/r-1')], []);
    assert.deepEqual(woken, ['chat/chat'], 'the end is news');
    triggers.challengeChanged('chat/r-1-2-3', challenge, undefined);
    assert.deepEqual([...triggers.challengesOf('chat/r-1-2')], []);
  });
});

test('ReferenceGrants are found by their namespace, of whatever namespace the Gateway is', () => {
  const triggers = new Triggers(() => {});
  const grant = { namespace: 'certs', from: [], to: [] };
  triggers.grantChanged('certs/edge', grant);
  triggers.grantChanged('other/edge', { ...grant, namespace: 'other' });
  assert.deepEqual([...triggers.grantsIn('certs')], ['certs/edge']);
  triggers.grantChanged('certs/edge', undefined);
  assert.deepEqual([...triggers.grantsIn('certs')], []);
});

describe('an object that has the name of one that a route needs', () => {
  const marks = { name: 'chat-wss', namespace: 'chat', uid: 'i' };
  const of = (metadata: object) =>
    projectIngress({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { ...marks, ...metadata } });
  const owner = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', uid: 'u', controller: true };
  const theirs = of({ uid: 'foreign' });
  const own = of({ ownerReferences: [owner] });
  const change = (before: typeof own | undefined, after: typeof own | undefined): readonly string[] => {
    woken.length = 0;
    triggers.childChanged('Ingress', 'chat/chat-wss', before, after);
    return [...woken];
  };
  let woken: string[];
  let triggers: Triggers;

  beforeEach(() => {
    woken = [];
    triggers = new Triggers((key) => woken.push(key));
  });

  test('wakes the route when it comes and when it goes, until the route needs it no more', () => {
    triggers.needs('chat/chat', ['Ingress chat/chat-wss']);
    assert.deepEqual(change(undefined, theirs), ['chat/chat']);
    triggers.needs('chat/chat', ['Ingress chat/chat-wss']);
    assert.deepEqual(change(theirs, undefined), ['chat/chat']);
    triggers.needs('chat/chat', []);
    assert.deepEqual(change(undefined, theirs), []);
  });

  test('wakes the route that has lost its owner reference to it', () => {
    triggers.needs('chat/chat', ['Ingress chat/chat-wss']);
    assert.deepEqual(change(undefined, own), ['chat/chat']);
    triggers.needs('chat/chat', ['Ingress chat/chat-wss']);
    assert.deepEqual(change(own, own), ['chat/chat']);
    assert.deepEqual(change(own, of({})), ['chat/chat']);
    triggers.needs('chat/chat', ['Ingress chat/chat-wss']);
    assert.deepEqual(change(of({}), theirs), ['chat/chat']);
  });

  test('wakes the route whose own has gone, and again when somebody else takes the name', () => {
    triggers.needs('chat/chat', ['Ingress chat/chat-wss']);
    change(undefined, own);
    triggers.needs('chat/chat', ['Ingress chat/chat-wss']);
    assert.deepEqual(change(own, undefined), ['chat/chat']);
    triggers.needs('chat/chat', ['Ingress chat/chat-wss']);
    assert.deepEqual(change(undefined, theirs), ['chat/chat']);
  });
});
