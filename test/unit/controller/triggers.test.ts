import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Triggers } from '../../../src/controller/triggers.ts';
import type { ObservedCertificateRequest } from '../../../src/state/observed.ts';
import { exampleRoute } from '../state/example.ts';

function request(
  certificateName: string,
  changes: Partial<ObservedCertificateRequest> = {},
): ObservedCertificateRequest {
  return {
    name: 'r-1',
    namespace: 'chat',
    uid: 'r',
    owner: undefined,
    certificateName,
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
