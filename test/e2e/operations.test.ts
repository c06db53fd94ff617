import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { shakeHands } from '../support/handshake.ts';
import { countReloads, findLocations, findServer } from '../support/ingress-nginx/rendered-conf.ts';
import { ingressNginxOf, waitUntilGone, waitUntilReady, waitUntilServed } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, operatorUser, startOperator } from '../support/operator.ts';
import { fetchPlain } from '../support/plain-http.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, ingressPath, routePath } from '../support/routes.ts';
import { closeSocket, echo, openSocket } from '../support/socket.ts';
import { listWrites, settle } from '../support/writes.ts';

describe('day two: what happens around a route that is in use', () => {
  let rig: Rig;
  let operator: Operator;
  let ca: string;
  let address: string;
  const url = 'wss://chat.east.example.com/ws';

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    address = ingressNginxOf(rig).address;
    ca = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    for (const namespace of ['east', 'west']) {
      await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
      await publishBackend(rig, { namespace, name: 'chat', port: 8080 });
    }
    operator = await startOperator(rig);
    await applyObjects(rig, [buildRoute('east', 'chat')]);
    await waitUntilReady(rig, 'east', 'chat');
    await waitUntilServed(rig, url, ca);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('changes around a route and a restart of the operator write nothing, reload nothing and close no socket', async () => {
    const socket = await openSocket(url, { ca, address });
    const reloads = await countReloads(ingressNginxOf(rig));
    const mark = rig.audit.mark();

    const stray = { namespace: 'east', name: 'stray' };
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: stray, data: { a: 'b' } }]);
    await rig.client.patch('/api/v1/namespaces/east/services/chat', { metadata: { labels: { team: 'blue' } } });
    await rig.client.patch(ingressPath('east', 'chat-wss'), { metadata: { labels: { team: 'blue' } } });
    await settle(rig, operator, routePath('east', 'chat'));
    assert.equal((await echo(socket, 'after the changes')).data.toString(), 'after the changes');

    assert.equal(await operator.stop(), 0);
    assert.equal((await echo(socket, 'without the operator')).data.toString(), 'without the operator');
    operator = await startOperator(rig);
    await settle(rig, operator, routePath('east', 'chat'));
    assert.equal((await echo(socket, 'after the restart')).data.toString(), 'after the restart');

    // Events included.
    assert.deepEqual(rig.audit.writes({ since: mark, user: operatorUser }), []);
    assert.equal(await countReloads(ingressNginxOf(rig)), reloads);
    await closeSocket(socket);
  });

  test('while a second route is added, every new connection of the first one works', async () => {
    const reloads = await countReloads(ingressNginxOf(rig));
    const mark = rig.audit.mark();
    const second = 'wss://second.east.example.com/ws';
    let isServed = false;
    let connections = 0;
    const added = applyObjects(rig, [buildRoute('east', 'second')])
      .then(() => waitUntilServed(rig, second, ca))
      .finally(() => {
        isServed = true;
      });
    while (!isServed) {
      const socket = await openSocket(url, { ca, address });
      assert.equal((await echo(socket, 'still here')).data.toString(), 'still here');
      await closeSocket(socket);
      connections += 1;
    }
    await added;
    const now = await countReloads(ingressNginxOf(rig));
    console.log(`# ${connections} connections of the first route, ${now - reloads} reloads`);
    assert.ok(connections > 10, `${connections} connections are no proof`);
    assert.ok(now > reloads, 'nginx has not been reloaded');
    await waitUntilReady(rig, 'east', 'second');
    const concerned = listWrites(rig, mark).filter((write) => write.includes('/chat'));
    assert.deepEqual(concerned, [], 'the first route is not written');
  });

  test('two routes of two namespaces share a host, each with its path', async () => {
    const host = 'shared.example.com';
    const elsewhere = { path: '/west', service: { name: 'chat', port: 8080 } };
    await applyObjects(rig, [
      buildRoute('east', 'shared', { hosts: [host] }),
      buildRoute('west', 'shared', { hosts: [host], paths: [elsewhere] }),
    ]);
    for (const namespace of ['east', 'west']) await waitUntilReady(rig, namespace, 'shared');
    for (const path of ['/ws', '/west']) {
      await waitUntilServed(rig, `wss://${host}${path}`, ca);
      const socket = await openSocket(`wss://${host}${path}`, { ca, address });
      assert.equal((await echo(socket, path)).data.toString(), path);
      await closeSocket(socket);
      assert.equal((await rig.backend?.requests())?.at(-1)?.url, path);
    }
    const locations = findLocations(await ingressNginxOf(rig).nginxConf(), host);
    assert.match(locations.get('= /ws') ?? '', /set \$proxy_upstream_name "east-chat-8080";/);
    assert.match(locations.get('= /west') ?? '', /set \$proxy_upstream_name "west-chat-8080";/);
  });

  test('when one of the two is deleted, the other one goes on', async () => {
    await rig.client.delete(routePath('east', 'shared'));
    const url = 'wss://shared.example.com';
    await waitUntilGone(rig, `${url}/ws`);
    // The certificate of the other namespace takes over.
    assert.equal((await shakeHands(`${url}/west`, { address, ca })).status, 101);
  });

  test('the host of a deleted route is served no more', async () => {
    const host = 'second.east.example.com';
    assert.notEqual(findServer(await ingressNginxOf(rig).nginxConf(), host), '');
    const mark = rig.audit.mark();
    const started = performance.now();
    await rig.client.delete(routePath('east', 'second'));
    // Unverified: ingress-nginx forgets the certificate of a host that is gone only when it is restarted
    // (rootfs/etc/nginx/lua/configuration.lua `handle_servers`).
    await waitUntilGone(rig, `wss://${host}/ws`);
    console.log(`# from delete to 404: ${Math.round(performance.now() - started)} ms`);
    assert.equal(findServer(await ingressNginxOf(rig).nginxConf(), host), '');
    assert.equal((await fetchPlain(address, host, '/ws')).status, 404);
    assert.deepEqual(listWrites(rig, mark), [], 'the garbage collector deletes the children');
    assert.equal((await shakeHands(url, { address, ca })).status, 101);
  });

  test('SIGTERM ends the operator with 0, within seconds, and its last word is that it has stopped', async () => {
    const started = performance.now();
    assert.equal(await operator.stop(), 0);
    const elapsed = performance.now() - started;
    console.log(`# SIGTERM to exit: ${Math.round(elapsed)} ms`);
    assert.ok(elapsed < 5_000, `${Math.round(elapsed)} ms`);
    const last = (await operator.readLog()).at(-1);
    assert.equal(last?.msg, 'stopped');
    // What it made goes on without it.
    assert.equal((await shakeHands(url, { address, ca })).status, 101);
  });
});
