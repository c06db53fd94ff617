import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  applyObjects,
  grantOperator,
  installOperator,
  type Operator,
  operatorUser,
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
import { listRepeatedStatuses, listWrites, settle } from '../support/writes.ts';

const routes = Array.from({ length: 20 }, (_, index) => `route-${index}`);

describe('failures of the API server are outlived', () => {
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, 'storm');
    operator = await startOperator(rig);
    await applyObjects(
      rig,
      routes.map((name) => buildRoute('storm', name)),
    );
    for (const name of routes) await waitForCondition(rig, 'storm', name, { type: 'Accepted', status: 'True' });
    await settle(rig, operator, routePath('storm', 'route-0'));
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  outage('the API server is killed and started again: nothing is missed, nothing is written twice', async () => {
    for (const round of [1, 2, 3]) {
      const name = `after-${round}`;
      const mark = rig.audit.mark();
      await rig.apiserver.kill('SIGKILL');
      await waitForLog(operator, 'watch failed, will be retried');
      await rig.apiserver.start();
      await applyObjects(rig, [buildRoute('storm', name)]);
      await rig.client.delete(ingressPath('storm', `route-${round}-wss`));
      await waitForCondition(rig, 'storm', name, { type: 'Accepted', status: 'True' });
      await rig.client.waitFor(ingressPath('storm', `route-${round}-wss`), (found) => found !== undefined, {
        what: 'the deleted Ingress to be made again',
        timeoutMs: 30_000,
      });
      await settle(rig, operator, routePath('storm', name));
      // The Ingress that is made again may be news of its route.
      const writes = listWrites(rig, mark).filter((write) => write !== `wssroutes/status storm/route-${round}`);
      assert.deepEqual(writes, [
        `certificates storm/${name}-wss`,
        `ingresses storm/${name}-wss`,
        `ingresses storm/route-${round}-wss`,
        `wssroutes/status storm/${name}`,
      ]);
      assert.deepEqual(listRepeatedStatuses(rig, mark), []);
    }
  });

  outage('a change while the operator cannot see the API server is found afterwards', async () => {
    const mark = rig.audit.mark();
    await rig.apiserver.kill('SIGKILL');
    await rig.apiserver.start();
    await rig.client.patch(routePath('storm', 'route-5'), { spec: { timeouts: { idle: '2h' } } });
    await rig.client.waitFor(
      ingressPath('storm', 'route-5-wss'),
      (found) => found?.metadata.annotations['nginx.ingress.kubernetes.io/proxy-read-timeout'] === '7200',
      { what: 'the change to arrive', timeoutMs: 30_000 },
    );
    await settle(rig, operator, routePath('storm', 'route-5'));
    assert.deepEqual(listWrites(rig, mark), ['ingresses storm/route-5-wss', 'wssroutes/status storm/route-5']);
  });

  outage('the store behind the API server dies and comes back', async () => {
    const mark = rig.audit.mark();
    await rig.etcd.kill('SIGKILL');
    await rig.etcd.start();
    await waitUntil(async () => (await rig.client.request('GET', '/readyz')).status === 200, {
      what: 'the API server to be ready',
      timeoutMs: 60_000,
    });
    await applyObjects(rig, [buildRoute('storm', 'after-etcd')]);
    await waitForCondition(rig, 'storm', 'after-etcd', { type: 'Accepted', status: 'True' }, 60_000);
    await settle(rig, operator, routePath('storm', 'after-etcd'));
    assert.deepEqual(listWrites(rig, mark), [
      'certificates storm/after-etcd-wss',
      'ingresses storm/after-etcd-wss',
      'wssroutes/status storm/after-etcd',
    ]);
  });

  /** An API server that has just started denies what its roles allow, until it has read them. */
  function outage(name: string, body: () => Promise<void>): void {
    test(name, () => rig.access.expectDenials(body));
  }

  test('an API server that hangs is noticed when it answers again', async () => {
    rig.apiserver.pause();
    try {
      await waitForNothing(2000);
    } finally {
      rig.apiserver.resume();
    }
    await applyObjects(rig, [buildRoute('storm', 'after-pause')]);
    await waitForCondition(rig, 'storm', 'after-pause', { type: 'Accepted', status: 'True' }, 60_000);
  });

  test('permissions that are taken away are missed visibly, and used when they are back', async () => {
    const binding = `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${operatorUser}`;
    await rig.access.expectDenials(async () => {
      await rig.client.delete(binding);
      await applyObjects(rig, [buildRoute('storm', 'forbidden')]);
      await waitForLog(operator, 'reconcile failed, will be retried', 'forbidden');
      assert.equal(await rig.client.find(ingressPath('storm', 'forbidden-wss')), undefined);
      await grantOperator(rig);
      await waitForCondition(rig, 'storm', 'forbidden', { type: 'Accepted', status: 'True' }, 60_000);
    });
  });

  test('a write that is refused is told in the status, and repeated until it is not', async () => {
    await refuseIngress(rig, 'refused-wss');
    await applyObjects(rig, [buildRoute('storm', 'refused')]);
    const route = await waitForCondition(rig, 'storm', 'refused', {
      type: 'Programmed',
      status: 'False',
      reason: 'ApplyFailed',
    });
    assert.match(findCondition(route, 'Programmed')?.message, /Ingress "refused-wss":.*not in this namespace/);
    await rig.client.delete(`${admission}/validatingadmissionpolicybindings/refuse`);
    await rig.client.waitFor(ingressPath('storm', 'refused-wss'), (found) => found !== undefined, {
      what: 'the Ingress to be written after all',
      timeoutMs: 60_000,
    });
    await waitForCondition(rig, 'storm', 'refused', { type: 'Programmed', status: 'False', reason: 'AwaitingAddress' });
  });

  test('a deletion that is refused is told in the status, and made when it is allowed', async () => {
    const certificate = certificatePath('storm', 'route-7-wss');
    await refuse(
      rig,
      { apiGroups: ['cert-manager.io'], resources: ['certificates'], operations: ['DELETE'] },
      'oldObject',
      'route-7-wss',
    );
    await waitUntil(async () => (await rig.client.request('DELETE', `${certificate}?dryRun=All`)).status === 422, {
      what: 'the policy to be in force',
      timeoutMs: 60_000,
    });
    await rig.client.patch(routePath('storm', 'route-7'), { spec: { tls: { issuerRef: null, secretName: 'own' } } });
    await waitForCondition(rig, 'storm', 'route-7', { type: 'Programmed', status: 'False', reason: 'ApplyFailed' });
    await rig.client.delete(`${admission}/validatingadmissionpolicybindings/refuse`);
    await rig.client.waitFor(certificate, (found) => found === undefined, {
      what: 'the Certificate to be deleted after all',
      timeoutMs: 60_000,
    });
    await waitForCondition(rig, 'storm', 'route-7', { type: 'Programmed', status: 'False', reason: 'AwaitingAddress' });
  });

  test('credentials that are refused are reported and tried again, and the process lives', async () => {
    const stranger = await startOperator(rig, {
      isPatient: true,
      kubeconfig: await rig.kubeconfigForToken('no-such-token'),
    });
    try {
      await waitForLog(stranger, 'watch failed, will be retried', '401');
      assert.equal(await stranger.isReady(), false);
    } finally {
      assert.equal(await stranger.stop(), 0);
    }
  });

  test('the operator that saw all of it is the one that was started first', async () => {
    assert.equal(await operator.isReady(), true);
    const log = await operator.readLog();
    assert.equal(log.filter(({ msg }) => msg === 'starting').length, 1);
    assert.deepEqual(
      log.filter(({ level }) => level === 'error' || level === 'fatal'),
      [],
    );
  });
});

const admission = '/apis/admissionregistration.k8s.io/v1';

/** Has the API server refuse an Ingress of that name, and waits until it does. */
async function refuseIngress(rig: Rig, name: string): Promise<void> {
  await refuse(
    rig,
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], operations: ['CREATE'] },
    'object',
    name,
  );
  const trial = { metadata: { name }, spec: { defaultBackend: { service: { name: 'chat', port: { number: 1 } } } } };
  const collection = '/apis/networking.k8s.io/v1/namespaces/storm/ingresses?dryRun=All';
  await waitUntil(async () => (await rig.client.request('POST', collection, trial)).status === 422, {
    what: 'the policy to be in force',
    timeoutMs: 60_000,
  });
}

/** A policy against objects of one name; deleting its binding ends it. */
async function refuse(rig: Rig, rule: object, subject: 'object' | 'oldObject', name: string): Promise<void> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: 'refuse' };
  const resourceRules = [{ apiVersions: ['v1'], ...rule }];
  const validations = [{ expression: `${subject}.metadata.name != '${name}'`, message: 'not in this namespace' }];
  const spec = { policyName: 'refuse', validationActions: ['Deny'] };
  await applyObjects(rig, [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: { matchConstraints: { resourceRules }, validations },
    },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec },
  ]);
}

/** Time itself is the fault here: a server that is silent for this long. */
function waitForNothing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
