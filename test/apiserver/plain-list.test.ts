import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { installGatewayApi } from '../support/gateway-crds.ts';
import { applyObjects, installOperator, type Operator, operatorUser, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, createIngressClass, createNamespace, ingressPath, waitForCondition } from '../support/routes.ts';

/** Before Kubernetes 1.34, and where it is turned off, a watch does not bring what is there already. */
const flags = ['--feature-gates=WatchList=false'];

describe('an API server that knows no streaming lists', () => {
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true, apiserverFlags: flags });
    await installGatewayApi(rig, ['envoy-gateway', 'nginx-gateway-fabric']);
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, 'old');
    await applyObjects(rig, [buildRoute('old', 'first')]);
    operator = await startOperator(rig);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('is asked for a list of every kind, with the permissions that the manifest grants', async () => {
    await waitForCondition(rig, 'old', 'first', { type: 'Accepted', status: 'True' });
    const own = rig.audit.authorizations().filter(({ user }) => user === operatorUser);
    const listed = new Set(own.filter(({ verb }) => verb === 'list').map(({ resource }) => resource));
    assert.deepEqual([...listed].sort(), [
      'backendtlspolicies',
      'backendtrafficpolicies',
      'certificaterequests',
      'certificates',
      'challenges',
      'configmaps',
      'gatewayclasses',
      'gateways',
      'httproutes',
      'ingressclasses',
      'ingresses',
      'listenersets',
      'orders',
      'proxysettingspolicies',
      'referencegrants',
      'services',
      'wssroutes',
    ]);
  });

  test('tells of changes all the same', async () => {
    await applyObjects(rig, [buildRoute('old', 'second')]);
    await waitForCondition(rig, 'old', 'second', { type: 'Accepted', status: 'True' });
    await rig.client.delete(ingressPath('old', 'first-wss'));
    await rig.client.waitFor(ingressPath('old', 'first-wss'), (ingress) => ingress !== undefined, {
      what: 'the deleted Ingress to be made again',
      timeoutMs: 30_000,
    });
  });
});
