import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Condition } from '../../../src/api/wssroute.generated.ts';
import type {
  Observed,
  ObservedCertificateRequest,
  ObservedChallenge,
  ObservedOrder,
} from '../../../src/state/observed.ts';
import { projectCertificate } from '../../../src/state/project.ts';
import { composeStatus } from '../../../src/state/status.ts';
import { exampleRoute, gather, observe } from './example.ts';

const order: ObservedOrder = {
  ...{ name: 'chat-wss-1-22', uid: 'o', ownerName: 'chat-wss-1', ownerUid: 'r' },
  ...{ state: 'pending', reason: '' },
};

function request(readyReason?: string, message = ''): ObservedCertificateRequest {
  return {
    ...{ name: 'chat-wss-1', namespace: 'chat', uid: 'r', certificateName: 'chat-wss', certificateUid: 'c' },
    ...{ revision: 1, readyReason, message, ca: undefined },
  };
}

function challenge(name: string, state: string, reason = ''): ObservedChallenge {
  return { type: 'HTTP-01', name, ownerName: order.name, ownerUid: order.uid, state, reason };
}

/** CertificateReady of a route whose Certificate has the condition `Issuing`. */
function judge(issuing: object, facts: Partial<Observed>): Condition {
  const certificate = projectCertificate({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'chat-wss', namespace: 'chat' },
    spec: { secretName: 'chat-wss', dnsNames: ['chat.example.com'] },
    status: {
      conditions: [
        { type: 'Ready', status: 'False' },
        { type: 'Issuing', ...issuing },
      ],
    },
  });
  const status = composeStatus(gather(observe(exampleRoute(), { certificate, ...facts })), '2026-06-01T00:00:00Z');
  const condition = status.conditions?.find(({ type }) => type === 'CertificateReady');
  assert.ok(condition);
  return condition;
}

function wait(facts: Partial<Observed>): string {
  const { status, reason, message } = judge({ status: 'True', message: 'Secret does not exist' }, facts);
  assert.deepEqual([status, reason], ['False', 'Issuing']);
  assert.ok(message?.startsWith('Certificate "chat-wss": '), message);
  return message.slice('Certificate "chat-wss": '.length);
}

describe('while a certificate is being issued, the status says', () => {
  test('what the Certificate says, when nothing else is known', () => {
    assert.equal(wait({}), 'Secret does not exist');
    assert.equal(wait({ latestRequest: request() }), 'Secret does not exist');
  });

  test('what the issuer says of the request', () => {
    const latestRequest = request('Pending', 'Referenced "ClusterIssuer" not found');
    assert.equal(
      wait({ latestRequest }),
      'CertificateRequest "chat-wss-1" is pending: Referenced "ClusterIssuer" not found',
    );
  });

  test('nothing of what only names the Order', () => {
    for (const words of [
      'Created Order resource chat/chat-wss-1-22',
      'Waiting on certificate issuance from order chat/chat-wss-1-22: "pending"',
      'Waiting for order-controller to add certificate data to Order chat/chat-wss-1-22',
    ]) {
      assert.equal(wait({ latestRequest: request('Pending', words) }), 'Secret does not exist');
    }
  });

  test('nothing of a request that is done, or that failed before', () => {
    const facts = { order: { ...order, state: 'invalid' }, challenges: [] };
    assert.equal(wait({ latestRequest: request('Issued'), ...facts }), 'Secret does not exist');
    assert.equal(wait({ latestRequest: request('Failed', 'no'), ...facts }), 'Secret does not exist');
  });

  test('the Order and its Challenge, with the words of cert-manager', () => {
    const latestRequest = request('Pending', 'Created Order resource chat/chat-wss-1-22');
    assert.equal(wait({ latestRequest, order }), 'Order "chat-wss-1-22" is pending');
    const words = "Waiting for HTTP-01 challenge propagation: wrong status code '404', expected '200'";
    assert.equal(
      wait({ latestRequest, order, challenges: [challenge('chat.example.com', 'pending', words)] }),
      `Order "chat-wss-1-22" is pending; Challenge HTTP-01 for chat.example.com is pending: ${words}`,
    );
  });

  test('the Challenges that are not done: what failed first, then what has a reason, and no more than three', () => {
    const challenges = [
      challenge('a.example.com', 'valid', 'done'),
      challenge('e.example.com', 'pending'),
      challenge('d.example.com', 'pending'),
      challenge('c.example.com', 'pending', 'no route to host'),
      challenge('b.example.com', 'invalid', '403'),
    ];
    const words =
      'Order "chat-wss-1-22" is pending; Challenge HTTP-01 for b.example.com is invalid: 403; ' +
      'Challenge HTTP-01 for c.example.com is pending: no route to host; ' +
      'Challenge HTTP-01 for d.example.com is pending; further Challenges that are not done: 1';
    for (const each of [challenges, challenges.toReversed()]) {
      assert.equal(wait({ latestRequest: request('Pending'), order, challenges: each }), words);
    }
  });
});

describe('while the controller turns the solver away, the status says', () => {
  test('so at the end, with the cure', () => {
    const words = wait({
      latestRequest: request('Pending'),
      order,
      challenges: [challenge('chat.example.com', 'pending', 'Waiting for HTTP-01 challenge propagation')],
      strandedSolver: 'chat.example.com',
    });
    assert.match(
      words,
      /^Order "chat-wss-1-22" is pending; Challenge .* propagation; the controller turns away cert-manager's Ingress for chat\.example\.com, .* nginx\.org\/mergeable-ingress-type: minion in solvers\[\]/,
    );
  });
});

describe('when an issuance has failed, the status says', () => {
  const issuing = { status: 'False', reason: 'Failed', message: 'order is in "invalid" state: ' };

  test('the words of the ACME server, after those of cert-manager', () => {
    const { reason, message } = judge(issuing, {
      latestRequest: request('Failed', 'order is in "invalid" state: '),
      order: { ...order, state: 'invalid' },
      challenges: [challenge('chat.example.com', 'invalid', '403 urn:ietf:params:acme:error:unauthorized')],
    });
    assert.equal(reason, 'IssuanceFailed');
    assert.equal(
      message,
      'Certificate "chat-wss": order is in "invalid" state; Order "chat-wss-1-22" is invalid; ' +
        'Challenge HTTP-01 for chat.example.com is invalid: 403 urn:ietf:params:acme:error:unauthorized',
    );
  });

  test('nothing twice where the request says it all', () => {
    assert.equal(
      judge({ ...issuing, message: 'denied by policy' }, { latestRequest: request('Failed', 'denied by policy') })
        .message,
      'Certificate "chat-wss": denied by policy',
    );
  });

  test('all of it in one line of bounded length, whatever the server sends', () => {
    const evil = `<html>\n\u001b[31m\u202e${'x'.repeat(10_000)}`;
    const challenges = Array.from({ length: 9 }, (_, index) => challenge(`${index}.example.com`, 'invalid', evil));
    const { message = '' } = judge(issuing, { latestRequest: request('Failed'), order, challenges });
    assert.doesNotMatch(message, /[\p{Cc}\p{Cf}]/u);
    assert.ok(message.length <= 4096);
  });
});
