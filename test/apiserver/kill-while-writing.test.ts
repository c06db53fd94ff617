/** The API server dies while hundreds of routes are being written: of what was under way nobody knows whether it took place. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { KindWatch } from '../support/kind-watch.ts';
import { installOperator, type Operator, startOperator, waitForLog } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  certificatePath,
  createIngressClass,
  createNamespace,
  findCondition,
  ingressPath,
  routePath,
} from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listRepeatedStatuses, listWrites, settle } from '../support/writes.ts';

const namespace = 'torn';
const names = Array.from({ length: 200 }, (_, index) => `route-${index}`);
/** So many are there when the API server is killed: in the middle, whatever the machine. */
const enough = 40;

const [routes, ingresses, certificates] = [routePath, ingressPath, certificatePath].map((pathOf) =>
  pathOf(namespace, '').replace(/\/$/, ''),
) as [string, string, string];

describe(`the API server is killed while ${names.length} routes are being written`, () => {
  let rig: Rig;
  let operator: Operator;
  let mark: number;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, namespace);
    for (const name of names) await rig.client.create(routes, buildRoute(namespace, name));
    mark = rig.audit.mark();
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  /** Kills it as soon as so many objects of a collection are as wanted, and starts it again; how many were then. */
  async function killAt(path: string, isWanted: (object: ApiObject) => boolean, begin: () => Promise<void>) {
    const reached = Promise.withResolvers<void>();
    const count = (): number => watch.objects.filter(isWanted).length;
    const watch = await KindWatch.start(rig.client, path, () => {
      if (count() >= enough) reached.resolve();
    });
    try {
      await begin();
      await reached.promise;
      await rig.apiserver.kill('SIGKILL');
      await waitForLog(operator, 'watch failed, will be retried');
      return count();
    } finally {
      await watch.stop();
      await rig.apiserver.start();
      // It answers 429 for a kind until it has filled its cache.
      const collections = [routes, ingresses, certificates];
      await waitUntil(() => Promise.all(collections.map((each) => rig.client.list(each))), {
        what: 'the API server to list everything again',
        timeoutMs: 30_000,
      });
    }
  }

  async function waitForAll(what: string, isWanted: (route: ApiObject) => boolean): Promise<void> {
    const look = async () => (await rig.client.list(routes)).every(isWanted);
    await waitUntil(look, { what: `every route to be ${what}`, timeoutMs: 120_000 });
    for (const name of names.slice(0, 2)) await settle(rig, operator, routePath(namespace, name));
  }

  /** An API server that has just started denies what its roles allow, until it has read them. */
  test('once among Ingresses and Certificates', (context: TestContext) =>
    rig.access.expectDenials(async () => {
      const made = await killAt(
        ingresses,
        () => true,
        async () => {
          operator = await startOperator(rig, { isPatient: true });
        },
      );
      assert.ok(made < names.length, `all ${made} Ingresses were there`);
      context.diagnostic(`killed after ${made} Ingresses`);
      await waitForAll('judged', isJudged);
    }));

  /** Without its class each route has another status, and nothing else is written. */
  test('once among statuses', (context: TestContext) =>
    rig.access.expectDenials(async () => {
      const told = await killAt(routes, isClassMissing, async () => {
        await rig.client.delete('/apis/networking.k8s.io/v1/ingressclasses/nginx');
      });
      assert.ok(told < names.length, `all ${told} routes had their status`);
      context.diagnostic(`killed after ${told} statuses`);
      await waitForAll('without a class', isClassMissing);
    }));

  /** Before they turn back: what was written when the API server died need not be in the audit log. */
  test('no status was written that says what the one before has said', async () => {
    assert.deepEqual(listRepeatedStatuses(rig, mark), []);
    await createIngressClass(rig);
    await waitForAll('judged again', isJudged);
  });

  test('afterwards everything is there, written once', async () => {
    const children = names.map((name) => `${name}-wss`).sort();
    for (const path of [ingresses, certificates]) {
      const objects = await rig.client.list(path);
      assert.deepEqual(objects.map(({ metadata }) => metadata.name).sort(), children);
      for (const { metadata } of objects) assert.equal(metadata.generation, 1, metadata.name);
    }
    const written = listWrites(rig, mark).filter((write) => !write.startsWith('wssroutes/') && !write.endsWith(')'));
    assert.equal(new Set(written).size, written.length, findTwice(written).join(', '));
  });

  test('a look at every route afterwards writes nothing, nor does a restart', async () => {
    const since = rig.audit.mark();
    assert.equal(await operator.stop(), 0);
    operator = await startOperator(rig);
    await settle(rig, operator, routePath(namespace, 'route-0'));
    assert.deepEqual(listWrites(rig, since), []);
  });
});

function isJudged(route: ApiObject): boolean {
  return (
    route.status?.observedGeneration === route.metadata.generation &&
    findCondition(route, 'Accepted')?.status === 'True'
  );
}

function isClassMissing(route: ApiObject): boolean {
  return findCondition(route, 'Accepted')?.reason === 'IngressClassNotFound';
}

function findTwice(writes: readonly string[]): readonly string[] {
  return writes.filter((write, index) => writes.indexOf(write) !== index);
}
