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
    triggers.issuance.certificateRequestChanged('chat/r-1', undefined, request('chat-wss'));
    triggers.issuance.certificateRequestChanged('chat/r-2', undefined, request('wildcard'));
    triggers.issuance.certificateRequestChanged('chat/r-3', undefined, request('somebody-else'));
    triggers.issuance.certificateRequestChanged('chat/r-4', undefined, request(''));
    triggers.issuance.certificateRequestChanged('other/r-1', undefined, request('chat-wss', { namespace: 'other' }));
    assert.deepEqual(woken, ['chat/chat', 'chat/shared']);
  });

  test('that says nothing new wakes nobody', () => {
    triggers.issuance.certificateRequestChanged('chat/r-1', request('chat-wss'), request('chat-wss'));
    assert.deepEqual(woken, []);
    triggers.issuance.certificateRequestChanged(
      'chat/r-1',
      request('chat-wss'),
      request('chat-wss', { readyReason: 'Issued' }),
    );
    assert.deepEqual(woken, ['chat/chat']);
  });

  test('is found by its Certificate until it is gone', () => {
    triggers.issuance.certificateRequestChanged('chat/r-1', undefined, request('chat-wss'));
    triggers.issuance.certificateRequestChanged('chat/r-2', undefined, request('chat-wss', { revision: 2 }));
    assert.deepEqual([...triggers.issuance.requestsOf('chat/chat-wss')], ['chat/r-1', 'chat/r-2']);
    woken.length = 0;
    triggers.issuance.certificateRequestChanged('chat/r-1', request('chat-wss'), undefined);
    assert.deepEqual([...triggers.issuance.requestsOf('chat/chat-wss')], ['chat/r-2']);
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
    triggers.issuance.certificateRequestChanged('chat/r-1', undefined, request('chat-wss'));
    woken.length = 0;
  });

  test('wake the route by their owners, when they say anything new', () => {
    triggers.issuance.orderChanged('chat/r-1-2', undefined, order);
    triggers.issuance.challengeChanged('chat/r-1-2-3', undefined, challenge);
    assert.deepEqual(woken, ['chat/chat', 'chat/chat']);
    triggers.issuance.orderChanged('chat/r-1-2', order, { ...order });
    triggers.issuance.challengeChanged('chat/r-1-2-3', challenge, { ...challenge });
    assert.equal(woken.length, 2);
    triggers.issuance.challengeChanged('chat/r-1-2-3', challenge, { ...challenge, reason: 'wrong status code' });
    triggers.issuance.challengeChanged('chat/r-1-2-3', challenge, undefined);
    assert.equal(woken.length, 4);
  });

  test('of another namespace wake nobody', () => {
    triggers.issuance.orderChanged('other/r-1-2', undefined, order);
    triggers.issuance.challengeChanged('other/r-1-2-3', undefined, challenge);
    assert.deepEqual(woken, []);
  });

  test('are found by their owners until they are done', () => {
    triggers.issuance.orderChanged('chat/r-1-2', undefined, order);
    triggers.issuance.challengeChanged('chat/r-1-2-3', undefined, challenge);
    assert.deepEqual([...triggers.issuance.ordersOf('chat/r-1')], ['chat/r-1-2']);
    assert.deepEqual([...triggers.issuance.challengesOf('chat/r-1-2')], ['chat/r-1-2-3']);
    woken.length = 0;
    triggers.issuance.orderChanged('chat/r-1-2', order, done);
    assert.deepEqual([...triggers.issuance.ordersOf('chat/r-1')], []);
    assert.deepEqual(woken, ['chat/chat'], 'the end is news');
    triggers.issuance.challengeChanged('chat/r-1-2-3', challenge, undefined);
    assert.deepEqual([...triggers.issuance.challengesOf('chat/r-1-2')], []);
  });
});

describe('routes that want the same host and path', () => {
  const judged = { unable: new Set<string>(), unjudged: new Set<string>() };
  const route = exampleRoute();
  const other = exampleRoute({}, { name: 'other', uid: 'o' });
  const ownerReferences = [
    { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', uid: 'u', controller: true },
  ];
  const ingress = projectIngress({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'chat-wss', namespace: 'chat', ownerReferences },
    spec: { ingressClassName: 'nginx', rules: [{ host: 'chat.example.com', http: { paths: [{ path: '/ws' }] } }] },
  });

  test('wake each other when it is known whether one can be served, and when what it serves is another', () => {
    const woken: string[] = [];
    const triggers = new Triggers((key) => woken.push(key));
    const take = () => woken.splice(0);
    triggers.routeChanged('chat/chat', route);
    triggers.routeChanged('chat/other', other);
    take();
    triggers.judged('chat/chat', route, judged);
    assert.deepEqual(take(), ['chat/other']);
    triggers.judged('chat/chat', route, judged);
    assert.deepEqual(take(), []);
    triggers.servingChanged('Ingress', 'chat/chat-wss', undefined, ingress);
    assert.deepEqual(new Set(take()), new Set(['chat/chat', 'chat/other']));
    triggers.servingChanged('Ingress', 'chat/chat-wss', ingress, { ...ingress, content: '{}' });
    assert.deepEqual(take(), ['chat/chat']);
    triggers.routeChanged('chat/chat', exampleRoute({}, { generation: 2 }));
    assert.equal(triggers.abilityOf('chat/chat', 'nginx chat.example.com /ws'), 'unjudged');
  });
});

test('the TLS of a host is not lost because an HTTPRoute has the name of its Ingress', () => {
  const triggers = new Triggers(() => {});
  const ingress = projectIngress({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'website', namespace: 'web', uid: 'i' },
    spec: { ingressClassName: 'nginx', tls: [{ secretName: 'tls' }], rules: [{ host: 'chat.example.com' }] },
  });
  triggers.servingChanged('Ingress', 'web/website', undefined, ingress);
  triggers.servingChanged('HTTPRoute', 'web/website', undefined, { ...ingress, kind: 'HTTPRoute', claims: [] });
  assert.equal(triggers.tlsHolderAt('nginx chat.example.com')?.ingress.name, 'website');
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
