import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { installCertManagerCrds } from '../support/cert-manager.ts';
import {
  applyObjects,
  grantOperator,
  installOperator,
  type Operator,
  startOperator,
  waitForLog,
} from '../support/operator.ts';
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
import { waitUntil } from '../support/wait-until.ts';

const certificateCrd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/certificates.cert-manager.io';
const routeCrd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/wssroutes.wssroute.dev';
const classPath = '/apis/networking.k8s.io/v1/ingressclasses/nginx';

describe('what is missing is waited for, and said', () => {
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: [] });
    await grantOperator(rig);
    operator = await startOperator(rig, { isPatient: true, args: ['--verification'] });
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'wait' } }]);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('the operator runs before its own CustomResourceDefinition is installed, and goes on when it is', async () => {
    await waitForLog(operator, 'kind is not installed, waiting for it', 'WssRoute');
    await waitForLog(operator, 'kind is not installed, waiting for it', 'cert-manager.io');
    assert.equal(await operator.isReady(), false);
    await installOperator(rig);
    await applyObjects(rig, [buildRoute('wait', 'chat')]);
    const route = await waitForCondition(rig, 'wait', 'chat', {
      type: 'Accepted',
      status: 'False',
      reason: 'IngressClassNotFound',
    });
    assert.match(findCondition(route, 'Accepted')?.message, /"nginx"/);
    assert.equal(findCondition(route, 'Reconciling')?.status, 'True', 'the class may still come');
    assert.equal(await rig.client.find(ingressPath('wait', 'chat-wss')), undefined);
  });

  test('a class of an unknown controller is named, with those that are known', async () => {
    await createIngressClass(rig, 'example.com/other');
    const route = await waitForCondition(rig, 'wait', 'chat', {
      type: 'Accepted',
      status: 'False',
      reason: 'UnsupportedController',
    });
    assert.match(findCondition(route, 'Accepted')?.message, /"example.com\/other".*"k8s.io\/ingress-nginx"/);
    assert.equal(findCondition(route, 'Stalled')?.status, 'True');
    assert.equal(await rig.client.find(ingressPath('wait', 'chat-wss')), undefined);
  });

  test('with the class there, the Ingress is written and cert-manager is waited for', async () => {
    await rig.client.delete(classPath);
    await createIngressClass(rig);
    await waitForCondition(rig, 'wait', 'chat', { type: 'Accepted', status: 'True' });
    const route = await waitForCondition(rig, 'wait', 'chat', {
      type: 'CertificateReady',
      status: 'False',
      reason: 'CertManagerNotInstalled',
    });
    assert.equal(findCondition(route, 'ResolvedRefs')?.reason, 'ServiceNotFound');
    assert.ok(await rig.client.find(ingressPath('wait', 'chat-wss')));
  });

  test('cert-manager that is installed later is used by itself', async () => {
    await installCertManagerCrds(rig.client);
    await waitForCondition(rig, 'wait', 'chat', { type: 'CertificateReady', status: 'False', reason: 'Issuing' });
    assert.ok(await rig.client.find(certificatePath('wait', 'chat-wss')));
  });

  test('cert-manager that is removed is missed, and the Ingress stays', async () => {
    const { metadata } = await rig.client.get(ingressPath('wait', 'chat-wss'));
    const { spec } = await rig.client.get(certificateCrd);
    await rig.client.delete(certificateCrd);
    await waitForCondition(rig, 'wait', 'chat', {
      type: 'CertificateReady',
      status: 'False',
      reason: 'CertManagerNotInstalled',
    });
    const ingress = await rig.client.get(ingressPath('wait', 'chat-wss'));
    assert.deepEqual([ingress.metadata.uid, ingress.metadata.generation], [metadata.uid, metadata.generation]);
    await rig.client.waitFor(certificateCrd, (crd) => crd === undefined, {
      what: 'the old definition to go',
      timeoutMs: 20_000,
    });
    await applyObjects(rig, [
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'certificates.cert-manager.io' },
        spec,
      },
    ]);
    await waitForCondition(rig, 'wait', 'chat', { type: 'CertificateReady', status: 'False', reason: 'Issuing' });
  });

  test('a Service that comes later is found, and a wrong port is named with the right ones', async () => {
    await createNamespace(rig, 'wait');
    await waitForCondition(rig, 'wait', 'chat', { type: 'ResolvedRefs', status: 'True' });
    await applyObjects(rig, [
      buildRoute('wait', 'chat', { paths: [{ path: '/ws', service: { name: 'chat', port: 81 } }] }),
    ]);
    const route = await waitForCondition(rig, 'wait', 'chat', {
      type: 'ResolvedRefs',
      status: 'False',
      reason: 'ServicePortNotFound',
    });
    assert.match(findCondition(route, 'ResolvedRefs')?.message, /no port 81; it has 8080 \(ws\)/);
  });

  test('a class that is deleted takes nothing away', async () => {
    await rig.client.delete(classPath);
    await waitForCondition(rig, 'wait', 'chat', { type: 'Accepted', status: 'False', reason: 'IngressClassNotFound' });
    assert.ok(await rig.client.find(ingressPath('wait', 'chat-wss')));
    await createIngressClass(rig);
    await waitForCondition(rig, 'wait', 'chat', { type: 'Accepted', status: 'True' });
  });

  test('each turn for the worse is an Event, once', async () => {
    const events = await waitUntil(
      async () => {
        const found = await rig.client.list('/apis/events.k8s.io/v1/namespaces/wait/events');
        return found.some(({ reason }) => reason === 'ServicePortNotFound') && found;
      },
      { what: 'the Events to be there', timeoutMs: 20_000 },
    );
    const ours = events.filter(({ reportingController }) => reportingController === 'wssroute.dev/wss-operator');
    const reasons = ours.map(({ reason }) => reason);
    for (const reason of [
      'IngressClassNotFound',
      'UnsupportedController',
      'CertManagerNotInstalled',
      'ServiceNotFound',
    ]) {
      assert.ok(reasons.includes(reason), `${reason} is missing in ${reasons.join(', ')}`);
    }
    assert.ok(ours.every(({ regarding }) => regarding.name === 'chat' && regarding.kind === 'WssRoute'));
  });

  test('a route that a looser schema let in is told what is wrong with it, and stops no other', async () => {
    const schema = '/spec/versions/0/schema/openAPIV3Schema/properties/spec';
    const loose = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    await rig.client.patch(routeCrd, [{ op: 'replace', path: schema, value: loose }], 'json-patch+json');
    const broken = { ...buildRoute('wait', 'broken'), spec: { hosts: ['Bad Host'], ingressClassName: 'nginx' } };
    const collection = routePath('wait', 'broken').replace(/\/broken$/, '');
    await waitUntil(async () => (await rig.client.request('POST', collection, broken)).status === 201, {
      what: 'the looser schema to be in force',
      timeoutMs: 30_000,
    });
    const route = await waitForCondition(rig, 'wait', 'broken', {
      type: 'Accepted',
      status: 'False',
      reason: 'Invalid',
    });
    assert.match(
      findCondition(route, 'Accepted')?.message,
      /spec\.paths: is missing.*spec\.hosts\[0\]: found "Bad Host"/,
    );
    assert.equal(await rig.client.find(ingressPath('wait', 'broken-wss')), undefined);
    await applyObjects(rig, [buildRoute('wait', 'another')]);
    await rig.client.waitFor(ingressPath('wait', 'another-wss'), (found) => found !== undefined, {
      what: 'the Ingress of a route that is right',
      timeoutMs: 20_000,
    });
  });
});
