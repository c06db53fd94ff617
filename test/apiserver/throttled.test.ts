/** Priority and fairness turn the operator away (429): its level has no seats but the one that is always there, and no queue. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { wssRouteKind } from '../../src/api/kinds.ts';
import type { ClusterAccess } from '../../src/kube/access.ts';
import { classify } from '../../src/kube/errors.ts';
import { pathOf } from '../../src/kube/path.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { Transport } from '../../src/kube/transport.ts';
import type { ApiObject } from '../support/admin-client.ts';
import {
  applyObjects,
  installOperator,
  type Operator,
  operatorUser,
  startOperator,
  waitForLog,
} from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  createIngressClass,
  createNamespace,
  findCondition,
  routePath,
  waitForCondition,
} from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listRepeatedStatuses, listWrites, settle } from '../support/writes.ts';
import { adminAccess } from './cluster.ts';

const namespace = 'crowd';
const names = Array.from({ length: 60 }, (_, index) => `route-${index}`);
const routes = routePath(namespace, '').replace(/\/$/, '');
const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const schemaPath = `/apis/${apiVersion}/flowschemas/closed`;

describe('an API server that turns the operator away', () => {
  let rig: Rig;
  let operator: Operator;
  let access: ClusterAccess;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, namespace);
    access = await adminAccess(await rig.kubeconfigFor({ user: operatorUser }));
    operator = await startOperator(rig);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('gets every write when it takes them again, and each once', () =>
    crowd(async () => {
      const mark = rig.audit.mark();
      for (const name of names) await rig.client.create(routes, buildRoute(namespace, name));
      await waitForLog(operator, 'reconcile failed, will be retried', 'throttled');
      await rig.client.delete(schemaPath);
      await waitUntil(async () => (await rig.client.list(routes)).every(isJudged), {
        what: 'every route to be judged',
        timeoutMs: 60_000,
      });
      await settle(rig, operator, routePath(namespace, 'route-0'));
      const refused = rig.audit.writes({ since: mark, user: operatorUser }).filter(({ code }) => code === 429);
      assert.ok(refused.length > 0);
      const children = listWrites(rig, mark).filter(
        (write) => !write.startsWith('wssroutes/') && !write.endsWith(' (429)'),
      );
      const wanted = ['certificates', 'ingresses'].flatMap((kind) =>
        names.map((name) => `${kind} ${namespace}/${name}-wss`),
      );
      assert.deepEqual(children, wanted.sort());
      assert.deepEqual(listRepeatedStatuses(rig, mark), []);
    }));

  test('keeps no watch from going on', () =>
    crowd(async () => {
      const transport = new Transport({ access, version: 'test' });
      const states: string[] = [];
      const reflector = new Reflector({
        ...{ transport, kind: wssRouteKind, watchSeconds: 1 },
        project: ({ metadata }) => metadata.name,
        onChange: () => {},
        onState: (state) => states.push(state.phase === 'retrying' ? classify(state.error) : state.phase),
      });
      try {
        reflector.start();
        const wait = { timeoutMs: 60_000, explain: () => states.join(', ') };
        await waitUntil(async () => states.includes('throttled'), { what: 'the watch to be turned away', ...wait });
        await rig.client.create(routes, buildRoute(namespace, 'late'));
        await rig.client.delete(schemaPath);
        await waitUntil(async () => reflector.get(`${namespace}/late`) === 'late' && states.at(-1) === 'watching', {
          what: 'the watch to go on',
          ...wait,
        });
        assert.equal(reflector.size, names.length + 1);
      } finally {
        await reflector.stop();
        await transport.close();
      }
      await waitForCondition(rig, namespace, 'late', { type: 'Accepted', status: 'True' }, 60_000);
    }));

  /** Closes the level and takes the one seat that is left as often as it can be had, as another client of the same name would. */
  async function crowd(body: () => Promise<void>): Promise<void> {
    const transport = new Transport({ access, version: 'crowd' });
    const asked = { throttled: 0, isOver: false };
    async function ask(): Promise<void> {
      while (!asked.isOver) {
        const request = transport.request({ method: 'GET', path: pathOf(wssRouteKind), isBesideWrites: true });
        await request.catch((error: unknown) => {
          if (classify(error) === 'throttled') asked.throttled += 1;
        });
      }
    }
    await applyObjects(rig, closedLevel);
    const asking = Promise.all(Array.from({ length: 10 }, ask));
    try {
      await waitUntil(async () => asked.throttled > 0, { what: 'the level to be closed', timeoutMs: 20_000 });
      await body();
    } finally {
      asked.isOver = true;
      await asking;
      await transport.close();
    }
  }
});

const closedLevel: readonly ApiObject[] = [
  {
    ...{ apiVersion, kind: 'PriorityLevelConfiguration', metadata: { name: 'closed' } },
    spec: {
      type: 'Limited',
      limited: {
        ...{ nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0 },
        limitResponse: { type: 'Reject' },
      },
    },
  },
  {
    ...{ apiVersion, kind: 'FlowSchema', metadata: { name: 'closed' } },
    spec: {
      priorityLevelConfiguration: { name: 'closed' },
      matchingPrecedence: 2,
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: operatorUser } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
        },
      ],
    },
  },
];

function isJudged(route: ApiObject): boolean {
  return findCondition(route, 'Accepted')?.status === 'True';
}
