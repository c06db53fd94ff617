import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { dump, loadAll } from 'js-yaml';
import type { KubeObject } from '../../../src/api/objects.ts';
import { runProgram } from '../../support/run-program.ts';
import { spawnProgram } from '../../support/spawn-program.ts';
import { buildIngress } from '../lint/example.ts';

const chat = join(import.meta.dirname, '../../../deploy/examples/chat.yaml');
const folder = mkdtempSync(join(tmpdir(), 'wss-lint-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const timeout = 'nginx.ingress.kubernetes.io/proxy-read-timeout';
const good = buildIngress({ annotations: { [timeout]: '3600' } });
const short = buildIngress({ annotations: { [timeout]: '60' } });
const bad = buildIngress({ annotations: { [timeout]: '3600s' } });

function write(name: string, ...objects: readonly (KubeObject | string)[]): string {
  const file = join(folder, name);
  writeFileSync(file, objects.map((object) => (typeof object === 'string' ? object : dump(object))).join('---\n'));
  return file;
}

describe('`wss lint -f`', () => {
  test('ends with 0 where nothing is wrong, warnings aside', async () => {
    const clean = await runProgram(['lint', '-f', write('good.yaml', good)]);
    assert.deepEqual([clean.code, clean.stdout], [0, '0 errors and 0 warnings in 1 Ingress\n']);
    const file = write('short.yaml', short);
    const warned = await runProgram(['lint', '-f', file]);
    assert.equal(warned.code, 0);
    assert.match(
      warned.stdout,
      new RegExp(
        `^warning: ${file}: Ingress team/chat: .* \\(ShortIdleTimeout\\)\n0 errors and 1 warning in 1 Ingress\n$`,
      ),
    );
  });

  test('prints a line for each finding, with file and field, and ends with 1', async () => {
    const file = write('bad.yaml', good, bad);
    const { code, stdout, stderr } = await runProgram(['lint', '-f', file]);
    const line = `error: ${file}, document 2: Ingress team/chat: metadata.annotations["${timeout}"]: found "3600s", must be a whole number of seconds without a unit, such as "3600", or ingress-nginx goes on with its default, without a word (TimeoutUnit)`;
    assert.deepEqual([code, stdout], [1, `${line}\n1 error and 0 warnings in 2 Ingresses\n`]);
    assert.equal(
      stderr,
      'note: IngressClass "nginx" is not among the files, and --controller does not say whose it is: its Ingresses are judged by the annotations that they have, those without by nothing\n',
    );
  });

  test('takes --controller for classes that are not among the files', async () => {
    const file = write('bare.yaml', buildIngress());
    const bare = await runProgram(['lint', '-f', file]);
    assert.equal(bare.stdout, '0 errors and 0 warnings in 1 Ingress\n');
    const told = await runProgram(['lint', '-f', file, '--controller', 'nginx.org/ingress-controller']);
    assert.deepEqual([told.code, told.stderr], [0, '']);
    assert.match(told.stdout, /\(UpgradeNotAllowed\)\n.*\(ShortIdleTimeout\)\n0 errors and 2 warnings in 1 Ingress\n$/);
  });

  test('reads several files, Lists and standard input together', async () => {
    const ingressClass = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'nginx.org/ingress-controller' },
    };
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [good] });
    const { code, stdout } = await spawnProgram(['lint', '-f', '-', write('class.yaml', ingressClass)], list);
    assert.equal(code, 1);
    assert.match(stdout, /^error: standard input, items\[0\]: Ingress team\/chat: .* \(ForeignDialect\)$/m);
  });

  test('names what cannot be read, judges the rest, and ends with 1', async () => {
    const { code, stdout } = await runProgram([
      'lint',
      '-f',
      write('broken.yaml', 'a: [\n', short),
      join(folder, 'gone.yaml'),
    ]);
    assert.equal(code, 1);
    assert.match(stdout, /^error: \S+broken\.yaml, document 1: document: must be YAML or JSON: /m);
    assert.match(stdout, /^error: \S+gone\.yaml: document: must be a readable file: ENOENT/m);
    assert.match(stdout, /^warning: \S+broken\.yaml, document 2: Ingress team\/chat: /m);
    assert.match(stdout, /^2 errors and 1 warning in 1 Ingress$/m);
  });

  test('passes over what is no object of a cluster', async () => {
    const file = write(
      'values.yaml',
      'replicas: 3\n',
      'kind: Ingress\napiVersion: networking.k8s.io/v1\nmetadata: { generateName: a }\n',
    );
    assert.deepEqual(await runProgram(['lint', '-f', file]), {
      code: 0,
      stdout: '0 errors and 0 warnings in 0 Ingresses\n',
      stderr: '',
    });
  });

  test('escapes what would act on a terminal', async () => {
    const name = 'nginx.org/\u001b[31m\u202e';
    const { stdout } = await runProgram([
      'lint',
      '-f',
      write('escape.json', JSON.stringify(buildIngress({ annotations: { [name]: '\u0007' } }))),
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.match(stdout, /\\u001b\[31m\\u202e/);
  });

  test('-o json has the parts of each finding', async () => {
    const file = write('json.yaml', bad);
    const { code, stdout } = await runProgram(['lint', '-o', 'json', '-f', file]);
    const { findings, ...rest } = JSON.parse(stdout);
    assert.deepEqual([code, rest], [1, { unreadable: [], ingresses: 1, notes: rest.notes }]);
    const [{ message, expected, cure, ...finding }] = findings;
    assert.deepEqual(finding, {
      severity: 'error',
      reason: 'TimeoutUnit',
      file,
      object: { kind: 'Ingress', namespace: 'team', name: 'chat' },
      path: `metadata.annotations["${timeout}"]`,
      found: '"3600s"',
    });
    assert.equal(message, `${finding.path}: found "3600s", ${expected}`);
    assert.match(cure, /without a unit/);
  });
});

describe('the command line of `wss lint`', () => {
  for (const [args, says] of [
    [[], /^error: give either -f FILE or --all\n$/],
    [['-f', 'a.yaml', '--all'], /^error: give either -f FILE or --all\n$/],
    [['-f', 'a.yaml', '-n', 'team'], /^error: --namespace goes with --all\n$/],
    [['-f', 'a.yaml', '--kubeconfig', 'x'], /^error: --kubeconfig goes with --all\n$/],
    [['-f', 'a.yaml', '-o', 'yaml'], /must be|Allowed choices are text, json/],
    [['-f'], /argument missing/],
    [['--all', '--controller', 'k8s.io/ingress-nginx'], /^error: --controller goes with -f FILE\n$/],
    [['-f', 'a.yaml', '--controller', 'nginx'], /Allowed choices are/],
  ] as const) {
    test(`${args.join(' ') || 'nothing'} is refused with 2`, async () => {
      const { code, stdout, stderr } = await runProgram(['lint', ...args]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, says);
    });
  }
});

describe('`wss render --lint`', () => {
  test('says nothing against what it makes of the examples', async () => {
    const plain = await runProgram(['render', '-f', chat]);
    assert.deepEqual(await runProgram(['render', '--lint', '-f', chat]), plain);
  });

  test('judges Ingresses among the files, prints the same, and ends with 1', async () => {
    const file = write('beside.yaml', buildIngress({ host: 'other.example.com', annotations: { [timeout]: '3600s' } }));
    const plain = await runProgram(['render', '-f', chat, file]);
    const { code, stdout, stderr } = await runProgram(['render', '--lint', '-f', chat, file]);
    assert.deepEqual([plain.code, code, loadAll(stdout)], [0, 1, loadAll(plain.stdout)]);
    assert.match(stderr, /^error: \S+beside\.yaml: Ingress team\/chat: .* \(TimeoutUnit\)\n$/);
  });

  test('sees what an Ingress among the files does to a route', async () => {
    const bleed = buildIngress({
      name: 'api',
      paths: ['/api'],
      annotations: { 'nginx.ingress.kubernetes.io/use-regex': 'true' },
    });
    const { code, stderr } = await runProgram(['render', '--lint', '-f', chat, write('bleed.yaml', bleed)]);
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^warning: \S+bleed\.yaml: Ingress team\/api: .*those of Ingress \S*\/chat-wss too \(RegexBleed\)\n$/,
    );
  });
});
