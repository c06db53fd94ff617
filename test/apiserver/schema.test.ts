import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { StructuralSchema } from '../../src/api/schema.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { waitUntilEstablished } from '../support/established.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import { goldenRoutes } from './golden-routes.ts';

const crd = fileURLToPath(new URL('../../crds/wssroutes.yaml', import.meta.url));
const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/wssroutes.wssroute.dev';
const collection = '/apis/wssroute.dev/v1alpha1/namespaces/default/wssroutes';
const chat = goldenRoutes.find(({ place }) => place === 'deploy/examples/chat.yaml')?.object;

let rig: Rig;

before(async () => {
  rig = await startRig({ parts: [] });
  await rig.kubectl('apply', '--warnings-as-errors', '--server-side', '-f', crd);
  await waitUntilEstablished(rig);
});

after(() => rig?.stop());

describe('the CustomResourceDefinition', () => {
  test('is accepted as it is: no warning, its names its own, its schema structural', async () => {
    const { status } = await rig.client.get(definition);
    const isTrue = (wanted: string) =>
      status.conditions.some((condition: ApiObject) => condition.type === wanted && condition.status === 'True');
    assert.ok(isTrue('Established') && isTrue('NamesAccepted'));
    assert.equal(isTrue('NonStructuralSchema') || isTrue('KubernetesAPIApprovalPolicyConformant'), false);
  });

  test('is unchanged when it is applied again', async () => {
    const { generation } = (await rig.client.get(definition)).metadata;
    await rig.kubectl('apply', '--warnings-as-errors', '--server-side', '-f', crd);
    assert.equal((await rig.client.get(definition)).metadata.generation, generation);
  });

  test('explains every field to kubectl', async () => {
    // The API server publishes the OpenAPI document of a new kind a moment after it serves it.
    await waitUntil(() => rig.kubectl('explain', 'wssroute'), {
      what: 'the schema to be published',
      timeoutMs: 30_000,
    });
    const { spec } = await rig.client.get(definition);
    const { properties } = spec.versions[0].schema.openAPIV3Schema;
    for (const part of ['spec', 'status']) {
      const explained = await rig.kubectl('explain', `wssroute.${part}`, '--recursive');
      const shown = [...explained.matchAll(/^\s+(\w+)\t</gm)].map(([, name]) => name).sort();
      assert.deepEqual(shown, listFields(properties[part]).sort());
    }
    assert.match(await rig.kubectl('explain', 'wr.spec.timeouts.idle'), /How long a socket may be silent/);
  });
});

describe('a WssRoute', () => {
  test('is listed by its short name and by its category, with the columns that tell what it waits for', async () => {
    await rig.client.create(collection, withName('listed'));
    const path = `${collection}/listed/status`;
    await rig.client.patch(path, {
      status: {
        urls: ['wss://chat.example.com/ws'],
        certificate: { notAfter: '2099-01-01T00:00:00Z' },
        conditions: [ready('True', 'Ready', 'the route is served')],
      },
    });
    const [header = '', row = ''] = (await rig.kubectl('get', 'wr', 'listed')).split('\n');
    assert.deepEqual(header.trim().split(/\s+/), ['NAME', 'HOSTS', 'URL', 'READY', 'REASON', 'CERT-EXPIRES', 'AGE']);
    assert.match(row, /^listed +\["chat\.example\.com"\] +wss:\/\/chat\.example\.com\/ws +True +Ready +\S+ +\S+/);
    const wide = await rig.kubectl('get', 'wr', 'listed', '-o', 'wide');
    assert.match(wide, /CLASS +DIALECT +MESSAGE/);
    assert.match(wide, /nginx .*the route is served/);
    assert.match(await rig.kubectl('get', 'wss', '-o', 'name'), /wssroute\.wssroute\.dev\/listed/);
  });

  test('is Ready=Unknown from the moment it is there', async () => {
    const { status, spec } = await rig.client.create(collection, withName('fresh'));
    assert.deepEqual(
      status.conditions.map(({ type, status: value, reason }: ApiObject) => [type, value, reason]),
      [['Ready', 'Unknown', 'Pending']],
    );
    assert.deepEqual(spec.timeouts, { idle: '1h', connect: '5s' });
    assert.equal(spec.redirect, true);
    assert.equal(spec.loadBalancing, 'RoundRobin');
  });

  test('has a status of its own: neither can be written through the other', async () => {
    const created = await rig.client.create(collection, { ...withName('two'), status: { dialect: 'invented' } });
    assert.equal(created.status.dialect, undefined);
    const path = `${collection}/two`;
    const spec = { ...created.spec, redirect: false };
    const afterStatus = await rig.client.replace(`${path}/status`, {
      ...created,
      spec,
      status: { dialect: 'ingress-nginx', conditions: [ready('True', 'Ready', 'served')] },
    });
    assert.equal(afterStatus.spec.redirect, true);
    assert.equal(afterStatus.metadata.generation, 1);
    const afterSpec = await rig.client.replace(path, { ...afterStatus, spec, status: { dialect: 'invented' } });
    assert.equal(afterSpec.metadata.generation, 2);
    assert.equal(afterSpec.spec.redirect, false);
    assert.equal(afterSpec.status.dialect, 'ingress-nginx');
    assert.equal(afterSpec.status.conditions[0].status, 'True');
  });
});

function withName(name: string): ApiObject {
  return { ...chat, metadata: { name } };
}

function ready(status: string, reason: string, message: string): ApiObject {
  return { type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' };
}

/** The names of all fields below one. */
function listFields(node: StructuralSchema): readonly string[] & string[] {
  const leaf = node.items ?? node;
  return Object.entries(leaf.properties ?? {}).flatMap(([name, child]) => [name, ...listFields(child)]);
}
