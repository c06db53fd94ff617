import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
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
import { listWrites, settle, touch } from '../support/writes.ts';

const routes = Array.from({ length: 40 }, (_, index) => `route-${index}`);

describe('nothing is written when nothing has changed', () => {
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, 'quiet');
    operator = await startOperator(rig);
    await applyObjects(
      rig,
      routes.map((name) => buildRoute('quiet', name)),
    );
    for (const name of routes) await waitForCondition(rig, 'quiet', name, { type: 'Accepted', status: 'True' });
    await settle(rig, operator, routePath('quiet', 'route-0'));
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('a second look at every route writes nothing', async () => {
    const mark = rig.audit.mark();
    for (const name of routes) await settle(rig, operator, routePath('quiet', name));
    assert.deepEqual(listWrites(rig, mark), []);
  });

  test('a restart of the operator writes nothing', async () => {
    const mark = rig.audit.mark();
    assert.equal(await operator.stop(), 0);
    operator = await startOperator(rig);
    await settle(rig, operator, routePath('quiet', 'route-1'));
    assert.deepEqual(listWrites(rig, mark), []);
  });

  test('a crash of the operator and a new start write nothing', async () => {
    const mark = rig.audit.mark();
    await operator.kill();
    operator = await startOperator(rig);
    await settle(rig, operator, routePath('quiet', 'route-2'));
    assert.deepEqual(listWrites(rig, mark), []);
  });

  test('objects that do not concern a route are passed over', async () => {
    const mark = rig.audit.mark();
    await createNamespace(rig, 'noisy');
    await rig.client.create('/apis/networking.k8s.io/v1/namespaces/noisy/ingresses', {
      metadata: { name: 'plain' },
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'plain.example.com',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'chat', port: { number: 1 } } } }],
            },
          },
        ],
      },
    });
    await touch(rig, operator, ingressPath('quiet', 'route-3-wss'));
    await touch(rig, operator, certificatePath('quiet', 'route-3-wss'));
    await touch(rig, operator, '/api/v1/namespaces/quiet/services/chat', routes.length);
    await settle(rig, operator, routePath('quiet', 'route-3'));
    assert.deepEqual(listWrites(rig, mark), []);
  });

  test('a condition that somebody else has put into the status stays, and costs nothing, not even at a restart', async () => {
    const path = routePath('quiet', 'route-4');
    const { apiVersion, kind, metadata } = await rig.client.get(path);
    const foreign = { type: 'example.com/Audited', status: 'True', reason: 'Seen', message: 'by somebody else' };
    const status = { conditions: [{ ...foreign, lastTransitionTime: '2026-01-01T00:00:00Z' }] };
    const identity = { namespace: metadata.namespace, name: metadata.name };
    const applied = { apiVersion, kind, metadata: identity, status };
    await rig.client.patch(`${path}/status?fieldManager=auditor`, applied, 'apply-patch+yaml');
    const mark = rig.audit.mark();
    await settle(rig, operator, path);
    assert.equal(await operator.stop(), 0);
    operator = await startOperator(rig);
    await settle(rig, operator, path);
    assert.deepEqual(listWrites(rig, mark), []);
    assert.equal(findCondition(await rig.client.get(path), foreign.type)?.reason, 'Seen');
  });

  test('another route writes its own objects only', async () => {
    const mark = rig.audit.mark();
    await applyObjects(rig, [buildRoute('quiet', 'late')]);
    await waitForCondition(rig, 'quiet', 'late', { type: 'Accepted', status: 'True' });
    await settle(rig, operator, routePath('quiet', 'late'));
    assert.deepEqual(listWrites(rig, mark), [
      'certificates quiet/late-wss',
      'ingresses quiet/late-wss',
      'wssroutes/status quiet/late',
    ]);
  });
});
