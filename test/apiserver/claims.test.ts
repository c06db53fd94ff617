import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { applyObjects, installOperator, type Operator, operatorUser, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  certificatePath,
  createIngressClass,
  createNamespace,
  findCondition,
  ingressPath,
  routePath,
  waitForCondition,
} from '../support/routes.ts';
import { listWrites, settle } from '../support/writes.ts';

const shared = { hosts: ['shared.example.com'] };

describe('the oldest claim on a host and path wins', () => {
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager'], installCertManagerCrds: true });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, 'first');
    await createNamespace(rig, 'second');
    operator = await startOperator(rig);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('the younger of two routes is refused, and told by whom the host is served', async () => {
    await applyObjects(rig, [buildRoute('first', 'older', shared)]);
    await waitForCondition(rig, 'first', 'older', { type: 'Accepted', status: 'True' });
    await waitForNextSecond();
    await applyObjects(rig, [buildRoute('second', 'younger', shared)]);
    const route = await waitForCondition(rig, 'second', 'younger', {
      type: 'Accepted',
      status: 'False',
      reason: 'HostClaimed',
    });
    assert.match(findCondition(route, 'Accepted')?.message, /shared.example.com\/ws by WssRoute first\/older/);
    assert.equal(await rig.client.find(ingressPath('second', 'younger-wss')), undefined);
    await waitForCondition(rig, 'first', 'older', { type: 'Accepted', status: 'True' });
  });

  test('a restart of the operator changes nothing of it', async () => {
    const mark = rig.audit.mark();
    await operator.stop();
    operator = await startOperator(rig);
    await settle(rig, operator, routePath('second', 'younger'));
    assert.deepEqual(listWrites(rig, mark), []);
  });

  test('another path of the host, and the same host in another class, are free', async () => {
    const apiVersion = 'networking.k8s.io/v1';
    const spec = { controller: 'k8s.io/ingress-nginx' };
    await applyObjects(rig, [
      { apiVersion, kind: 'IngressClass', metadata: { name: 'internal' }, spec },
      buildRoute('second', 'elsewhere', {
        ...shared,
        paths: [{ path: '/other', service: { name: 'chat', port: 8080 } }],
      }),
      buildRoute('second', 'inside', { ...shared, ingressClassName: 'internal' }),
    ]);
    await waitForCondition(rig, 'second', 'elsewhere', { type: 'Accepted', status: 'True' });
    await waitForCondition(rig, 'second', 'inside', { type: 'Accepted', status: 'True' });
  });

  test('a route serves what it holds, and reports what it lost', async () => {
    await applyObjects(rig, [buildRoute('second', 'partly', { hosts: ['shared.example.com', 'free.example.com'] })]);
    const route = await waitForCondition(rig, 'second', 'partly', {
      type: 'Accepted',
      status: 'False',
      reason: 'HostClaimed',
    });
    assert.match(findCondition(route, 'Accepted')?.message, /the other hosts and paths are served/);
    const ingress = await rig.client.waitFor(ingressPath('second', 'partly-wss'), (found) => found !== undefined, {
      what: 'the Ingress of the rest',
      timeoutMs: 10_000,
    });
    assert.deepEqual(
      ingress.spec.rules.map(({ host }: { host: string }) => host),
      ['free.example.com'],
    );
    assert.deepEqual(ingress.spec.tls[0].hosts, ['free.example.com']);
    await rig.client.delete(routePath('second', 'partly'));
  });

  test('when the older route goes, the younger takes over by itself', async () => {
    await rig.client.delete(routePath('first', 'older'));
    await waitForCondition(rig, 'second', 'younger', { type: 'Accepted', status: 'True' });
    assert.ok(await rig.client.find(ingressPath('second', 'younger-wss')));
  });

  test('an older route that asks for a host later takes it over, and what served the younger is deleted', async () => {
    await applyObjects(rig, [buildRoute('first', 'elder', { hosts: ['elder.example.com'] })]);
    await waitForCondition(rig, 'first', 'elder', { type: 'Accepted', status: 'True' });
    await waitForNextSecond();
    await applyObjects(rig, [buildRoute('second', 'junior', { hosts: ['wanted.example.com'] })]);
    await waitForCondition(rig, 'second', 'junior', { type: 'Accepted', status: 'True' });
    const mark = rig.audit.mark();
    await rig.client.patch(routePath('first', 'elder'), {
      spec: { hosts: ['elder.example.com', 'wanted.example.com'] },
    });
    await waitForCondition(rig, 'second', 'junior', { type: 'Accepted', status: 'False', reason: 'HostClaimed' });
    for (const path of [ingressPath('second', 'junior-wss'), certificatePath('second', 'junior-wss')]) {
      await rig.client.waitFor(path, (child) => child === undefined, {
        what: 'what served the younger route to be deleted',
        timeoutMs: 10_000,
      });
    }
    const deletions = rig.audit.writes({ since: mark, user: operatorUser }).filter(({ verb }) => verb === 'delete');
    assert.deepEqual(deletions.map(({ resource, name }) => `${resource} ${name}`).sort(), [
      'certificates junior-wss',
      'ingresses junior-wss',
    ]);
  });

  test('an older route that asks for a host, and for which nothing can be written, takes nothing until it can be served', async () => {
    const ready = { hosts: ['ready.example.com'], tls: { secretName: 'mine' } };
    await applyObjects(rig, [buildRoute('first', 'patient', ready)]);
    await waitForCondition(rig, 'first', 'patient', { type: 'Accepted', status: 'True' });
    await waitForNextSecond();
    await applyObjects(rig, [buildRoute('second', 'serving', { hosts: ['served.example.com'] })]);
    await waitForCondition(rig, 'second', 'serving', { type: 'Accepted', status: 'True' });
    const { uid } = (await rig.client.get(ingressPath('second', 'serving-wss'))).metadata;
    const mark = rig.audit.mark();
    const hosts = ['ready.example.com', 'served.example.com'];
    await rig.client.patch(routePath('first', 'patient'), {
      spec: { hosts, tls: { secretName: null, certificateRef: { name: 'missing' } } },
    });
    for (const [namespace, name, status, message] of [
      ['first', 'patient', 'False', /; until then others serve: served\.example\.com\/ws by WssRoute second\/serving$/],
      ['second', 'serving', 'True', /, until they can be served by an older route: .* by WssRoute first\/patient$/],
    ] as const) {
      await rig.client.waitFor(
        routePath(namespace, name),
        (route) => {
          const accepted = findCondition(route, 'Accepted');
          return accepted?.status === status && message.test(accepted.message);
        },
        { what: `${name} to be told of the other`, timeoutMs: 10_000 },
      );
    }
    await settle(rig, operator, routePath('second', 'serving'));
    await operator.stop();
    operator = await startOperator(rig);
    await settle(rig, operator, routePath('second', 'serving'));
    assert.deepEqual(
      listWrites(rig, mark).filter((write) => !write.startsWith('wssroutes/status')),
      [],
    );
    assert.equal((await rig.client.get(ingressPath('second', 'serving-wss'))).metadata.uid, uid);
    await rig.client.patch(routePath('first', 'patient'), {
      spec: { tls: { secretName: 'mine', certificateRef: null } },
    });
    await waitForCondition(rig, 'second', 'serving', { type: 'Accepted', status: 'False', reason: 'HostClaimed' });
    await waitForCondition(rig, 'first', 'patient', { type: 'Accepted', status: 'True' });
  });

  test('an Ingress that somebody wrote before is seen and named, and its end is noticed', async () => {
    const path = '/apis/networking.k8s.io/v1/namespaces/first/ingresses';
    const backend = { service: { name: 'chat', port: { number: 8080 } } };
    await rig.client.create(path, {
      metadata: { name: 'by-hand' },
      spec: {
        ingressClassName: 'nginx',
        rules: [{ host: 'hand.example.com', http: { paths: [{ path: '/ws', pathType: 'Prefix', backend }] } }],
      },
    });
    await applyObjects(rig, [buildRoute('second', 'late', { hosts: ['hand.example.com'] })]);
    const route = await waitForCondition(rig, 'second', 'late', {
      type: 'Accepted',
      status: 'False',
      reason: 'HostClaimed',
    });
    assert.match(findCondition(route, 'Accepted')?.message, /hand.example.com\/ws by Ingress first\/by-hand/);
    await rig.client.delete(`${path}/by-hand`);
    await waitForCondition(rig, 'second', 'late', { type: 'Accepted', status: 'True' });
  });

  test('an Ingress that comes later takes nothing from a route', async () => {
    await waitForNextSecond();
    const mark = rig.audit.mark();
    const backend = { service: { name: 'chat', port: { number: 8080 } } };
    await rig.client.create('/apis/networking.k8s.io/v1/namespaces/first/ingresses', {
      metadata: { name: 'too-late' },
      spec: {
        ingressClassName: 'nginx',
        rules: [{ host: 'hand.example.com', http: { paths: [{ path: '/ws', pathType: 'Prefix', backend }] } }],
      },
    });
    await settle(rig, operator, routePath('second', 'late'));
    assert.deepEqual(listWrites(rig, mark), []);
    await waitForCondition(rig, 'second', 'late', { type: 'Accepted', status: 'True' });
  });
});

/** Ages have a resolution of one second. */
async function waitForNextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === second) await new Promise((resolve) => setTimeout(resolve, 20));
}
