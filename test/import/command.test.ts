import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import type { ApiObject } from '../support/admin-client.ts';
import { runProgram } from '../support/run-program.ts';
import { type ProgramOutcome, spawnProgram } from '../support/spawn-program.ts';

/** `wss import` without a cluster: what goes where, and the exit code. */

const corpus = fileURLToPath(new URL('./corpus/', import.meta.url));
const plain = `${corpus}community-chat-plain/ingress.yaml`;

function wssImport(args: readonly string[], stdin = ''): Promise<ProgramOutcome> {
  return runProgram(['import', ...args], stdin);
}

function ingress(part: object): string {
  const path = { path: '/ws', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } };
  return JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'a' },
    spec: {
      ingressClassName: 'web',
      tls: [{ hosts: ['a.example'], secretName: 'a' }],
      rules: [{ host: 'a.example', http: { paths: [path] } }],
    },
    ...part,
  });
}

describe('`wss import`', () => {
  test('prints routes, and 0 when everything was carried over', async () => {
    const { code, stdout, stderr } = await wssImport(['-f', plain]);
    assert.deepEqual(
      (loadAll(stdout) as readonly ApiObject[]).map(({ kind }) => kind),
      ['WssRoute'],
    );
    assert.equal(stderr, '1 Ingress, 1 route: 6 carried over, 0 dropped, 0 left over\n');
    assert.equal(code, 0);
  });

  test('reads several files, and standard input, and prints JSON', async () => {
    const { code, stdout } = await wssImport(
      ['-f', plain, '-', '-o', 'json', '--controller', 'k8s.io/ingress-nginx'],
      ingress({}),
    );
    assert.deepEqual(
      JSON.parse(stdout).items.map(({ metadata }: ApiObject) => metadata.name),
      ['chat', 'a'],
    );
    assert.equal(code, 0);
  });

  test('prints routes that `wss render` takes', async () => {
    const { stdout } = await wssImport(['-f', plain]);
    const rendered = await runProgram(['render', '-f', '-'], stdout);
    assert.deepEqual(
      (loadAll(rendered.stdout) as readonly ApiObject[]).map(({ kind }) => kind),
      ['Ingress'],
    );
  });

  test('says 1 when something is left over, and what', async () => {
    const { code, stderr } = await wssImport(['-f', `${corpus}community-novnc/ingress.yaml`]);
    assert.match(stderr, /^leftover: .*auth-url.*to do: /m);
    assert.equal(code, 1);
  });

  test('says 1 when a file cannot be read, and reads the others', async () => {
    const { code, stdout, stderr } = await spawnProgram(['import', '-f', '/nonexistent.yaml', plain]);
    assert.match(stderr, /^error: \/nonexistent\.yaml: document: must be a readable file/m);
    assert.match(stdout, /kind: WssRoute/);
    assert.equal(code, 1);
  });

  test('warns where there is no Ingress', async () => {
    const { code, stdout, stderr } = await wssImport(
      ['-f', '-'],
      'kind: Service\napiVersion: v1\nmetadata: { name: a }\n',
    );
    assert.deepEqual(
      { code, stdout, stderr },
      { code: 0, stdout: '', stderr: 'warning: there is no Ingress to import\n' },
    );
  });

  const unread: readonly (readonly [string, object, RegExp])[] = [
    ['an older version', { apiVersion: 'extensions/v1beta1' }, /apiVersion must be networking\.k8s\.io\/v1/],
    ['no spec', { spec: null }, /spec must be an object/],
    [
      'annotations that are no texts',
      { metadata: { name: 'a', annotations: { a: 1 } } },
      /put each value between quotes/,
    ],
    ['rules that are none', { spec: { rules: 'a' } }, /spec\.rules must be a list/],
    ['a class that nobody knows', {}, /nothing tells which controller serves its class web.*--controller/],
    ['no class', { spec: {} }, /it names no class/],
  ];
  for (const [name, part, says] of unread) {
    test(`leaves an Ingress with ${name}`, async () => {
      const { code, stdout, stderr } = await wssImport(['-f', '-'], ingress(part));
      assert.match(stderr, says);
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    });
  }

  test('leaves what another controller serves', async () => {
    const ingressClass = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'web' },
      spec: { controller: 'traefik.io/ingress-controller' },
    };
    const { code, stderr } = await wssImport(['-f', '-'], `${ingress({})}\n---\n${JSON.stringify(ingressClass)}`);
    assert.match(stderr, /its class web belongs to traefik\.io\/ingress-controller/);
    assert.equal(code, 1);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['nothing', [], /either -f FILE or --all/],
    ['both', ['-f', plain, '--all'], /either -f FILE or --all/],
    ['a namespace for files', ['-f', plain, '-n', 'a'], /--namespace goes with --all only/],
    ['a controller that is none', ['-f', plain, '--controller', 'nginx'], /Allowed choices are k8s\.io\/ingress-nginx/],
  ];
  for (const [name, args, says] of refused) {
    test(`takes not ${name}`, async () => {
      const { code, stdout, stderr } = await wssImport(args);
      assert.match(stderr, says);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    });
  }
});
