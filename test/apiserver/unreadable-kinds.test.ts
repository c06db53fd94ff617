import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { installGatewayApi } from '../support/gateway-crds.ts';
import { GatewayPlayer } from '../support/gateway-player.ts';
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
import { createTlsSecret, issuePair } from '../support/tls-secret.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listWrites, settle } from '../support/writes.ts';

const namespace = 'trim';
const controllerName = 'example.com/stand-in';
const apiVersion = 'gateway.networking.k8s.io/v1';
const rolePath = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${operatorUser}`;
const httpRoutes = `/apis/${apiVersion}/namespaces/${namespace}/httproutes`;
const parentRefs = [{ name: 'edge' }];

describe('a kind that the operator may not read', () => {
  let rig: Rig;
  let operator: Operator;
  let player: GatewayPlayer;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installGatewayApi(rig, ['envoy-gateway', 'nginx-gateway-fabric']);
    await installOperator(rig);
    await createNamespace(rig, namespace);
    await createIngressClass(rig);
    await createTlsSecret(rig, { namespace, name: 'wildcard' }, await issuePair(rig, ['*.example.com']));
    player = await GatewayPlayer.start(rig, { controllerName });
    await applyObjects(rig, [
      { apiVersion, kind: 'GatewayClass', metadata: { name: 'stand-in' }, spec: { controllerName } },
      gateway(),
    ]);
  });

  after(async () => {
    await operator?.stop();
    await player?.stop();
    await rig?.stop();
  });

  test('stops only the routes that need it, is told, and is used when it may be read', () =>
    rig.access.expectDenials(async () => {
      await trim(/^gateway\./, 'gateways');
      operator = await startOperator(rig);
      await applyObjects(rig, [
        build('plain', { ingressClassName: 'nginx' }),
        build('attached', { parentRefs }),
        build('both', { ingressClassName: 'nginx', parentRefs }),
      ]);
      for (const name of ['plain', 'both']) await publishAddress(name);
      await waitForCondition(rig, namespace, 'plain', { type: 'Programmed', status: 'True' });
      const refused = { type: 'Accepted', status: 'False', reason: 'KindNotReadable' };
      const waiting = await waitForCondition(rig, namespace, 'attached', refused);
      assert.match(
        findCondition(waiting, 'Accepted')?.message,
        /list .*gateways\.gateway\.networking\.k8s\.io \(forbidden\)/,
      );
      assert.equal(findCondition(waiting, 'Stalled'), undefined, 'the permission may still come');
      const both = await waitForCondition(rig, namespace, 'both', refused);
      assert.match(findCondition(both, 'Accepted')?.message, /^Gateway\/trim\/edge: /);
      assert.deepEqual(await rig.client.list(httpRoutes), []);
      await waitForLog(
        operator,
        'kind cannot be read, routes that need it are left as they are',
        'cannot list resource',
      );
      assert.ok((await operator.metric('wss_reflector_restarts_total{kind="HTTPRoute",cause="forbidden"}')) > 0);

      await grantOperator(rig);
      await waitForLog(operator, 'kind can be read', 'HTTPRoute');
      for (const name of ['attached', 'both']) {
        await waitForCondition(rig, namespace, name, { type: 'Programmed', status: 'True' }, 60_000);
      }
    }));

  test('loses nothing that was written before, over a restart', () =>
    rig.access.expectDenials(async () => {
      const issued = buildRoute(namespace, 'issued');
      await applyObjects(rig, [issued]);
      await waitForCondition(rig, namespace, 'issued', {
        type: 'CertificateReady',
        status: 'False',
        reason: 'Issuing',
      });
      const before = await listChildren();
      assert.equal(before.filter((child) => child.startsWith('HTTPRoute ')).length, 4, before.join());

      await operator.stop();
      await trim(/^gateway\.|cert-manager\.io$/, 'gateways');
      const mark = rig.audit.mark();
      operator = await startOperator(rig);
      for (const name of ['attached', 'both', 'issued']) {
        await waitForCondition(rig, namespace, name, { type: 'Accepted', status: 'False', reason: 'KindNotReadable' });
      }
      const sees = { type: 'CertificateReady', status: 'False', reason: 'KindNotReadable' };
      await waitForCondition(rig, namespace, 'issued', sees);
      await settle(rig, operator, routePath(namespace, 'plain'));
      const told = ['attached', 'both', 'issued'].map((name) => `wssroutes/status ${namespace}/${name}`);
      assert.deepEqual(listWrites(rig, mark), told);
      assert.deepEqual(await listChildren(), before);

      // What the route no longer wants goes when it can be seen, and not before.
      await rig.client.patch(routePath(namespace, 'attached'), {
        spec: { parentRefs: null, ingressClassName: 'nginx' },
      });
      await publishAddress('attached');
      await waitForCondition(rig, namespace, 'attached', { type: 'Programmed', status: 'True' });
      assert.deepEqual(
        (await listChildren()).filter((child) => !child.startsWith('Ingress attached-wss ')),
        before,
      );

      await grantOperator(rig);
      await rig.client.waitFor(httpRoutes, (list) => list?.items.length === 2, {
        what: 'the HTTPRoutes of the route that has left to be deleted',
        timeoutMs: 60_000,
      });
      await waitForCondition(rig, namespace, 'both', { type: 'Programmed', status: 'True' }, 60_000);
      await waitForCondition(rig, namespace, 'issued', {
        type: 'CertificateReady',
        status: 'False',
        reason: 'Issuing',
      });
      const left = before.filter((child) => !child.startsWith('HTTPRoute attached-'));
      assert.deepEqual(
        (await listChildren()).filter((child) => !child.startsWith('Ingress attached-wss ')),
        left,
      );
    }));

  /** Takes the rules of some API groups from the operator's ClusterRole, and waits until it is in force. */
  async function trim(groups: RegExp, resource: string): Promise<void> {
    const { rules } = await rig.client.get(rolePath);
    const rest = rules.filter(({ apiGroups }: ApiObject) => !apiGroups.some((each: string) => groups.test(each)));
    assert.notEqual(rest.length, rules.length);
    await rig.client.patch(rolePath, { rules: rest });
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' };
    const resourceAttributes = { verb: 'list', group: 'gateway.networking.k8s.io', resource };
    const spec = { user: operatorUser, resourceAttributes };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    await waitUntil(async () => !(await rig.client.create(path, { ...review, spec })).status.allowed, {
      what: 'the role to be trimmed',
      timeoutMs: 20_000,
    });
  }

  /** Plays the ingress controller of a route. */
  async function publishAddress(name: string): Promise<void> {
    const path = ingressPath(namespace, `${name}-wss`);
    await rig.client.waitFor(path, (found) => found !== undefined, {
      what: `the Ingress of ${name}`,
      timeoutMs: 20_000,
    });
    await rig.client.patch(`${path}/status`, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } });
  }

  async function listChildren(): Promise<readonly string[]> {
    const collections = [
      httpRoutes,
      ...[ingressPath(namespace, ''), certificatePath(namespace, '')].map((path) => path.replace(/\/$/, '')),
    ];
    const found = await Promise.all(collections.map((path) => rig.client.list(path)));
    const kinds = ['HTTPRoute', 'Ingress', 'Certificate'];
    return found
      .flatMap((objects, index) => objects.map(({ metadata }) => `${kinds[index]} ${metadata.name} ${metadata.uid}`))
      .sort();
  }
});

function build(name: string, spec: object): ApiObject {
  const route = buildRoute(namespace, name, { hosts: [`${name}.example.com`], tls: { secretName: 'wildcard' } });
  const { ingressClassName: _class, ...rest } = route.spec;
  return { ...route, spec: { ...rest, ...spec } };
}

function gateway(): ApiObject {
  const listeners = [
    { name: 'http', port: 80, protocol: 'HTTP' },
    { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'wildcard' }] } },
  ];
  return {
    ...{ apiVersion, kind: 'Gateway', metadata: { namespace, name: 'edge' } },
    spec: { gatewayClassName: 'stand-in', listeners },
  };
}
