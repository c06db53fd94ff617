import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadAll } from 'js-yaml';
import { renderManifest } from '../../deploy/generate/manifest.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { runKubectl } from '../support/kubectl.ts';
import { type Rig, startRig } from '../support/rig.ts';

const deploy = join(import.meta.dirname, '../../deploy');
const file = join(deploy, 'install.yaml');
const text = readFileSync(file, 'utf8');
const objects = loadAll(text) as readonly ApiObject[];

describe('install.yaml', () => {
  let rig: Rig;

  before(async () => {
    rig = await startRig({ parts: [] });
  });

  after(() => rig?.stop());

  test('is what the chart renders', async () => {
    assert.equal(await renderManifest(), text, 'run `npm run generate`');
  });

  test('begins with its namespace, which nothing but restricted Pods may run in', () => {
    const [first, ...rest] = objects;
    assert.equal(first?.kind, 'Namespace');
    assert.equal(first?.metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
    const namespaces = new Set(rest.flatMap(({ metadata }) => metadata.namespace ?? []));
    assert.deepEqual([...namespaces], [first?.metadata.name]);
  });

  test('is taken by the API server as it is, and once more without a change', async () => {
    const apply = () => rig.kubectl('apply', '--server-side', '--validate=strict', '-f', file);
    assert.equal((await apply()).trim().split('\n').length, objects.length);
    const before = await readVersions();
    await apply();
    assert.deepEqual(await readVersions(), before);
  });

  test('describes a Pod that the namespace admits', async () => {
    const { metadata, spec } = find('Deployment').spec.template;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: 'one', namespace: 'wss-system' },
      spec,
    };
    const args = ['create', '--dry-run=server', '--validate=strict', '-f', '-'];
    assert.match(await runKubectl(rig.kubeconfig, args, JSON.stringify(pod)), /pod\/one created/);
    const looser = {
      ...spec.containers[0],
      securityContext: { ...spec.containers[0].securityContext, capabilities: {} },
    };
    const refused = JSON.stringify({ ...pod, spec: { ...spec, containers: [looser] } });
    await assert.rejects(runKubectl(rig.kubeconfig, args, refused), /violates PodSecurity "restricted:latest"/);
  });

  test('is what kustomize makes of this folder', async () => {
    const built = loadAll(await rig.kubectl('kustomize', deploy)) as readonly ApiObject[];
    assert.deepEqual(indexed(built), indexed(objects));
  });

  async function readVersions(): Promise<readonly string[]> {
    const template = '{range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
    const own = 'app.kubernetes.io/part-of=wss-operator';
    const kinds = [...new Set(objects.map(({ kind }) => kind.toLowerCase()))].join(',');
    const listed = await rig.kubectl('get', kinds, '--all-namespaces', '-l', own, '-o', `jsonpath=${template}`);
    const lines = listed.trim().split('\n');
    assert.equal(lines.length, objects.length);
    return lines;
  }
});

function indexed(all: readonly ApiObject[]): Readonly<Record<string, ApiObject>> {
  return Object.fromEntries(all.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

function find(kind: string): ApiObject {
  const found = objects.find((object) => object.kind === kind);
  assert.ok(found, `install.yaml has no ${kind}`);
  return found;
}
