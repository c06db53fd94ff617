import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { createIssuer, renewCertificate } from '../support/issuance.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  certificatePath,
  createIngressClass,
  createNamespace,
  findCondition,
  routePath,
  waitForCondition,
} from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listWrites, settle } from '../support/writes.ts';

const namespace = 'shop';
const timeoutMs = 30_000;
const issued = { type: 'CertificateReady', status: 'True' };
const tls = { issuerRef: { name: 'own-ca' }, publishCA: true };

function configMapPath(name: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps/${name}`;
}

function foreignMap(name: string, labels: object = {}): ApiObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, labels }, data: { 'ca.crt': 'mine' } };
}

describe('publishCA', () => {
  let rig: Rig;
  let operator: Operator;
  let root: string;
  const path = configMapPath('chat-wss-ca');
  const route = routePath(namespace, 'chat');

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager'] });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, namespace);
    root = String(new X509Certificate(await createIssuer(rig, namespace)));
    operator = await startOperator(rig);
    await applyObjects(rig, [buildRoute(namespace, 'chat', { tls })]);
    await waitForCondition(rig, namespace, 'chat', issued, timeoutMs);
    await waitForRoot();
    await settle(rig, operator, route);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  function waitForRoot(at = path): Promise<ApiObject> {
    const wait = { what: `the root in ${at}`, timeoutMs };
    return rig.client.waitFor(at, (found) => found?.data?.['ca.crt'] === root, wait);
  }

  test('tells the root of the issuer, in a ConfigMap that goes with the route', async () => {
    const { data, metadata } = await rig.client.get(path);
    assert.deepEqual(data, { 'ca.crt': root });
    const { uid } = (await rig.client.get(route)).metadata;
    assert.deepEqual(metadata.labels, { 'app.kubernetes.io/managed-by': 'wss-operator', 'wssroute.dev/route': 'chat' });
    assert.equal(metadata.ownerReferences[0].uid, uid);
    const supported = findCondition(await rig.client.get(route), 'FieldsSupported');
    assert.equal(supported?.status, 'True', supported?.message);
  });

  test('costs one write, and none at a restart', async () => {
    const mark = rig.audit.mark();
    await operator.stop();
    operator = await startOperator(rig);
    await settle(rig, operator, route);
    assert.deepEqual(listWrites(rig, mark), []);
  });

  test('is restored when it is edited, and what others put beside it stays', async () => {
    const mark = rig.audit.mark();
    await rig.client.patch(path, { data: { 'ca.crt': 'forged', other: 'kept' } });
    const restored = await waitForRoot();
    assert.equal(restored.data.other, 'kept');
    await settle(rig, operator, route);
    assert.deepEqual(listWrites(rig, mark), ['configmaps shop/chat-wss-ca']);
  });

  test('is made again when it is deleted', async () => {
    await rig.client.delete(path);
    await waitForRoot();
  });

  test('gets its label back, by which alone the operator sees it', async () => {
    const { uid } = (await rig.client.get(path)).metadata;
    await rig.client.patch(path, { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } });
    const wait = { what: 'the label', timeoutMs };
    const found = await rig.client.waitFor(
      path,
      (each) => each?.metadata.labels['app.kubernetes.io/managed-by'] === 'wss-operator',
      wait,
    );
    assert.equal(found.metadata.uid, uid);
    await settle(rig, operator, route);
  });

  test('stays through a renewal, which writes nothing to it', async () => {
    const { resourceVersion } = (await rig.client.get(path)).metadata;
    const mark = rig.audit.mark();
    await renewCertificate(rig, namespace, 'chat-wss');
    await rig.client.waitFor(certificatePath(namespace, 'chat-wss'), (found) => found?.status.revision === 2, {
      what: 'the second revision',
      timeoutMs,
    });
    await waitForCondition(rig, namespace, 'chat', issued, timeoutMs);
    await settle(rig, operator, route);
    assert.equal((await rig.client.get(path)).metadata.resourceVersion, resourceVersion);
    assert.deepEqual(
      listWrites(rig, mark).filter((write) => !write.startsWith('wssroutes/status')),
      [],
    );
  });

  test('serves a route that shares the Certificate', async () => {
    const shared = { tls: { certificateRef: { name: 'chat-wss' }, publishCA: true } };
    await applyObjects(rig, [
      buildRoute(namespace, 'guest', {
        ...shared,
        hosts: ['chat.shop.example.com'],
        paths: [{ path: '/guest', service: { name: 'chat', port: 8080 } }],
      }),
    ]);
    await waitForRoot(configMapPath('guest-wss-ca'));
  });

  test('goes with the route, and is removed when it is not asked for any more', async () => {
    await rig.client.delete(routePath(namespace, 'guest'));
    await rig.client.waitFor(configMapPath('guest-wss-ca'), (found) => found === undefined, {
      what: 'the garbage collector',
      // It looks for kinds that are new to it every half a minute.
      timeoutMs: 60_000,
    });
    await rig.client.patch(route, { spec: { tls: { publishCA: false } } });
    await rig.client.waitFor(path, (found) => found === undefined, { what: 'the ConfigMap to go', timeoutMs });
    await waitForCondition(rig, namespace, 'chat', issued, timeoutMs);
    await settle(rig, operator, route);
  });

  for (const [name, labels] of [
    ['seen', { 'app.kubernetes.io/managed-by': 'wss-operator' }],
    ['unseen', {}],
  ] as const) {
    test(`takes no ConfigMap of somebody else over (${name}), says so, and goes on when it has gone`, async () => {
      const at = configMapPath(`${name}-wss-ca`);
      await applyObjects(rig, [foreignMap(`${name}-wss-ca`, labels)]);
      const before = await rig.client.get(at);
      await applyObjects(rig, [buildRoute(namespace, name, { tls })]);
      const blocked = { type: 'Accepted', status: 'False', reason: 'NameTaken' };
      const told = await waitForCondition(rig, namespace, name, blocked, timeoutMs);
      assert.match(
        findCondition(told, 'Accepted')?.message,
        new RegExp(`ConfigMap "${name}-wss-ca" is needed, but exists and does not belong to the route`),
      );
      assert.notEqual(findCondition(told, 'Programmed')?.reason, 'ApplyFailed');
      assert.deepEqual(await rig.client.get(at), before);
      await rig.client.delete(at);
      await waitForRoot(at);
      await waitForCondition(rig, namespace, name, { type: 'Accepted', status: 'True' }, timeoutMs);
    });
  }

  test('says why there is nothing to publish, and publishes nothing', async () => {
    const request = async () => {
      const { items } = await rig.client.get(`/apis/cert-manager.io/v1/namespaces/${namespace}/certificaterequests`);
      return items.find(({ metadata }: ApiObject) => metadata.ownerReferences?.[0]?.name === 'silent-wss');
    };
    await applyObjects(rig, [buildRoute(namespace, 'silent', { tls: { issuerRef: { name: 'own-ca' } } })]);
    await waitForCondition(rig, namespace, 'silent', issued, timeoutMs);
    // What an ACME issuer leaves out.
    const found = await request();
    const { ca: _, ...status } = found.status;
    await rig.client.replace(
      `/apis/cert-manager.io/v1/namespaces/${namespace}/certificaterequests/${found.metadata.name}/status`,
      { ...found, status },
    );
    assert.equal((await request()).status.ca, undefined);
    await rig.client.patch(routePath(namespace, 'silent'), { spec: { tls: { publishCA: true } } });
    const told = await waitForCondition(
      rig,
      namespace,
      'silent',
      { type: 'FieldsSupported', status: 'False' },
      timeoutMs,
    );
    assert.match(
      findCondition(told, 'FieldsSupported')?.message,
      /spec\.tls\.publishCA is unsupported: the issuer told no authority/,
    );
    assert.equal(await rig.client.find(configMapPath('silent-wss-ca')), undefined);
  });

  test('leaves nothing failing', async () => {
    await waitUntil(
      async () => (await operator.metric('workqueue_depth{name="wssroute",controller="wssroute"}')) === 0,
      {
        what: 'the queue to be empty',
        timeoutMs,
      },
    );
    const errors = (await operator.readLog()).filter(({ level }) => level === 'error' || level === 50);
    assert.deepEqual(errors, []);
  });
});
