import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AuditMark } from '../support/audit-log.ts';
import { DeploymentPlayer } from '../support/deployment-player.ts';
import { applyObjects } from '../support/operator.ts';
import type { Pod } from '../support/pod.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, createIngressClass, createNamespace, ingressPath, routePath } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { callHelm, grantWhatIsNew, installedUser, previousChart, putRelease } from './release.ts';
import { release } from './render.ts';

const routes = Array.from({ length: 500 }, (_, index) => `route-${index}`);
const collections = {
  routes: '/apis/wssroute.dev/v1alpha1/namespaces/app/wssroutes',
  ingresses: '/apis/networking.k8s.io/v1/namespaces/app/ingresses',
  certificates: '/apis/cert-manager.io/v1/namespaces/app/certificates',
} as const;
const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/wssroutes.wssroute.dev';

describe('a release from its installation to its end', () => {
  let rig: Rig;
  let player: DeploymentPlayer;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager'], installCertManagerCrds: true });
    await createIngressClass(rig);
    await createNamespace(rig, 'app');
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: release.namespace, labels } }]);
    await grantWhatIsNew(rig);
    player = await DeploymentPlayer.start(rig, release.namespace, release.name);
  });

  after(async () => {
    await player?.stop();
    await rig?.stop();
  });

  test('install: both replicas get ready where Pod Security is restricted, and serve 500 routes', async () => {
    await putRelease(rig, 'install', { chart: previousChart });
    assert.equal((await player.waitUntilRolledOut('the installed release')).length, 2);
    const queue = routes.values();
    const create = async () => {
      for (const name of queue) await rig.client.create(collections.routes, buildRoute('app', name));
    };
    await Promise.all(Array.from({ length: 16 }, create));
    await waitUntilServed();
    assert.equal(player.restarts, 0);
  });

  test('upgrade: the Pods are replaced, and nothing that serves a route is written', async () => {
    const [mark, old] = [rig.audit.mark(), names(player.pods)];
    await putRelease(rig, 'upgrade', { set: ['config.workers=8', 'admissionPolicy.enabled=true'] });
    await expectQuietReplacement(old, mark);
    await expectService('1h30m', '5400');
  });

  test('rollback: the Pods are replaced once more, and nothing that serves a route is written', async () => {
    const [mark, old] = [rig.audit.mark(), names(player.pods)];
    await callHelm(rig, 'rollback', release.name, '1', '--wait', '--timeout', '2m');
    await expectQuietReplacement(old, mark);
    await expectService('2h', '7200');
  });

  test('uninstall: the operator goes; the CustomResourceDefinition, the routes and all that serves them stay', async () => {
    const mark = rig.audit.mark();
    await uninstall();
    assert.deepEqual(await count(), { routes: 500, ingresses: 500, certificates: 500 });
    assert.equal((await rig.client.get(crdPath)).metadata.deletionTimestamp, undefined);
    assert.deepEqual(listWrites(mark), []);
    for (const kind of [
      'clusterrole',
      'clusterrolebinding',
      'role',
      'rolebinding',
      'serviceaccount',
      'configmap',
      'service',
      'deployment',
    ]) {
      const left = await rig.kubectl(
        'get',
        kind,
        '-A',
        '-l',
        `app.kubernetes.io/instance=${release.name}`,
        '-o',
        'name',
      );
      assert.equal(left, '', `${kind} of the release`);
    }
  });

  test('install again: the release takes over what was kept, and writes nothing', async () => {
    const mark = rig.audit.mark();
    await putRelease(rig, 'install');
    await expectQuietReplacement([], mark);
    await expectService('3h', '10800');
  });

  test('uninstall without keep: the CustomResourceDefinition goes, and with it the routes and all that served them', async () => {
    await putRelease(rig, 'upgrade', { set: ['crds.keep=false'] });
    await uninstall();
    await rig.client.waitFor(crdPath, (crd) => crd === undefined, {
      what: 'the CustomResourceDefinition to be gone',
      timeoutMs: 60_000,
    });
    const left = async () => (await Promise.all([collections.ingresses, collections.certificates].map(countOf))).join();
    await waitUntil(async () => (await left()) === '0,0', {
      what: 'the garbage collector to delete what served the routes',
      timeoutMs: 120_000,
      explain: async () => `Ingresses, Certificates: ${await left()}`,
    });
  });

  /** helm deletes the roles while the operator is still on its way out: it may no longer free its Lease, or watch. */
  async function uninstall(): Promise<void> {
    await rig.access.expectDenials(async () => {
      await callHelm(rig, 'uninstall', release.name, '--wait');
      await player.waitUntilRolledOut('the operator to be gone');
    });
  }

  /** What the operator has written since the mark, Events and its Lease aside. */
  function listWrites(since: AuditMark): readonly string[] {
    return rig.audit
      .writes({ since, user: installedUser })
      .filter(({ resource }) => resource !== 'events' && resource !== 'leases')
      .map(({ verb, resource, subresource, name }) => `${verb} ${resource}/${subresource} ${name}`);
  }

  async function countOf(path: string): Promise<number> {
    return (await rig.client.list(path)).length;
  }

  async function count(): Promise<Readonly<Record<string, number>>> {
    const counted = Object.entries(collections).map(async ([name, path]) => [name, await countOf(path)] as const);
    return Object.fromEntries(await Promise.all(counted));
  }

  /** Waits until every route has its children and its status, and the operator has nothing left to do. */
  async function waitUntilServed(): Promise<void> {
    await waitUntil(
      async () => {
        const { ingresses, certificates } = await count();
        if (ingresses !== routes.length || certificates !== routes.length) return false;
        const found = await rig.client.list(collections.routes);
        return found.every(({ status }) => status.observedGeneration === 1) && (await isIdle(player.pods));
      },
      { what: '500 routes to be served', timeoutMs: 120_000, intervalMs: 250 },
    );
  }

  /** New Pods are ready, one of them has looked at every route, and nobody has written anything. */
  async function expectQuietReplacement(old: readonly string[], mark: AuditMark): Promise<void> {
    const pods = await player.waitUntilRolledOut('the new Pods');
    const kept = names(pods).filter((name) => old.includes(name));
    assert.deepEqual(kept, [], 'Pods that have not been replaced');
    await waitUntil(async () => (await countPasses(pods)) >= routes.length && (await isIdle(pods)), {
      what: 'a new Pod to look at every route',
      timeoutMs: 60_000,
      explain: () => pods.map((pod) => pod.logTail()).join('\n'),
    });
    assert.deepEqual(listWrites(mark), []);
    assert.deepEqual(await count(), { routes: 500, ingresses: 500, certificates: 500 });
    assert.equal(player.restarts, 0, 'containers that have ended by themselves');
  }

  /** A change of one route arrives: the quiet was not that of a dead operator. */
  async function expectService(idle: string, seconds: string): Promise<void> {
    await rig.client.patch(routePath('app', 'route-7'), { spec: { timeouts: { idle } } });
    const annotation = 'nginx.ingress.kubernetes.io/proxy-read-timeout';
    await rig.client.waitFor(
      ingressPath('app', 'route-7-wss'),
      (ingress) => ingress?.metadata.annotations[annotation] === seconds,
      { what: `the change to ${idle} to arrive`, timeoutMs: 60_000 },
    );
    await waitUntil(() => isIdle(player.pods), { what: 'the operator to be idle', timeoutMs: 30_000 });
  }
});

function names(pods: readonly Pod[]): readonly string[] {
  return pods.map(({ name }) => name);
}

async function countPasses(pods: readonly Pod[]): Promise<number> {
  const counts = await readMetric(pods, 'controller_runtime_reconcile_total{controller="wssroute",result="success"}');
  return counts.reduce((sum, passes) => sum + passes, 0);
}

async function isIdle(pods: readonly Pod[]): Promise<boolean> {
  const depths = await readMetric(pods, 'workqueue_depth{name="wssroute",controller="wssroute"}');
  const active = await readMetric(pods, 'controller_runtime_active_workers{controller="wssroute"}');
  return [...depths, ...active].every((value) => value === 0);
}

/** The series in each Pod; 0 where there is none. */
async function readMetric(pods: readonly Pod[], series: string): Promise<readonly number[]> {
  const texts = await Promise.all(pods.map((pod) => pod.metrics()));
  return texts.map((text) => {
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length) ?? 0);
  });
}
