import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import type { ApiObject } from '../support/admin-client.ts';
import { partDirectory } from '../support/build-parts.ts';
import { DeploymentPlayer } from '../support/deployment-player.ts';
import { buildBundle } from '../support/image.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createIngressClass, createNamespace, ingressPath, waitForCondition } from '../support/routes.ts';
import { release } from './render.ts';

const run = promisify(execFile);
const deploy = join(import.meta.dirname, '../../deploy');
const manifest = join(deploy, 'install.yaml');
const example = join(deploy, 'examples/own-secret.yaml');

/** What `kubectl explain --recursive` prints of a schema: `name  <type>`, deeper fields further in. */
const explained = /^( +)(\w+)\t<([^>]+)>/;

describe('with kubectl alone', () => {
  let rig: Rig;
  let player: DeploymentPlayer | undefined;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await createIngressClass(rig);
    await createNamespace(rig, 'realtime');
  });

  after(async () => {
    await player?.stop();
    await rig?.stop();
  });

  test('install.yaml is what the chart renders now', async () => {
    const { stdout } = await run(process.execPath, [join(deploy, 'generate/generate.ts'), '--check', '--manifest']);
    assert.equal(stdout, '');
  });

  test('install.yaml is applied, and once more without a change', async () => {
    const first = await rig.kubectl('apply', '--server-side', '-f', manifest);
    assert.match(first, /deployment\.apps\/wss-operator serverside-applied/);
    const mark = rig.audit.mark();
    const before = await listVersions();
    await rig.kubectl('apply', '--server-side', '-f', manifest);
    assert.ok(rig.audit.writes({ since: mark }).length >= before.length, 'the second apply has been sent');
    assert.deepEqual(await listVersions(), before);
  });

  test('what is installed gets ready: `kubectl rollout status`', async () => {
    player = await DeploymentPlayer.start(rig, release.namespace, release.name);
    const said = await rig.kubectl(
      '-n',
      release.namespace,
      'rollout',
      'status',
      'deployment/wss-operator',
      '--timeout=60s',
    );
    assert.match(said, /successfully rolled out/);
    assert.equal(player.restarts, 0);
  });

  test('`kubectl kustomize` makes the same objects', async () => {
    const sort = (text: string) => loadAll(text).sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
    assert.deepEqual(sort(await rig.kubectl('kustomize', deploy)), sort(await readFile(manifest, 'utf8')));
  });

  test('`kubectl explain` tells every field of a route, each with a description', async () => {
    const schema = await readSchema();
    const [told, meant] = [await explain('wssroute.spec'), listFields(schema.properties.spec)];
    assert.ok(meant.length > 40, `${meant.length} fields`);
    assert.deepEqual(told, meant);
    const bare = listUndescribed(schema.properties.spec, 'spec');
    assert.deepEqual(bare, []);
    assert.match(await rig.kubectl('explain', 'wssroute.spec.timeouts.idle'), /DESCRIPTION:\n\s+\S/);
  });

  test('`kubectl wait` ends when the route is accepted, and `kubectl get` shows what matters', async () => {
    await rig.kubectl('-n', 'realtime', 'apply', '-f', example);
    const [name = ''] = (await rig.kubectl('-n', 'realtime', 'get', 'wssroutes', '-o', 'name')).trim().split('\n');
    await rig.kubectl('-n', 'realtime', 'wait', name, '--for=condition=Accepted', '--timeout=30s');
    // Nobody serves the address that is published here.
    const unproved = '{"spec":{"verification":{"enabled":false}}}';
    await rig.kubectl('-n', 'realtime', 'patch', name, '--type=merge', '-p', unproved);
    await publishAddress(name.split('/')[1] ?? '');
    const said = await rig.kubectl('-n', 'realtime', 'wait', name, '--for=condition=Ready', '--timeout=30s');
    assert.match(said, /condition met/);
    const [head = '', line = ''] = (await rig.kubectl('-n', 'realtime', 'get', 'wr')).trimEnd().split('\n');
    assert.deepEqual(
      head.split(/\s{2,}/).map((column) => column.trim()),
      [...['NAME', 'HOSTS', 'URL', 'READY', 'REASON', 'CERT-EXPIRES', 'AGE']],
    );
    assert.match(line, /wss:\/\/\S+\s+True\s+Ready/);
    await assert.rejects(
      rig.kubectl('-n', 'realtime', 'wait', name, '--for=condition=Stalled', '--timeout=1s'),
      /timed out/,
    );
  });

  test('`kubectl wss` is the command line tool when it is on the PATH under the name that package.json gives it', async () => {
    const { bin } = JSON.parse(await readFile(join(deploy, '../package.json'), 'utf8'));
    assert.equal(bin['kubectl-wss'], bin.wss);
    const directory = join(rig.directory, 'plugins');
    await mkdir(directory);
    await copyFile(await buildBundle(rig.directory), join(directory, 'wss.mjs'));
    await run('chmod', ['+x', join(directory, 'wss.mjs')]);
    await symlink(join(directory, 'wss.mjs'), join(directory, 'kubectl-wss'));
    await symlink(process.execPath, join(directory, 'node'));
    const env = { ...process.env, PATH: `${directory}${delimiter}${process.env.PATH}` };
    const kubectl = join(partDirectory('kubernetes'), 'kubectl');
    const { stdout } = await run(kubectl, ['wss', 'render', '-f', example], { env });
    assert.match(stdout, /^kind: Ingress$/m);
    await assert.rejects(run(kubectl, ['wss', 'rander'], { env }), { code: 2 });
  });

  /** Every object of the manifest with its version, which a write without a change does not move. */
  async function listVersions(): Promise<readonly string[]> {
    const paths = '-o=jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
    return (await rig.kubectl('get', '-f', manifest, paths)).trim().split('\n');
  }

  async function readSchema(): Promise<ApiObject> {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/wssroutes.wssroute.dev';
    return (await rig.client.get(path)).spec.versions[0].schema.openAPIV3Schema;
  }

  async function explain(what: string): Promise<readonly string[]> {
    const lines = (await rig.kubectl('explain', what, '--recursive')).split('\n');
    const path: { readonly depth: number; readonly name: string }[] = [];
    const fields: string[] = [];
    for (const [, indent = '', name = ''] of lines
      .map((line) => explained.exec(line))
      .filter((match) => match !== null)) {
      while ((path.at(-1)?.depth ?? -1) >= indent.length) path.pop();
      path.push({ depth: indent.length, name });
      fields.push(path.map((each) => each.name).join('.'));
    }
    return fields.sort();
  }

  /** What ingress-nginx would do: it publishes where it is reached. */
  async function publishAddress(name: string): Promise<void> {
    const address = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
    await rig.client.patch(`${ingressPath('realtime', `${name}-wss`)}/status`, address);
    await waitForCondition(rig, 'realtime', name, { type: 'Programmed', status: 'True' });
  }
});

function nameOf({ kind, metadata }: ApiObject): string {
  return `${kind} ${metadata.name}`;
}

function listFields(schema: ApiObject, prefix = ''): readonly string[] {
  const { properties } = schema.items ?? schema;
  const fields = Object.entries(properties ?? {}).flatMap(([name, property]) => [
    `${prefix}${name}`,
    ...listFields(property, `${prefix}${name}.`),
  ]);
  return fields.sort();
}

function listUndescribed(schema: ApiObject, path: string): readonly string[] {
  const { properties } = schema.items ?? schema;
  return [
    ...(typeof schema.description === 'string' && schema.description.length > 10 ? [] : [path]),
    ...Object.entries(properties ?? {}).flatMap(([name, property]) => listUndescribed(property, `${path}.${name}`)),
  ];
}
