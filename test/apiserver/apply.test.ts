import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ingressKind } from '../../src/api/kinds.ts';
import { apply, applyNew, applyStatus, remove } from '../../src/kube/apply.ts';
import { classify } from '../../src/kube/errors.ts';
import { pathOf } from '../../src/kube/path.ts';
import type { Transport } from '../../src/kube/transport.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  adminTransport,
  configMap,
  configMapKind,
  makeNamespace,
  options,
  readAll,
  writeConfigMap,
} from './cluster.ts';

let rig: Rig;
let admin: Transport;
let namespace: string;

before(async () => {
  rig = await startRig({ parts: [] });
  admin = await adminTransport(rig.kubeconfig);
});

after(async () => {
  await admin?.close();
  await rig?.stop();
});

beforeEach(async () => {
  namespace = await makeNamespace(admin);
});

function ingress(host: string): Parameters<typeof apply>[2] {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name: 'a' },
    spec: { rules: [{ host }] },
  };
}

test('creates, changes, and leaves alone what is equal', async () => {
  const created = await apply(admin, ingressKind, ingress('a.example'), options);
  assert.equal(created.code, 201);
  assert.equal(created.generation, 1);
  const same = await apply(admin, ingressKind, ingress('a.example'), options);
  assert.deepEqual(same, { ...created, code: 200 });
  const changed = await apply(admin, ingressKind, ingress('b.example'), options);
  assert.equal(changed.code, 200);
  assert.equal(changed.generation, 2);
  assert.equal(changed.uid, created.uid);
  assert.ok(Number(changed.resourceVersion) > Number(created.resourceVersion));
});

test('a dry run is checked and not stored', async () => {
  assert.equal((await apply(admin, ingressKind, ingress('a.example'), { ...options, dryRun: true })).code, 201);
  assert.equal((await readAll(admin, ingressKind, namespace)).size, 0);
});

test('a field that the kind does not have is invalid, for built-in kinds and for custom ones', async () => {
  const unknown = { ...configMap(namespace, 'a', '1'), bogus: true };
  await assert.rejects(apply(admin, configMapKind, unknown, options), (error: unknown) => {
    assert.match(String(error), /\.bogus: field not declared in schema/);
    return classify(error) === 'invalid';
  });
  await rig.apply(JSON.stringify(oinkCrd));
  const oink = {
    apiVersion: 'test.wssroute.dev/v1',
    kind: 'Oink',
    metadata: { namespace, name: 'a' },
    spec: { bogus: 1 },
  };
  await waitUntil(
    async () => {
      const outcome = await apply(admin, oinkKind, oink, options).catch((error: unknown) => error);
      if (classify(outcome) === 'notFound') return false;
      assert.equal(classify(outcome), 'invalid', String(outcome));
      assert.match(String(outcome), /bogus/);
      return true;
    },
    { what: 'the CRD to be served', timeoutMs: 10_000 },
  );
});

const oinkKind = {
  group: 'test.wssroute.dev',
  version: 'v1',
  kind: 'Oink',
  plural: 'oinks',
  isNamespaced: true,
} as const;
const oinkCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'oinks.test.wssroute.dev' },
  spec: {
    group: oinkKind.group,
    scope: 'Namespaced',
    names: { kind: 'Oink', plural: 'oinks', singular: 'oink', listKind: 'OinkList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { loud: { type: 'boolean' } } },
              status: { type: 'object', properties: { heard: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};

test('the status is written on its own: no new generation, and no object out of nothing', async () => {
  await rig.apply(JSON.stringify(oinkCrd));
  const oink = {
    apiVersion: 'test.wssroute.dev/v1',
    kind: 'Oink',
    metadata: { namespace, name: 'a' },
    spec: { loud: true },
  };
  const written = await waitUntil(async () => await apply(admin, oinkKind, oink, options), {
    what: 'the CRD to be served',
    timeoutMs: 10_000,
  });
  const { spec: _, ...bare } = oink;
  const status = { ...bare, status: { heard: 3 } };
  const after = await applyStatus(admin, oinkKind, status, options);
  assert.equal(after.generation, written.generation);
  assert.notEqual(after.resourceVersion, written.resourceVersion);
  const [stored] = (await readAll(admin, oinkKind, namespace)).values();
  assert.deepEqual(stored?.spec, { loud: true });
  assert.deepEqual(stored?.status, { heard: 3 });
  assert.deepEqual(await applyStatus(admin, oinkKind, status, options), after);
  const missing = { ...status, metadata: { namespace, name: 'missing' } };
  await assert.rejects(
    applyStatus(admin, oinkKind, missing, options),
    (error: unknown) => classify(error) === 'notFound',
  );
  const outdated = { ...status, metadata: { ...status.metadata, resourceVersion: written.resourceVersion } };
  await assert.rejects(
    applyStatus(admin, oinkKind, outdated, options),
    (error: unknown) => classify(error) === 'conflict',
  );
});

test('without force a field of somebody else is a conflict, with it the field is taken over', async () => {
  await writeConfigMap(admin, namespace, 'a', '1');
  const mine = configMap(namespace, 'a', '2');
  const other = { fieldManager: 'other', force: false };
  await assert.rejects(apply(admin, configMapKind, mine, other), (error: unknown) => {
    assert.match(String(error), /conflicts with "test": - \.data\.value/);
    return classify(error) === 'conflict';
  });
  assert.equal((await apply(admin, configMapKind, mine, { ...other, force: true })).code, 200);
});

test('an outdated resourceVersion is a conflict', async () => {
  const { resourceVersion } = await writeConfigMap(admin, namespace, 'a', '1');
  await writeConfigMap(admin, namespace, 'a', '2');
  const outdated = configMap(namespace, 'a', '3');
  const withVersion = { ...outdated, metadata: { ...outdated.metadata, resourceVersion } };
  await assert.rejects(
    apply(admin, configMapKind, withVersion, options),
    (error: unknown) => classify(error) === 'conflict',
  );
});

test('makes what is new, and conflicts with whatever is there, even what is equal', async () => {
  const isConflict = (error: unknown) => classify(error) === 'conflict';
  const made = await applyNew(admin, configMapKind, configMap(namespace, 'a', '1'), options);
  assert.equal(made.code, 201);
  for (const value of ['1', '2']) {
    await assert.rejects(applyNew(admin, configMapKind, configMap(namespace, 'a', value), options), isConflict);
  }
  const [stored] = (await readAll(admin, configMapKind, namespace)).values();
  assert.equal(stored?.metadata.resourceVersion, made.resourceVersion);
  await writeConfigMap(admin, namespace, 'b', '1');
  await assert.rejects(applyNew(admin, configMapKind, configMap(namespace, 'b', '2'), options), isConflict);
});

test('makes what is new of other kinds as well, custom ones included', async () => {
  const isConflict = (error: unknown) => classify(error) === 'conflict';
  assert.equal((await applyNew(admin, ingressKind, ingress('a.example'), options)).code, 201);
  await assert.rejects(applyNew(admin, ingressKind, ingress('a.example'), options), isConflict);
  await rig.apply(JSON.stringify(oinkCrd));
  const oink = { apiVersion: 'test.wssroute.dev/v1', kind: 'Oink', metadata: { namespace, name: 'new' } };
  const made = await waitUntil(() => applyNew(admin, oinkKind, oink, options), {
    what: 'the CRD to be served',
    timeoutMs: 10_000,
  });
  assert.equal(made.code, 201);
  await assert.rejects(applyNew(admin, oinkKind, oink, options), isConflict);
});

test('with a uid neither a namesake is changed nor a missing object made', async () => {
  const { uid } = await apply(admin, ingressKind, ingress('a.example'), options);
  const { metadata, ...rest } = ingress('b.example');
  const isConflict = (error: unknown) => classify(error) === 'conflict';
  const other = '00000000-0000-0000-0000-000000000000';
  await assert.rejects(
    apply(admin, ingressKind, { ...rest, metadata: { ...metadata, uid: other } }, options),
    isConflict,
  );
  const missing = { ...rest, metadata: { ...metadata, name: 'b', uid } };
  await assert.rejects(apply(admin, ingressKind, missing, options), isConflict);
  assert.equal((await apply(admin, ingressKind, { ...rest, metadata: { ...metadata, uid } }, options)).generation, 2);
  assert.equal((await readAll(admin, ingressKind, namespace)).size, 1);
});

test('a namespace that does not exist is not found', async () => {
  const elsewhere = configMap('test-does-not-exist', 'a', '1');
  await assert.rejects(
    apply(admin, configMapKind, elsewhere, options),
    (error: unknown) => classify(error) === 'notFound',
  );
});

test('removes only the very object that was seen', async () => {
  const { uid, resourceVersion } = await writeConfigMap(admin, namespace, 'a', '1');
  const key = `${namespace}/a`;
  await assert.rejects(
    remove(admin, configMapKind, key, { uid: 'another' }),
    (error: unknown) => classify(error) === 'conflict',
  );
  await writeConfigMap(admin, namespace, 'a', '2');
  await assert.rejects(
    remove(admin, configMapKind, key, { uid, resourceVersion }),
    (error: unknown) => classify(error) === 'conflict',
  );
  assert.equal((await readAll(admin, configMapKind, namespace)).size, 1);
  assert.equal(await remove(admin, configMapKind, { namespace, name: 'a' }, { uid }), 'deleted');
  assert.equal(await remove(admin, configMapKind, key, { uid }), 'notFound');
  assert.equal((await readAll(admin, configMapKind, namespace)).size, 0);
});

test('the answer to a write carries metadata only', async () => {
  const answer = await admin.request<{ kind: string; data?: unknown }>({
    method: 'PATCH',
    path: pathOf(configMapKind, namespace, 'a'),
    query: { fieldManager: 'test' },
    body: configMap(namespace, 'a', 'x'.repeat(10_000)),
    contentType: 'application/apply-patch+yaml',
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
  });
  assert.equal(answer.body.kind, 'PartialObjectMetadata');
  assert.equal(answer.body.data, undefined);
});
