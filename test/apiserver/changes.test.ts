import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  certificatePath,
  createIngressClass,
  createNamespace,
  ingressPath,
  routePath,
  waitForCondition,
} from '../support/routes.ts';
import { listWrites, settle } from '../support/writes.ts';

const timeout = 20_000;

describe('a change of the route, or of a child, writes what it concerns and nothing else', () => {
  let rig: Rig;
  let operator: Operator;
  const ingress = ingressPath('shop', 'chat-wss');
  const certificate = certificatePath('shop', 'chat-wss');
  const route = routePath('shop', 'chat');

  before(async () => {
    rig = await startRig({ parts: ['controller-manager'], installCertManagerCrds: true });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, 'shop');
    operator = await startOperator(rig);
    await applyObjects(rig, [buildRoute('shop', 'chat')]);
    await waitForCondition(rig, 'shop', 'chat', { type: 'Accepted', status: 'True' });
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  const changes: readonly {
    name: string;
    spec: ApiObject;
    writes: readonly string[];
    look: (rig: Rig) => Promise<boolean>;
  }[] = [
    {
      name: 'the port concerns the Ingress',
      spec: { paths: [{ path: '/ws', service: { name: 'chat', port: 'ws' } }] },
      writes: ['ingresses shop/chat-wss'],
      look: async ({ client }) =>
        (await client.get(ingress)).spec.rules[0].http.paths[0].backend.service.port.name === 'ws',
    },
    {
      name: 'the path concerns the Ingress',
      spec: { paths: [{ path: '/socket', service: { name: 'chat', port: 8080 } }] },
      writes: ['ingresses shop/chat-wss'],
      look: async ({ client }) => (await client.get(ingress)).spec.rules[0].http.paths[0].path === '/socket',
    },
    {
      name: 'the idle timeout concerns the Ingress',
      spec: { timeouts: { idle: '2h' } },
      writes: ['ingresses shop/chat-wss'],
      look: async ({ client }) =>
        (await client.get(ingress)).metadata.annotations['nginx.ingress.kubernetes.io/proxy-read-timeout'] === '7200',
    },
    {
      name: 'a limit that is added concerns the Ingress',
      spec: { limits: { connectionsPerClient: 7 } },
      writes: ['ingresses shop/chat-wss'],
      look: async ({ client }) =>
        (await client.get(ingress)).metadata.annotations['nginx.ingress.kubernetes.io/limit-connections'] === '7',
    },
    {
      name: 'a limit that is taken away is gone from the Ingress',
      spec: { limits: null },
      writes: ['ingresses shop/chat-wss'],
      look: async ({ client }) =>
        !('nginx.ingress.kubernetes.io/limit-connections' in (await client.get(ingress)).metadata.annotations),
    },
    {
      name: 'the issuer concerns the Certificate',
      spec: { tls: { issuerRef: { name: 'other-ca', kind: 'ClusterIssuer' } } },
      writes: ['certificates shop/chat-wss'],
      look: async ({ client }) => (await client.get(certificate)).spec.issuerRef.name === 'other-ca',
    },
    {
      name: 'the host concerns both',
      spec: { hosts: ['new.shop.example.com'] },
      writes: ['certificates shop/chat-wss', 'ingresses shop/chat-wss'],
      look: async ({ client }) => (await client.get(certificate)).spec.dnsNames[0] === 'new.shop.example.com',
    },
    {
      name: 'the order of hosts concerns nothing',
      spec: { hosts: ['new.shop.example.com'], paths: [{ path: '/socket', service: { name: 'chat', port: 8080 } }] },
      writes: [],
      look: async () => true,
    },
    {
      name: 'a Secret that is brought along replaces the Certificate',
      spec: { tls: { issuerRef: null, secretName: 'own' } },
      writes: ['certificates shop/chat-wss', 'ingresses shop/chat-wss'],
      look: async ({ client }) =>
        (await client.find(certificate)) === undefined && (await client.get(ingress)).spec.tls[0].secretName === 'own',
    },
  ];

  for (const { name, spec, writes, look } of changes) {
    test(name, async () => {
      const mark = rig.audit.mark();
      const { metadata } = await rig.client.patch(route, { spec });
      await rig.client.waitFor(route, (found) => found?.status.observedGeneration === metadata.generation, {
        what: 'the operator to have looked at the change',
        timeoutMs: timeout,
      });
      await settle(rig, operator, route);
      assert.ok(await look(rig));
      const children = listWrites(rig, mark).filter((write) => !write.startsWith('wssroutes/status'));
      assert.deepEqual(children, writes);
    });
  }

  test('an edited child is restored, and what others own in it stays', async () => {
    await rig.client.patch(ingress, {
      metadata: { labels: { team: 'blue' }, annotations: { 'example.com/note': 'kept' } },
    });
    await settle(rig, operator, route);
    const mark = rig.audit.mark();
    const started = performance.now();
    await rig.client.patch(ingress, {
      metadata: { annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '1' } },
      spec: { rules: [{ host: 'evil.example.com' }] },
    });
    const restored = await rig.client.waitFor(
      ingress,
      (found) =>
        found?.metadata.annotations['nginx.ingress.kubernetes.io/proxy-read-timeout'] === '7200' &&
        found.spec.rules[0].host === 'new.shop.example.com',
      { what: 'the Ingress to be restored', timeoutMs: timeout },
    );
    console.log(`# restored after ${Math.round(performance.now() - started)} ms`);
    assert.equal(restored.metadata.labels.team, 'blue');
    assert.equal(restored.metadata.annotations['example.com/note'], 'kept');
    await settle(rig, operator, route);
    assert.deepEqual(listWrites(rig, mark), ['ingresses shop/chat-wss']);
  });

  test('marks of ownership that are taken away come back', async () => {
    await rig.client.patch(ingress, {
      metadata: { ownerReferences: null, labels: { 'app.kubernetes.io/managed-by': null } },
    });
    const restored = await rig.client.waitFor(ingress, (found) => found?.metadata.ownerReferences?.length === 1, {
      what: 'the owner reference to be restored',
      timeoutMs: timeout,
    });
    await settle(rig, operator, route);
    const { metadata } = await rig.client.get(ingress);
    assert.equal(restored.metadata.ownerReferences[0].name, 'chat');
    assert.equal(metadata.labels['app.kubernetes.io/managed-by'], 'wss-operator');
  });

  test('a deleted child is made again', async () => {
    const { metadata } = await rig.client.get(ingress);
    const started = performance.now();
    await rig.client.delete(ingress);
    await rig.client.waitFor(ingress, (found) => found !== undefined && found.metadata.uid !== metadata.uid, {
      what: 'the Ingress to be made again',
      timeoutMs: timeout,
    });
    console.log(`# made again after ${Math.round(performance.now() - started)} ms`);
  });

  test("cert-manager's challenge path in the Ingress is left alone, and survives a write of the operator", async () => {
    await settle(rig, operator, route);
    const { spec } = await rig.client.get(ingress);
    const [rule] = spec.rules;
    const challenge = {
      path: '/.well-known/acme-challenge/tAbC-_9',
      pathType: 'ImplementationSpecific',
      backend: { service: { name: 'cm-acme-http-solver-x', port: { number: 8089 } } },
    };
    const paths = [challenge, ...rule.http.paths];
    const mark = rig.audit.mark();
    await rig.client.patch(ingress, { spec: { rules: [{ ...rule, http: { paths } }] } });
    await settle(rig, operator, route);
    assert.deepEqual(listWrites(rig, mark), []);
    await rig.client.patch(route, { spec: { timeouts: { idle: '3h' } } });
    const changed = await rig.client.waitFor(
      ingress,
      (found) => found?.metadata.annotations['nginx.ingress.kubernetes.io/proxy-read-timeout'] === '10800',
      { what: 'the timeout to arrive', timeoutMs: timeout },
    );
    assert.deepEqual(changed.spec.rules[0].http.paths[0], challenge);
    await settle(rig, operator, route);
    const afterCleanUp = rig.audit.mark();
    await rig.client.patch(ingress, { spec: { rules: [rule] } });
    await settle(rig, operator, route);
    assert.deepEqual(listWrites(rig, afterCleanUp), []);
    assert.deepEqual((await rig.client.get(ingress)).spec.rules, [rule]);
  });

  test('an object that is not the route’s is never taken over', async () => {
    const taken = ingressPath('shop', 'squat-wss');
    await rig.client.create('/apis/networking.k8s.io/v1/namespaces/shop/ingresses', {
      metadata: { name: 'squat-wss' },
      spec: { defaultBackend: { service: { name: 'chat', port: { number: 8080 } } } },
    });
    await applyObjects(rig, [buildRoute('shop', 'squat')]);
    await waitForCondition(rig, 'shop', 'squat', { type: 'Accepted', status: 'False', reason: 'NameTaken' });
    const { metadata } = await rig.client.get(taken);
    assert.deepEqual([metadata.ownerReferences, metadata.labels], [undefined, undefined]);
    await rig.client.delete(taken);
    await waitForCondition(rig, 'shop', 'squat', { type: 'Accepted', status: 'True' });
  });

  test('deleting the route deletes its children by the garbage collector', async () => {
    const mark = rig.audit.mark();
    await rig.client.delete(route);
    await rig.client.waitFor(ingress, (found) => found === undefined, {
      what: 'the Ingress to be gone',
      timeoutMs: 60_000,
    });
    assert.deepEqual(listWrites(rig, mark), []);
  });
});
