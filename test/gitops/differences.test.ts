import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadAll } from 'js-yaml';
import type { ApiObject } from '../support/admin-client.ts';
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
import { waitUntil } from '../support/wait-until.ts';
import { customization, runLua } from './judge.ts';
import { marks } from './marks.ts';
import { refuseIngresses } from './refusal.ts';

const examples = join(import.meta.dirname, '../../deploy/examples');

describe('what GitOps tools compare and mark', () => {
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, 'gitops');
    operator = await startOperator(rig);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  for (const file of globSync('*.yaml', { cwd: examples }).sort()) {
    test(`${file} is in sync as soon as it is applied, and when the operator has written its status`, async () => {
      const namespace = `example-${file.replace('.yaml', '')}`;
      await createNamespace(rig, namespace);
      const routes = readRoutes(join(examples, file), namespace);
      assert.ok(routes.length > 0);
      for (const route of routes) {
        await applyAsArgo(rig, route);
        assert.deepEqual(await listDifferences(rig, route), []);
        await rig.client.waitFor(
          routePath(namespace, route.metadata.name),
          (found) => found?.status.observedGeneration === found?.metadata.generation,
          { what: 'the operator to have looked at it', timeoutMs: 30_000 },
        );
        assert.deepEqual(await listDifferences(rig, route), []);
        const changed = { ...route, spec: { ...route.spec, timeouts: { idle: '7m' } } };
        assert.deepEqual(await listDifferences(rig, changed), ['spec', 'metadata.generation'], 'a difference is seen');
      }
    });
  }

  test('what a client applies again changes nothing, although a merge patch of it is not empty', async () => {
    const manifest = JSON.stringify(buildRoute('gitops', 'by-client'));
    await rig.apply(manifest);
    await waitForCondition(rig, 'gitops', 'by-client', { type: 'Ready', status: 'False', reason: 'Issuing' });
    const { metadata } = await rig.client.get(routePath('gitops', 'by-client'));
    // JSON merge patches replace lists as a whole, so the default of pathType looks like a difference: Argo CD needs ServerSideDiff.
    assert.match(await rig.apply(manifest), /by-client configured/);
    const again = await rig.client.get(routePath('gitops', 'by-client'));
    assert.deepEqual(again.metadata, metadata);
  });

  test('nothing that a tool writes on a route is on its children', async () => {
    const route = buildRoute('gitops', 'marked');
    await applyObjects(rig, [{ ...route, metadata: { ...route.metadata, ...marks } }]);
    await waitForCondition(rig, 'gitops', 'marked', { type: 'Accepted', status: 'True' });
    const { metadata } = await rig.client.get(routePath('gitops', 'marked'));
    for (const path of [ingressPath('gitops', 'marked-wss'), certificatePath('gitops', 'marked-wss')]) {
      const { labels, annotations = {} } = (await rig.client.get(path)).metadata;
      assert.deepEqual(labels, { 'app.kubernetes.io/managed-by': 'wss-operator', 'wssroute.dev/route': 'marked' });
      assert.deepEqual(
        Object.keys(annotations).filter((name) => name in metadata.annotations),
        [],
      );
    }
  });

  test('a new route says that nobody has looked at it, and so does one whose status somebody has emptied', async () => {
    await operator.stop();
    await applyObjects(rig, [buildRoute('gitops', 'unseen')]);
    const route = await rig.client.get(routePath('gitops', 'unseen'));
    assert.equal(findCondition(route, 'Ready')?.reason, 'Pending');
    await rig.client.replace(`${routePath('gitops', 'unseen')}/status`, { ...route, status: {} });
    const emptied = await rig.client.get(routePath('gitops', 'unseen'));
    assert.equal(findCondition(emptied, 'Ready')?.status, 'Unknown');
    operator = await startOperator(rig);
    await waitForCondition(rig, 'gitops', 'unseen', { type: 'Accepted', status: 'True' });
  });

  test('the action `reconcile` wakes the operator long before it would have tried again', async () => {
    const retries = 'workqueue_retries_total{name="wssroute",controller="wssroute"}';
    const earlier = await operator.metric(retries);
    const letIn = await refuseIngresses(rig, 'gitops');
    await applyObjects(rig, [buildRoute('gitops', 'refused')]);
    await waitForCondition(rig, 'gitops', 'refused', { type: 'Programmed', status: 'False', reason: 'ApplyFailed' });
    // The wait doubles with each try, from 5 ms on: the thirteenth is one of 10 to 20 s.
    await waitUntil(async () => (await operator.metric(retries)) - earlier >= 13, {
      what: '13 tries',
      timeoutMs: 120_000,
    });
    await letIn();
    const path = routePath('gitops', 'refused');
    assert.equal(await rig.client.find(ingressPath('gitops', 'refused-wss')), undefined, 'it waits');
    const { metadata } = await runLua(join(customization, 'actions/reconcile/action.lua'), await rig.client.get(path));
    await rig.client.patch(path, { metadata: { annotations: metadata.annotations } });
    const wait = { what: 'the Ingress to be written at once', timeoutMs: 2000 };
    await rig.client.waitFor(ingressPath('gitops', 'refused-wss'), (found) => found !== undefined, wait);
  });
});

/** The routes of an example, in a namespace of their own. */
function readRoutes(file: string, namespace: string): readonly ApiObject[] {
  const documents = loadAll(readFileSync(file, 'utf8')) as readonly ApiObject[];
  const routes = documents.filter(({ kind }) => kind === 'WssRoute');
  return routes.map((route) => ({ ...route, metadata: { ...route.metadata, ...marks, namespace } }));
}

function applyAsArgo(rig: Rig, route: ApiObject, query = ''): Promise<ApiObject> {
  const { namespace, name } = route.metadata;
  const path = `${routePath(namespace, name)}?fieldManager=argocd-controller&force=true${query}`;
  return rig.client.patch(path, JSON.stringify(route), 'apply-patch+yaml');
}

/** What Argo CD compares with ServerSideDiff: the live object, and what a dry run of the apply would make of it. */
async function listDifferences(rig: Rig, route: ApiObject): Promise<readonly string[]> {
  const { namespace, name } = route.metadata;
  const { live, predicted } = await waitUntil(
    async () => {
      const before = await rig.client.get(routePath(namespace, name));
      const dryRun = await applyAsArgo(rig, route, '&dryRun=All');
      const now = await rig.client.get(routePath(namespace, name));
      return now.metadata.resourceVersion === before.metadata.resourceVersion && { live: before, predicted: dryRun };
    },
    { what: 'the route to be left alone while it is compared', timeoutMs: 20_000 },
  );
  const differences: string[] = [];
  for (const field of ['spec', 'status']) if (!isEqual(live[field], predicted[field])) differences.push(field);
  for (const field of new Set([...Object.keys(live.metadata), ...Object.keys(predicted.metadata)])) {
    // Bookkeeping of the API server, which Argo CD takes out as well (gitops-engine pkg/diff, removeWebhookMutation and normalizers).
    if (field === 'managedFields' || field === 'resourceVersion') continue;
    if (!isEqual(live.metadata[field], predicted.metadata[field])) differences.push(`metadata.${field}`);
  }
  return differences;
}

function isEqual(one: unknown, other: unknown): boolean {
  try {
    assert.deepEqual(one, other);
    return true;
  } catch {
    return false;
  }
}
