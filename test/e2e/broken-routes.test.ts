import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { failureReasons } from '../../src/api/failure-reasons.ts';
import type { ApiObject } from '../support/admin-client.ts';
import type { AuditMark } from '../support/audit-log.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { requestCertificate } from '../support/issuance.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, ingressPath, routePath } from '../support/routes.ts';
import { spawnProgram } from '../support/spawn-program.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listWrites, settle } from '../support/writes.ts';
import { type Case, cases } from './broken-cases.ts';
import { BrokenStage } from './broken-stage.ts';

const namespace = 'broken';
const all = Object.entries(cases);
/** Twice the interval. */
const cureMs = 20_000;
/** What no handshake of the operator can find: it pings nobody, waits for no idle timeout, and private authorities are right. */
const beyond = ['UntrustedChain', 'PingTimeout', 'CutWhenIdle'];

const configuration = `apiVersion: config.wssroute.dev/v1alpha1
kind: OperatorConfiguration
verification: { minInterval: 10s }
ingressClasses:
  - { name: nginx }
  - { name: away, controller: k8s.io/ingress-nginx }
`;

describe('what breaks is told by its reason, and its cure is found', () => {
  let rig: Rig;
  let operator: Operator;
  let stage: BrokenStage;
  let mark: AuditMark;
  let broken: ReadonlyMap<string, ApiObject>;
  const cured = new Map<string, number>();

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    stage = new BrokenStage(rig);
    await stage.open();
    await installTestCa(rig);
    await installOperator(rig);
    await applyObjects(rig, [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      // ingress-nginx leaves it alone, so that the test can publish the addresses.
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: 'away' },
        spec: { controller: 'example.com/away' },
      },
    ]);
    await stage.publish('chat');
    await requestCertificate(rig, namespace, 'shared', ['*.broken.example.com']);
    for (const [name, { isServedApart, prepare }] of all) {
      if (isServedApart === true) await stage.publish(name);
      await prepare?.(stage, name);
    }
    const file = join(rig.directory, 'operator.yaml');
    await writeFile(file, configuration);
    operator = await startOperator(rig, { args: ['--config', file, '--verification'] });
    await applyObjects(
      rig,
      all.flatMap(([name, each]) => [
        compose(name, each),
        ...(each.published === undefined ? [] : [composeTwin(name)]),
      ]),
    );
    for (const [name, { published }] of all) if (published !== undefined) await publishAddress(name, published);
    broken = await waitForRoutes('to be found broken', 60_000, (route, { reason, says }) => {
      const reachable = findCondition(route, 'Reachable');
      // Before nginx has reloaded it may break for the same reason in another way: 404.
      return reachable?.reason === reason && says.test(reachable.message);
    });
    mark = rig.audit.mark();
  });

  after(async () => {
    await operator?.stop();
    await stage?.close();
    await rig?.stop();
  });

  /** Waits until every route is as it should be; looks at all of them in one request. */
  async function waitForRoutes(
    what: string,
    timeoutMs: number,
    isRight: (route: ApiObject, each: Case) => boolean,
    onRight: (name: string) => void = () => {},
  ): Promise<ReadonlyMap<string, ApiObject>> {
    const right = new Map<string, ApiObject>();
    const wrong = new Map<string, ApiObject>();
    const look = async () => {
      for (const route of await rig.client.list(`/apis/wssroute.dev/v1alpha1/namespaces/${namespace}/wssroutes`)) {
        const { name } = route.metadata;
        const each = cases[name];
        if (each === undefined || right.has(name)) continue;
        if (!isRight(route, each)) {
          wrong.set(name, route);
          continue;
        }
        wrong.delete(name);
        right.set(name, route);
        onRight(name);
      }
      return right.size === all.length;
    };
    const explain = () =>
      [...wrong].map(([name, route]) => `${name}: ${findCondition(route, 'Ready')?.message}`).join('\n');
    await waitUntil(look, { what: `the routes ${what}`, timeoutMs, intervalMs: 200, explain });
    return right;
  }

  function waitForMetric(reason: string, expected: number): Promise<unknown> {
    const series = `wss_routes_unreachable{reason="${reason}"}`;
    const isRight = async () => (await operator.metric(series)) === expected;
    return waitUntil(isRight, { what: `${series} to be ${expected}`, timeoutMs: 10_000 });
  }

  async function publishAddress(name: string, published: object): Promise<void> {
    const path = ingressPath(namespace, `${name}-wss`);
    await rig.client.waitFor(path, (ingress) => ingress !== undefined, { what: path, timeoutMs: 20_000 });
    await rig.client.patch(`${path}/status`, { status: { loadBalancer: { ingress: [published] } } });
  }

  test('every reason that a handshake of the operator can have is among the cases', () => {
    assert.ok(all.length >= 30, `${all.length} cases`);
    const met = new Set<string>(all.map(([, { reason }]) => reason));
    assert.deepEqual([...met, ...beyond].sort(), Object.keys(failureReasons).sort());
  });

  for (const [name, { reason, says, certificate = 'True' }] of all) {
    test(`${name}: ${reason}`, () => {
      const find = (type: string) => findCondition(broken.get(name), type);
      const judged = ['Ready', 'Reachable'].map((type) => [find(type)?.status, find(type)?.reason]);
      assert.deepEqual(judged, [
        ['False', reason],
        ['False', reason],
      ]);
      assert.match(find('Ready')?.message, says);
      assert.match(find('Reachable')?.message, says);
      const shown = { True: 'CertificateMatches', False: reason, Unknown: 'NotReached' }[certificate];
      assert.deepEqual(
        [find('CertificateMatches')?.status, find('CertificateMatches')?.reason],
        [certificate, shown],
        find('CertificateMatches')?.message,
      );
    });
  }

  test('wss probe says of each what its conditions say', async () => {
    const order = ['probe', '--all', '--namespace', namespace, '--kubeconfig', rig.kubeconfig, '--json'];
    const { code, stdout } = await spawnProgram(order);
    assert.equal(code, 1);
    const told = new Map<string, string>();
    for (const { name, isReachable, reason } of JSON.parse(stdout)) {
      if (!isReachable && !told.has(name)) told.set(name, reason);
    }
    const expected = all.map(([name, { reason }]): [string, string] => [name, reason]);
    assert.deepEqual(told, new Map(expected.sort(([one], [other]) => (one < other ? -1 : 1))));
  });

  test('metrics count the routes of each reason', async () => {
    for (const reason of new Set(all.map(([, each]) => each.reason))) {
      const expected = all.filter(([, each]) => each.reason === reason).length;
      await waitForMetric(reason, expected);
    }
  });

  test('all of them cured are Ready by themselves', async () => {
    const since = new Map<string, number>();
    const curing = Promise.all(
      all.map(async ([name, { cure }]) => {
        await cure(stage, name);
        since.set(name, performance.now());
      }),
    );
    const isReady = (route: ApiObject) => {
      const ready = findCondition(route, 'Ready');
      return ready?.status === 'True' && ready.observedGeneration === route.metadata.generation;
    };
    await waitForRoutes('to be Ready', 60_000, isReady, (name) =>
      cured.set(name, performance.now() - (since.get(name) ?? 0)),
    );
    await curing;
    for (const reason of new Set(all.map(([, each]) => each.reason))) await waitForMetric(reason, 0);
    const slow = [...cured].filter(([, ms]) => ms > cureMs).map(([name, ms]) => `${name}: ${Math.round(ms)} ms`);
    assert.deepEqual(slow, []);
  });

  test('a status is written for what has changed, and children where the route has', async (context) => {
    await settle(rig, operator, routePath(namespace, 'plain'));
    const writes = listWrites(rig, mark);
    const count = (what: string) => writes.filter((write) => write === what).length;
    for (const [name, each] of all) {
      const statuses = count(`wssroutes/status ${namespace}/${name}`);
      assert.ok(statuses >= 1 && statuses <= mostStatuses(each), `${name}: ${statuses} status writes`);
    }
    const children = writes.filter((write) => !write.startsWith('wssroutes/status '));
    const expected = all.flatMap(([name, { rewritten = [] }]) =>
      rewritten.map((kind) => `${kind} ${namespace}/${name}-wss`),
    );
    assert.deepEqual(children, expected.sort());
    const times = [...cured].sort(([, one], [, other]) => other - one);
    context.diagnostic(times.map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`).join(', '));
  });
});

/** A route that is left alone becomes Ready, and that is all. One that is edited is asked for anew, and each step of an issuance is told. */
function mostStatuses({ isEdited = false, rewritten = [] }: Case): number {
  if (!isEdited) return 1;
  return rewritten.includes('certificates') ? 8 : 4;
}

function compose(name: string, { spec, isServedApart = false, isBroughtAlong = false }: Case): ApiObject {
  return buildRoute(namespace, name, {
    tls: isBroughtAlong ? { secretName: name } : { certificateRef: { name: 'shared' } },
    paths: [{ path: '/ws', service: { name: isServedApart ? name : 'chat', port: 8080 } }],
    verification: { interval: '10s' },
    ...spec,
  });
}

/** What a controller behind the published address serves: the same, by the class that ingress-nginx has. */
function composeTwin(name: string): ApiObject {
  const host = `${name}.${namespace}.example.com`;
  const backend = { service: { name: 'chat', port: { number: 8080 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name: `${name}-twin` },
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: [host], secretName: 'shared-tls' }],
      rules: [{ host, http: { paths: [{ path: '/ws', pathType: 'Prefix', backend }] } }],
    },
  };
}
