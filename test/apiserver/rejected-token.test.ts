/** A token ends while the operator runs: it expires, or its service account is made anew. Whoever gave it writes another into the file. */
import assert from 'node:assert/strict';
import { copyFile, readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
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
  createIngressClass,
  createNamespace,
  ingressPath,
  routePath,
  waitForCondition,
} from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { settle } from '../support/writes.ts';

const namespace = 'turn';
const account = { namespace: 'default', name: 'wss-operator' };
const accounts = `/api/v1/namespaces/${account.namespace}/serviceaccounts`;

describe('a token that is refused while the operator runs', () => {
  let rig: Rig;
  let operator: Operator;
  let kubeconfig: string;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await grantOperator(rig, { kind: 'ServiceAccount', ...account });
    await createIngressClass(rig);
    await createNamespace(rig, namespace);
    await rig.client.create(accounts, { metadata: { name: account.name } });
    kubeconfig = await rig.kubeconfigForServiceAccount(account);
    operator = await startOperator(rig, { kubeconfig });
    await applyObjects(rig, [buildRoute(namespace, 'before')]);
    await waitForCondition(rig, namespace, 'before', { type: 'Accepted', status: 'True' });
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('is told, and replaced by the next one without a restart', () =>
    rig.access.expectDenials(async () => {
      await revoke();
      await applyObjects(rig, [buildRoute(namespace, 'during')]);
      await waitForLog(operator, 'reconcile failed, will be retried', 'unauthorized');
      // A watch that is open is asked for its token again only when it is renewed, which takes minutes.
      await rig.apiserver.kill('SIGKILL');
      await rig.apiserver.start();
      await waitForLog(operator, 'watch failed, will be retried', '401 Unauthorized');
      assert.equal(await rig.client.find(ingressPath(namespace, 'during-wss')), undefined);
      await copyFile(await rig.kubeconfigForServiceAccount(account), kubeconfig);
      await waitForCondition(rig, namespace, 'during', { type: 'Accepted', status: 'True' }, 60_000);
      await waitUntil(() => operator.isReady(), { what: 'every watch to be complete', timeoutMs: 30_000 });
      // A change that only its watch can tell of.
      await rig.client.delete(ingressPath(namespace, 'before-wss'));
      await rig.client.waitFor(ingressPath(namespace, 'before-wss'), (found) => found !== undefined, {
        ...{ what: 'the deleted Ingress to be made again', timeoutMs: 30_000 },
      });
      await settle(rig, operator, routePath(namespace, 'during'));
      const log = await operator.readLog();
      assert.equal(log.filter(({ msg }) => msg === 'starting').length, 1);
      assert.deepEqual(
        log.filter(({ level }) => level === 'error' || level === 'fatal'),
        [],
      );
    }));

  /** A token is bound to its account's uid. The API server believes what it has once verified for 10 s. */
  async function revoke(): Promise<void> {
    const { token } = JSON.parse(await readFile(kubeconfig, 'utf8')).users[0].user;
    await rig.client.delete(`${accounts}/${account.name}`);
    await rig.client.create(accounts, { metadata: { name: account.name } });
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
    await waitUntil(async () => (await rig.client.create(reviews, review)).status.authenticated !== true, {
      ...{ what: 'the token to be refused', timeoutMs: 40_000, intervalMs: 500 },
    });
  }
});
