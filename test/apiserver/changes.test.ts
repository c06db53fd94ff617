import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import type { AuditMark } from '../support/audit-log.ts';
import { applyObjects, installOperator, type Operator, operatorUser, startOperator } from '../support/operator.ts';
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
      name: 'the hosts concern both',
      spec: { hosts: ['new.shop.example.com', 'also.shop.example.com'] },
      writes: ['certificates shop/chat-wss', 'ingresses shop/chat-wss'],
      look: async ({ client }) => (await client.get(certificate)).spec.dnsNames.includes('new.shop.example.com'),
    },
    {
      name: 'the order of hosts concerns nothing',
      spec: { hosts: ['also.shop.example.com', 'new.shop.example.com'] },
      writes: [],
      look: async ({ client }) => (await client.get(ingress)).spec.rules.length === 2,
    },
    {
      name: 'a host that is taken away is gone from both',
      spec: { hosts: ['new.shop.example.com'] },
      writes: ['certificates shop/chat-wss', 'ingresses shop/chat-wss'],
      look: async ({ client }) => (await client.get(certificate)).spec.dnsNames.join() === 'new.shop.example.com',
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
      const { generation } = (await rig.client.get(route)).metadata;
      const { metadata } = await rig.client.patch(route, { spec });
      assert.equal(metadata.generation, generation + 1, 'the patch has changed nothing');
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
    assert.equal(restored.metadata.labels.team, 'blue');
    assert.equal(restored.metadata.annotations['example.com/note'], 'kept');
    await settle(rig, operator, route);
    assert.deepEqual(listWrites(rig, mark), ['ingresses shop/chat-wss']);
    expectSoon(mark, 'ingresses', 'chat-wss');
  });

  test('an edited Certificate is restored, and what others own in it stays', async () => {
    await applyObjects(rig, [buildRoute('shop', 'issued')]);
    await waitForCondition(rig, 'shop', 'issued', { type: 'Accepted', status: 'True' });
    const issued = certificatePath('shop', 'issued-wss');
    const { spec } = await rig.client.get(issued);
    await rig.client.patch(issued, { metadata: { labels: { team: 'blue' } }, spec: { revisionHistoryLimit: 3 } });
    await settle(rig, operator, routePath('shop', 'issued'));
    const mark = rig.audit.mark();
    await rig.client.patch(issued, {
      metadata: { labels: { 'wssroute.dev/route': null } },
      spec: { dnsNames: ['evil.example.com'], issuerRef: { name: 'evil' } },
    });
    const restored = await rig.client.waitFor(issued, (found) => found?.spec.issuerRef.name === spec.issuerRef.name, {
      what: 'the Certificate to be restored',
      timeoutMs: timeout,
    });
    assert.deepEqual(restored.spec, { ...spec, revisionHistoryLimit: 3 });
    assert.equal(restored.metadata.labels.team, 'blue');
    assert.equal(restored.metadata.labels['wssroute.dev/route'], 'issued');
    await settle(rig, operator, routePath('shop', 'issued'));
    assert.deepEqual(listWrites(rig, mark), ['certificates shop/issued-wss']);
    expectSoon(mark, 'certificates', 'issued-wss');
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
    const mark = rig.audit.mark();
    await rig.client.delete(ingress);
    await rig.client.waitFor(ingress, (found) => found !== undefined && found.metadata.uid !== metadata.uid, {
      what: 'the Ingress to be made again',
      timeoutMs: timeout,
    });
    await settle(rig, operator, route);
    expectSoon(mark, 'ingresses', 'chat-wss');
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

  test('deleting a route deletes its Ingress and its Certificate by the garbage collector', async () => {
    const children = [ingressPath('shop', 'issued-wss'), certificatePath('shop', 'issued-wss')];
    for (const child of children) await rig.client.get(child);
    const mark = rig.audit.mark();
    await rig.client.delete(routePath('shop', 'issued'));
    for (const child of children) {
      await rig.client.waitFor(child, (found) => found === undefined, {
        what: `${child} to be gone`,
        timeoutMs: 60_000,
      });
    }
    assert.deepEqual(listWrites(rig, mark), []);
  });

  /** Somebody has written to an object since the mark, and then the operator: within a second, by the API server's own clock. */
  function expectSoon(since: AuditMark, resource: string, name: string): void {
    const writes = rig.audit.writes({ since }).filter((write) => write.resource === resource && write.name === name);
    assert.deepEqual(
      writes.map(({ user }) => user === operatorUser),
      [false, true],
    );
    const [foreign = 0, own = 0] = writes.map(({ time }) => Date.parse(time));
    assert.ok(own - foreign < 1_000, `after ${own - foreign} ms`);
  }
});
