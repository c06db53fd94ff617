import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { configurationSchema } from '../../src/config/schema.ts';
import { installCertManagerCrds } from '../support/cert-manager.ts';
import { waitUntilEstablished } from '../support/established.ts';
import {
  applyObjects,
  grantOperator,
  installOperator,
  type Operator,
  operatorUser,
  startOperator,
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
import { listWrites, settle } from '../support/writes.ts';

const controller = 'k8s.io/ingress-nginx';
const rbac = 'rbac.authorization.k8s.io';

/** Permissions in one namespace: no IngressClass, nothing of other namespaces, no Lease. */
const rules = [
  { apiGroups: ['wssroute.dev'], resources: ['wssroutes'], verbs: ['list', 'watch'] },
  { apiGroups: ['wssroute.dev'], resources: ['wssroutes/status'], verbs: ['patch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list', 'watch', 'create', 'patch', 'delete'] },
  {
    apiGroups: ['cert-manager.io'],
    resources: ['certificates'],
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
  },
  { apiGroups: ['cert-manager.io'], resources: ['certificaterequests'], verbs: ['list', 'watch'] },
  { apiGroups: ['acme.cert-manager.io'], resources: ['orders', 'challenges'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
];

let written = 0;

/** A configuration file; the operator is the only replica. */
async function configure(rig: Rig, fields: object): Promise<readonly string[]> {
  written += 1;
  const file = join(rig.directory, `configuration-${written}.yaml`);
  const marks = { apiVersion: 'config.wssroute.dev/v1alpha1', kind: 'OperatorConfiguration' };
  await writeFile(file, JSON.stringify({ ...marks, leaderElection: { enabled: false }, ...fields }));
  return ['--config', file];
}

describe('an operator of two namespaces and one class, with Roles only', () => {
  const scope = { namespaces: ['blue', 'green'], ingressClasses: [{ name: 'edge', controller }] };
  const wanted = { ingressClassName: 'edge' };
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: [] });
    await rig.kubectl('apply', '--server-side', '-f', new URL('../../crds/wssroutes.yaml', import.meta.url).pathname);
    await waitUntilEstablished(rig);
    for (const namespace of ['blue', 'green', 'red']) await createNamespace(rig, namespace);
    for (const namespace of scope.namespaces) await grant(rig, namespace);
    operator = await startOperator(rig, { args: await configure(rig, scope) });
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('is ready, and waits for cert-manager in both namespaces', async () => {
    for (const namespace of scope.namespaces) {
      await applyObjects(rig, [buildRoute(namespace, 'chat', wanted)]);
      await waitForCondition(rig, namespace, 'chat', {
        type: 'CertificateReady',
        status: 'False',
        reason: 'CertManagerNotInstalled',
      });
    }
  });

  test('goes on in both when cert-manager comes, without a write too many', async () => {
    const mark = rig.audit.mark();
    await installCertManagerCrds(rig.client);
    for (const namespace of scope.namespaces) {
      await waitForCondition(rig, namespace, 'chat', { type: 'CertificateReady', status: 'False', reason: 'Issuing' });
      assert.ok(await rig.client.find(certificatePath(namespace, 'chat-wss')));
    }
    for (const namespace of scope.namespaces) await settle(rig, operator, routePath(namespace, 'chat'));
    const certificates = listWrites(rig, mark).filter((write) => write.startsWith('certificates'));
    assert.deepEqual(certificates, ['certificates blue/chat-wss', 'certificates green/chat-wss']);
  });

  test('sees its own writes in each namespace by that namespace: one of each, however quiet the other is', async () => {
    const mark = rig.audit.mark();
    const since = performance.now();
    for (const namespace of scope.namespaces) {
      await applyObjects(rig, [buildRoute(namespace, 'feed', wanted)]);
      await waitForCondition(rig, namespace, 'feed', { type: 'Accepted', status: 'True' });
      await settle(rig, operator, routePath(namespace, 'feed'));
    }
    assert.ok(performance.now() - since < 30_000, 'a bookmark of the quiet namespace was waited for');
    assert.deepEqual(
      listWrites(rig, mark),
      scope.namespaces
        .flatMap((namespace) => [
          `certificates ${namespace}/feed-wss`,
          `ingresses ${namespace}/feed-wss`,
          `wssroutes/status ${namespace}/feed`,
        ])
        .sort(),
    );
  });

  test('knows who wants a host across its namespaces', async () => {
    const hosts = ['shared.example.com'];
    await applyObjects(rig, [buildRoute('blue', 'first', { ...wanted, hosts })]);
    await waitForCondition(rig, 'blue', 'first', { type: 'Accepted', status: 'True' });
    await waitForNextSecond();
    await applyObjects(rig, [buildRoute('green', 'second', { ...wanted, hosts })]);
    const route = await waitForCondition(rig, 'green', 'second', {
      type: 'Accepted',
      status: 'False',
      reason: 'HostClaimed',
    });
    assert.match(findCondition(route, 'Accepted')?.message, /by WssRoute blue\/first/);
    await rig.client.delete(routePath('blue', 'first'));
    await waitForCondition(rig, 'green', 'second', { type: 'Accepted', status: 'True' });
  });

  test('leaves a third namespace and another class alone', async () => {
    const mark = rig.audit.mark();
    await applyObjects(rig, [
      buildRoute('red', 'chat', wanted),
      buildRoute('blue', 'elsewhere', { ingressClassName: 'nginx' }),
    ]);
    await settle(rig, operator, routePath('blue', 'chat'));
    await settle(rig, operator, routePath('green', 'chat'));
    assert.deepEqual(listWrites(rig, mark), []);
    for (const [namespace, name] of [
      ['red', 'chat'],
      ['blue', 'elsewhere'],
    ] as const) {
      const route = await rig.client.get(routePath(namespace, name));
      assert.equal(findCondition(route, 'Ready')?.reason, 'Pending');
    }
    assert.equal(await operator.metric('wss_reflector_restarts_total{kind="IngressClass",cause="forbidden"}'), 0);
  });

  test('writes nothing when it is started again', async () => {
    const mark = rig.audit.mark();
    assert.equal(await operator.stop(), 0);
    operator = await startOperator(rig, { args: await configure(rig, scope) });
    for (const namespace of scope.namespaces) await settle(rig, operator, routePath(namespace, 'chat'));
    assert.deepEqual(listWrites(rig, mark), []);
  });
});

describe('an operator with a policy for issuers', () => {
  const ingressClasses = [{ name: 'nginx', controller }];
  const standard = { name: 'standard', kind: 'ClusterIssuer', group: 'cert-manager.io' };
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await createNamespace(rig, 'tenant');
    operator = await startOperator(rig, {
      args: await configure(rig, { ingressClasses, issuers: { default: standard } }),
    });
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  async function restart(fields: object): Promise<void> {
    await operator.stop();
    operator = await startOperator(rig, { args: await configure(rig, { ingressClasses, ...fields }) });
  }

  test('lets the default issuer sign for a route that names none', async () => {
    await applyObjects(rig, [buildRoute('tenant', 'plain', { tls: undefined })]);
    await waitForCondition(rig, 'tenant', 'plain', { type: 'Accepted', status: 'True' });
    const { spec } = await rig.client.get(certificatePath('tenant', 'plain-wss'));
    assert.deepEqual(spec.issuerRef, standard);
  });

  test('keeps what a forbidden issuer was written for, says so, and lists what is allowed', async () => {
    await applyObjects(rig, [buildRoute('tenant', 'chat')]);
    await waitForCondition(rig, 'tenant', 'chat', { type: 'Accepted', status: 'True' });
    const before = await readVersions(rig, 'chat-wss');
    await restart({ issuers: { default: standard, allowed: [standard, { name: 'other', kind: 'Issuer' }] } });
    const route = await waitForCondition(rig, 'tenant', 'chat', {
      type: 'Accepted',
      status: 'False',
      reason: 'IssuerNotAllowed',
    });
    assert.match(
      findCondition(route, 'Accepted')?.message,
      /^spec\.tls\.issuerRef: found "ClusterIssuer test-ca", must be .* allows: ClusterIssuer standard, Issuer other$/,
    );
    assert.deepEqual(await readVersions(rig, 'chat-wss'), before);
    await applyObjects(rig, [buildRoute('tenant', 'new')]);
    await waitForCondition(rig, 'tenant', 'new', { type: 'Accepted', status: 'False', reason: 'IssuerNotAllowed' });
    assert.equal(await rig.client.find(ingressPath('tenant', 'new-wss')), undefined);
    assert.equal(await rig.client.find(certificatePath('tenant', 'new-wss')), undefined);
  });

  test('writes nothing at a restart that decides nothing else', async () => {
    await settle(rig, operator, routePath('tenant', 'chat'));
    const mark = rig.audit.mark();
    await restart({
      issuers: { allowed: [{ name: 'other', kind: 'Issuer' }, standard], default: standard },
      workers: 3,
    });
    const plain = await rig.client.get(routePath('tenant', 'plain'));
    assert.equal(findCondition(plain, 'Accepted')?.status, 'True');
    await settle(rig, operator, routePath('tenant', 'plain'));
    const unchanged = listWrites(rig, mark).filter((write) => write.includes('plain'));
    assert.deepEqual(unchanged, []);
  });

  test('goes on when the issuer is allowed again, without touching what is served', async () => {
    const before = await readVersions(rig, 'chat-wss');
    await restart({ issuers: { default: standard } });
    for (const name of ['chat', 'new']) {
      await waitForCondition(rig, 'tenant', name, { type: 'Accepted', status: 'True' });
    }
    assert.deepEqual(await readVersions(rig, 'chat-wss'), before);
  });

  test('holds a route to the limits, and tells one without an issuer what is missing when there is no default', async () => {
    await restart({ limits: { idleTimeout: '30m' } });
    const chat = await waitForCondition(rig, 'tenant', 'chat', {
      type: 'Accepted',
      status: 'False',
      reason: 'LimitExceeded',
    });
    assert.match(findCondition(chat, 'Accepted')?.message, /^spec\.timeouts\.idle: found "1h", must be at most 30m/);
    const plain = await waitForCondition(rig, 'tenant', 'plain', {
      type: 'Accepted',
      status: 'False',
      reason: 'IssuerMissing',
    });
    assert.match(findCondition(plain, 'Accepted')?.message, /no default issuer.*; spec\.timeouts\.idle/);
    assert.ok(await rig.client.find(certificatePath('tenant', 'plain-wss')), 'what was written goes on serving');
    await rig.client.patch(routePath('tenant', 'chat'), { spec: { timeouts: { idle: '30m' } } });
    await waitForCondition(rig, 'tenant', 'chat', { type: 'Accepted', status: 'True' });
  });
});

describe('an operator of as many namespaces as it may watch', () => {
  const namespaces = Array.from(
    { length: configurationSchema.properties.namespaces.maxItems },
    (_, index) => `tenant-${index}`,
  );
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    for (const namespace of namespaces) await createNamespace(rig, namespace);
    operator = await startOperator(rig, { args: namespaces.flatMap((name) => ['-n', name]) });
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('serves each of them: the watches leave room on their connection', async () => {
    await applyObjects(
      rig,
      namespaces.map((namespace) => buildRoute(namespace, 'chat')),
    );
    for (const namespace of namespaces) {
      await waitForCondition(rig, namespace, 'chat', {
        type: 'Accepted',
        status: 'False',
        reason: 'IngressClassNotFound',
      });
    }
    await createIngressClass(rig);
    for (const namespace of namespaces) {
      await waitForCondition(rig, namespace, 'chat', { type: 'Accepted', status: 'True' });
    }
  });
});

describe('two operators that share a cluster by class', () => {
  const owners = { edge: 'operator-of-edge', inside: 'operator-of-inside' } as const;
  const names = Array.from({ length: 10 }, (_, index) => `route-${index}`);
  const running = new Map<string, Operator>();
  let rig: Rig;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await grantOperator(rig, { kind: 'Group', name: 'operators', apiGroup: rbac });
    await createNamespace(rig, 'shared');
    await start();
  });

  after(async () => {
    for (const operator of running.values()) await operator.stop();
    await rig?.stop();
  });

  async function start(): Promise<void> {
    for (const [name, user] of Object.entries(owners)) {
      const gatewayAPI = name === 'edge' ? { enabled: true } : {};
      const args = await configure(rig, { ingressClasses: [{ name, controller }], gatewayAPI });
      const kubeconfig = await rig.kubeconfigFor({ user, groups: ['operators'] });
      running.set(name, await startOperator(rig, { args, kubeconfig }));
    }
  }

  /** Who has written to what since the mark: `user resource namespace/name`; Events aside. */
  function listAll(since: number): readonly string[] {
    return Object.values(owners).flatMap((user) =>
      rig.audit
        .writes({ since, user })
        .filter(({ resource }) => resource !== 'events')
        .map(({ resource, subresource, name }) => `${user} ${resource}${subresource && `/${subresource}`} ${name}`),
    );
  }

  async function settleBoth(): Promise<void> {
    for (const className of Object.keys(owners)) {
      const operator = running.get(className);
      assert.ok(operator);
      await settle(rig, operator, routePath('shared', `${className}-route-0`));
    }
  }

  test('write each what is theirs, once', async () => {
    const mark = rig.audit.mark();
    const classes = Object.keys(owners);
    await applyObjects(
      rig,
      classes.flatMap((ingressClassName) =>
        names.map((name) => buildRoute('shared', `${ingressClassName}-${name}`, { ingressClassName })),
      ),
    );
    for (const className of classes) {
      for (const name of names) {
        await waitForCondition(rig, 'shared', `${className}-${name}`, { type: 'Accepted', status: 'True' });
      }
    }
    await settleBoth();
    const expected = Object.entries(owners).flatMap(([className, user]) =>
      names.flatMap((name) => [
        `${user} certificates ${className}-${name}-wss`,
        `${user} ingresses ${className}-${name}-wss`,
        `${user} wssroutes/status ${className}-${name}`,
      ]),
    );
    assert.deepEqual([...listAll(mark)].sort(), expected.sort());
  });

  test('leave Gateways to the one whose configuration names them', async () => {
    const mark = rig.audit.mark();
    const { spec, ...route } = buildRoute('shared', 'attached');
    const { ingressClassName: _class, ...rest } = spec;
    await applyObjects(rig, [{ ...route, spec: { ...rest, parentRefs: [{ name: 'gate' }] } }]);
    const waiting = { type: 'Accepted', status: 'False', reason: 'GatewayAPINotInstalled' };
    await waitForCondition(rig, 'shared', 'attached', waiting);
    await settleBoth();
    assert.deepEqual(listAll(mark), [`${owners.edge} wssroutes/status attached`]);
  });

  test('write nothing when both are started again', async () => {
    const mark = rig.audit.mark();
    for (const operator of running.values()) assert.equal(await operator.stop(), 0);
    await start();
    await settleBoth();
    assert.deepEqual(listAll(mark), []);
  });

  test('hand a route over when its class changes, and do not fight about it', async () => {
    const mark = rig.audit.mark();
    await rig.client.patch(routePath('shared', 'edge-route-1'), { spec: { ingressClassName: 'inside' } });
    await waitUntil(
      async () => (await rig.client.get(ingressPath('shared', 'edge-route-1-wss'))).spec.ingressClassName === 'inside',
      { what: 'the Ingress to change its class', timeoutMs: 20_000 },
    );
    const route = await waitForCondition(rig, 'shared', 'edge-route-1', { type: 'Accepted', status: 'True' });
    assert.match(findCondition(route, 'Accepted')?.message, /served by class "inside"/);
    await settleBoth();
    const writes = listAll(mark);
    assert.ok(
      writes.every((write) => write.startsWith(`${owners.inside} `)),
      writes.join(),
    );
    assert.deepEqual([...new Set(writes)].length, writes.length, writes.join());
  });
});

/** A Role and its binding, for the operator of the tests. */
async function grant(rig: Rig, namespace: string): Promise<void> {
  const apiVersion = `${rbac}/v1`;
  const metadata = { name: operatorUser, namespace };
  const roleRef = { kind: 'Role', name: operatorUser, apiGroup: rbac };
  const subjects = [{ kind: 'User', name: operatorUser, apiGroup: rbac }];
  await applyObjects(rig, [
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects },
  ]);
}

/** What tells whether the Ingress and the Certificate of a name were written to. */
async function readVersions(rig: Rig, name: string): Promise<readonly string[]> {
  const objects = [ingressPath('tenant', name), certificatePath('tenant', name)].map((path) => rig.client.get(path));
  return (await Promise.all(objects)).map(({ metadata }) => metadata.resourceVersion);
}

/** Ages have a resolution of one second. */
async function waitForNextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === second) await new Promise((resolve) => setTimeout(resolve, 20));
}
