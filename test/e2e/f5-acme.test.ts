import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAcmeIssuer } from '../support/acme-issuer.ts';
import { publishBackend } from '../support/backend.ts';
import { F5_ADDRESS, F5_CONTROLLER, F5Player } from '../support/f5-player.ts';
import { waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, routePath } from '../support/routes.ts';
import { closeSocket, echo, openSocket } from '../support/socket.ts';
import { SolverPlayer } from '../support/solver-player.ts';
import { waitUntil } from '../support/wait-until.ts';

const host = 'chat.first.example.com';
const ingressClassName = 'nginx-f5';
const challengesPath = '/apis/acme.cert-manager.io/v1/namespaces/first/challenges';

/** The controller is a stand-in that was made after the real one: see test/support/README.md. cert-manager and pebble are the real ones. */
describe('a certificate of an ACME server, proved by HTTP-01 through F5 NGINX', () => {
  let rig: Rig;
  let operator: Operator;
  let player: F5Player;
  let solver: SolverPlayer;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'backend', 'acme'] });
    assert.ok(rig.acme);
    for (const names of [rig.acme.clusterNames, rig.acme.publicNames]) names.set(host, F5_ADDRESS);
    await installOperator(rig);
    const apiVersion = 'networking.k8s.io/v1';
    const spec = { controller: F5_CONTROLLER };
    await applyObjects(rig, [
      { apiVersion, kind: 'IngressClass', metadata: { name: ingressClassName }, spec },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'first' } },
    ]);
    await publishBackend(rig, { namespace: 'first', name: 'chat', port: 8080 });
    player = await F5Player.start(rig, { isServing: true });
    solver = await SolverPlayer.start(rig, 'first');
    operator = await startOperator(rig, { args: ['--verification'] });
  });

  after(async () => {
    await operator?.stop();
    await solver?.stop();
    await player?.stop();
    await rig?.stop();
  });

  test('waits for ever where the solver is a plain Ingress, and CertificateReady has the cure', async () => {
    await createAcmeIssuer(rig, { ingressClassName });
    const tls = { issuerRef: { name: 'acme', kind: 'ClusterIssuer' } };
    await applyObjects(rig, [buildRoute('first', 'chat', { hosts: [host], ingressClassName, tls })]);
    const words =
      /turns away cert-manager's Ingress for chat\.first\.example\.com, .* nginx\.org\/mergeable-ingress-type: minion/;
    await rig.client.waitFor(
      routePath('first', 'chat'),
      (route) => words.test(findCondition(route, 'CertificateReady')?.message ?? ''),
      { what: `CertificateReady to say ${words}`, timeoutMs: 60_000 },
    );
  });

  test('is there, and the route Ready, with the template and a new challenge', async () => {
    assert.ok(rig.acme);
    const annotations = { 'nginx.org/mergeable-ingress-type': 'minion' };
    await createAcmeIssuer(rig, { ingressClassName, ingressTemplate: { metadata: { annotations } } });
    const [old] = await rig.client.list(challengesPath);
    await rig.client.delete(`${challengesPath}/${old?.metadata.name}`);
    const route = await waitUntilReady(rig, 'first', 'chat');
    assert.doesNotMatch(findCondition(route, 'CertificateReady')?.message ?? '', /turns away/);
    const socket = await openSocket(`wss://${host}/ws`, { ca: await rig.acme.readRoot(), address: F5_ADDRESS });
    assert.equal((await echo(socket, 'over TLS')).data.toString(), 'over TLS');
    await closeSocket(socket);
    await waitUntil(async () => (await rig.client.list(challengesPath)).length === 0, {
      what: 'the challenge to go',
      timeoutMs: 30_000,
    });
  });
});
