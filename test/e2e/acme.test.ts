import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createAcmeIssuer } from '../support/acme-issuer.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { publishBackend } from '../support/backend.ts';
import { countReloads } from '../support/ingress-nginx/rendered-conf.ts';
import { renewCertificate } from '../support/issuance.ts';
import { ingressNginxOf, proveRoute, waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { fetchPlain } from '../support/plain-http.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, ingressPath, routePath, waitForCondition } from '../support/routes.ts';
import { readServedCertificate } from '../support/served-certificate.ts';
import { closeSocket, echo, openSocket } from '../support/socket.ts';
import { SolverPlayer } from '../support/solver-player.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listWrites, settle } from '../support/writes.ts';

const tls = { issuerRef: { name: 'acme', kind: 'ClusterIssuer' } };
const sockets = 200;

describe('certificates of an ACME server, proved by HTTP-01 through the controller of the route', () => {
  let rig: Rig;
  let operator: Operator;
  let root: string;
  let address: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend', 'acme'] });
    assert.ok(rig.acme);
    root = await rig.acme.readRoot();
    address = ingressNginxOf(rig).address;
    await installOperator(rig);
    await createAcmeIssuer(rig, { ingressClassName: 'nginx' });
    operator = await startOperator(rig, { args: ['--verification'] });
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  /** A namespace with a backend, where solvers run until the test is over; `begin` starts them. */
  async function prepare(context: TestContext, namespace: string): Promise<() => Promise<void>> {
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    await publishBackend(rig, { namespace, name: 'chat', port: 8080 });
    return async () => {
      const player = await SolverPlayer.start(rig, namespace);
      context.after(() => player.stop());
    };
  }

  async function waitForPlain(host: string, path: string, status: number): Promise<void> {
    const what = `http://${host}${path} to answer ${status}`;
    await waitUntil(async () => (await fetchPlain(address, host, path)).status === status, { what, timeoutMs: 20_000 });
  }

  /** Waits for words in the condition CertificateReady. */
  async function waitForWords(namespace: string, words: RegExp): Promise<ApiObject> {
    const route = await rig.client.waitFor(
      routePath(namespace, 'chat'),
      (found) => words.test(findCondition(found, 'CertificateReady')?.message ?? ''),
      { what: `CertificateReady to say ${words}`, timeoutMs: 60_000 },
    );
    return findCondition(route, 'CertificateReady');
  }

  test('a route becomes Ready from nothing, and says what cert-manager waits for meanwhile', async (context) => {
    const host = 'chat.first.example.com';
    const beginSolving = await prepare(context, 'first');
    const since = rig.audit.mark();
    const started = performance.now();
    await applyObjects(rig, [buildRoute('first', 'chat', { tls })]);
    const waiting = await waitForWords('first', /Waiting for HTTP-01.*wrong status code/);
    console.log(`# ${waiting.message}`);
    assert.deepEqual([waiting.status, waiting.reason], ['False', 'Issuing']);
    assert.match(
      waiting.message,
      /^Certificate "chat-wss": Order "chat-wss-1-\d+" is pending; Challenge HTTP-01 for chat\.first\.example\.com is pending: Waiting for HTTP-01 challenge propagation: wrong status code '(?:404|503)', expected '200'$/,
    );
    const [challenge] = await rig.client.list('/apis/acme.cert-manager.io/v1/namespaces/first/challenges');
    await waitForPlain(host, '/ws', 308);
    // Nobody solves yet: what matters is that it is not sent away.
    await waitForPlain(host, `/.well-known/acme-challenge/${challenge.spec.token}`, 503);
    await beginSolving();
    await waitUntilReady(rig, 'first', 'chat');
    console.log(`# from apply to Ready: ${Math.round((performance.now() - started) / 1000)} s`);
    await proveRoute(rig, `wss://${host}/ws`, root);
    const writes = listWrites(rig, since);
    console.log(`# ${writes.length} writes: ${writes.join(', ')}`);
    const ingresses = writes.filter((write) => write.startsWith('ingresses'));
    assert.deepEqual(ingresses, ['ingresses first/chat-wss'], "the solver's Ingress is left alone");
  });

  test('an issuer that is not there is named', async (context) => {
    await prepare(context, 'missing');
    const issuerRef = { name: 'nobody', kind: 'ClusterIssuer' };
    await applyObjects(rig, [buildRoute('missing', 'chat', { tls: { issuerRef } })]);
    const { reason, message } = await waitForWords('missing', /"nobody" not found/);
    assert.equal(reason, 'Issuing');
    assert.match(
      message,
      /^Certificate "chat-wss": CertificateRequest "chat-wss-1" is pending: Referenced "ClusterIssuer"/,
    );
  });

  test('a challenge in the Ingress of the route stays there until it is solved', async (context) => {
    const beginSolving = await prepare(context, 'inplace');
    const path = ingressPath('inplace', 'chat-wss');
    const since = rig.audit.mark();
    await createAcmeIssuer(rig, { name: 'chat-wss' }, 'inplace');
    await applyObjects(rig, [buildRoute('inplace', 'chat', { tls: { issuerRef: { name: 'acme' } } })]);
    const pathsOf = (ingress: ApiObject): string[] =>
      ingress?.spec.rules[0].http.paths.map((each: ApiObject) => each.path) ?? [];
    const isChallenge = (each: string) => each.startsWith('/.well-known/acme-challenge/');
    await rig.client.waitFor(path, (ingress) => pathsOf(ingress).some(isChallenge), {
      what: 'the path of the challenge',
      timeoutMs: 30_000,
    });
    await settle(rig, operator, routePath('inplace', 'chat'));
    assert.ok(pathsOf(await rig.client.get(path)).some(isChallenge), 'the operator has left it there');
    await beginSolving();
    await waitUntilReady(rig, 'inplace', 'chat');
    await rig.client.waitFor(path, (ingress) => !pathsOf(ingress).some(isChallenge), {
      what: 'the path of the challenge to go',
      timeoutMs: 30_000,
    });
    await settle(rig, operator, routePath('inplace', 'chat'));
    const ingresses = listWrites(rig, since).filter((write) => write.startsWith('ingresses'));
    assert.deepEqual(ingresses, ['ingresses inplace/chat-wss'], 'written once, and not fought over');
    await proveRoute(rig, 'wss://chat.inplace.example.com/ws', root);
  });

  test('a challenge that fails is told in the words of the ACME server, and once it is cured the route is Ready', async (context) => {
    const host = 'chat.failing.example.com';
    const beginSolving = await prepare(context, 'failing');
    await beginSolving();
    assert.ok(rig.acme && rig.backend);
    // For the ACME server alone the name leads elsewhere, where nobody listens on port 80.
    rig.acme.publicNames.set(host, rig.backend.address);
    await applyObjects(rig, [buildRoute('failing', 'chat', { tls })]);
    const failed = { type: 'CertificateReady', status: 'False', reason: 'IssuanceFailed' };
    await waitForCondition(rig, 'failing', 'chat', failed, 60_000);
    const { message } = await waitForWords('failing', /Order "[^"]+" is invalid; Challenge HTTP-01 .* is invalid/);
    console.log(`# ${message}`);
    assert.match(message, /will be retried.*; Order "chat-wss-1-\d+" is invalid; Challenge HTTP-01 for chat\.failing/);
    assert.match(message, /urn:ietf:params:acme:error:connection: .*connection refused/);
    assert.doesNotMatch(message, /\n/);
    await waitForCondition(rig, 'failing', 'chat', { ...failed, type: 'Ready' });
    const event = await waitUntil(
      async () => {
        const events = await rig.client.list('/apis/events.k8s.io/v1/namespaces/failing/events');
        return events.find(({ reason, regarding }) => reason === 'IssuanceFailed' && regarding.kind === 'WssRoute');
      },
      { what: 'the Event', timeoutMs: 20_000 },
    );
    assert.equal(event.type, 'Warning');
    assert.match(event.note, /connection refused/);

    rig.acme.publicNames.delete(host);
    await renewCertificate(rig, 'failing', 'chat-wss');
    await waitUntilReady(rig, 'failing', 'chat');
    await proveRoute(rig, `wss://${host}/ws`, root);
  });

  test(`a renewal cuts none of ${sockets} sockets and writes nothing`, async (context) => {
    const host = 'chat.first.example.com';
    const url = `wss://${host}/ws`;
    const open = await Promise.all(Array.from({ length: sockets }, () => openSocket(url, { ca: root, address })));
    context.after(() => Promise.all(open.map(closeSocket)));
    let cut = 0;
    for (const socket of open) socket.on('close', () => (cut += 1));
    const shown = await readServedCertificate(address, host);
    const { metadata } = await rig.client.get(ingressPath('first', 'chat-wss'));
    const reloads = await countReloads(ingressNginxOf(rig));
    const since = rig.audit.mark();
    const started = performance.now();
    await renewCertificate(rig, 'first', 'chat-wss');
    const renewed = await waitUntil(
      async () => {
        const now = await readServedCertificate(address, host);
        return now.serialNumber !== shown.serialNumber && now;
      },
      { what: 'another certificate to be served', timeoutMs: 90_000, intervalMs: 200 },
    );
    const seconds = Math.round((performance.now() - started) / 1000);
    await rig.client.waitFor(
      routePath('first', 'chat'),
      (route) => Date.parse(route?.status.certificate.notAfter) === Date.parse(renewed.validTo),
      { what: 'the new end of validity in the status', timeoutMs: 15_000 },
    );
    await settle(rig, operator, routePath('first', 'chat'));
    // A reload would cut all of them 5 s later, the `worker-shutdown-timeout` of the rig. Only a challenge takes one, and none is asked for.
    const challenges = rig.audit.writes({ since }).filter(({ resource }) => resource === 'ingresses');
    assert.deepEqual(challenges, []);
    assert.equal((await countReloads(ingressNginxOf(rig))) - reloads, 0);
    console.log(`# renewed after ${seconds} s; ${cut} of ${sockets} sockets cut`);
    assert.equal(cut, 0);
    const answers = await Promise.all(open.map((socket, index) => echo(socket, `still ${index}`)));
    assert.deepEqual(
      answers.map(({ data }) => data.toString()),
      open.map((_, index) => `still ${index}`),
    );
    const children = listWrites(rig, since).filter((write) => !write.startsWith('wssroutes/status'));
    assert.deepEqual(children, []);
    const after = await rig.client.get(ingressPath('first', 'chat-wss'));
    assert.equal(after.metadata.generation, metadata.generation);
    assert.equal(findCondition(await rig.client.get(routePath('first', 'chat')), 'Ready')?.status, 'True');
    await proveRoute(rig, url, root);
  });
});
