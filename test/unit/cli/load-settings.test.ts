import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSettings } from '../../../src/cli/load-settings.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { runProgram } from '../../support/run-program.ts';
import { type ProgramOutcome, spawnProgram } from '../../support/spawn-program.ts';

const chat = fileURLToPath(new URL('../../../deploy/examples/chat.yaml', import.meta.url));
const head = 'apiVersion: config.wssroute.dev/v1alpha1\nkind: OperatorConfiguration\n';

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'wss-settings-'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;

function write(content: string): string {
  written += 1;
  const file = join(folder, `${written}.yaml`);
  writeFileSync(file, content);
  return file;
}

interface Outcome extends ProgramOutcome {
  /** Of standard error. */
  readonly lines: readonly string[];
}

async function wss(...args: readonly string[]): Promise<Outcome> {
  const outcome = await runProgram(args);
  return { ...outcome, lines: outcome.stderr.trim().split('\n') };
}

async function load(content: string | undefined, given: Readonly<Record<string, unknown>> = {}): Promise<Settings> {
  const loaded = await loadSettings(content === undefined ? undefined : write(head + content), given);
  assert.ok(loaded.isValid, loaded.isValid ? '' : loaded.lines.join());
  return loaded.settings;
}

describe('the settings of a run', () => {
  test('are the flags over the file over the defaults, field by field', async () => {
    const content = 'workers: 4\nlog: { level: warn }\nnamespaces: [a]\nleaderElection: { retryPeriod: 1s }\n';
    const settings = await load(content, { workers: 8, namespace: ['b', 'c'], leaderElectRenewDeadline: '5s' });
    assert.equal(settings.workers, 8);
    assert.equal(settings.logLevel, 'warn');
    assert.deepEqual(settings.namespaces, ['b', 'c']);
    assert.equal(settings.health.address, ':8081');
    assert.equal(settings.leaderElection.renewDeadlineMs, 5_000);
    assert.equal(settings.leaderElection.retryPeriodMs, 1_000);
    assert.equal(settings.leaderElection.leaseDurationMs, 15_000);
  });

  test('turn on and off by flags what the file says, and leave it alone without', async () => {
    const off = 'leaderElection: { enabled: false }\nmetrics: { perRoute: true }\n';
    assert.equal((await load(off)).leaderElection.enabled, false);
    assert.equal((await load(off, { leaderElect: true })).leaderElection.enabled, true);
    assert.equal((await load(undefined, { leaderElect: false })).leaderElection.enabled, false);
    assert.equal((await load(off)).metrics.perRoute, true);
    assert.equal((await load(off, { metricsPerRoute: false })).metrics.perRoute, false);
    assert.equal((await load(undefined)).leaderElection.enabled, true);
  });
});

describe('`wss run` with mistakes', () => {
  test('in the file ends with 1 and tells each, with the file and the field', async () => {
    const file = write(`${head}workers: 0\nlimit: {}\nleaderElection: { renewDeadline: 15s }\n`);
    const { code, lines } = await wss('run', '--config', file);
    assert.equal(code, 1);
    assert.deepEqual(lines, [
      `error: ${file}: limit: is not a known field: did you mean limits?`,
      `error: ${file}: workers: found 0, must be from 1 to 64`,
      `error: ${file}: leaderElection.renewDeadline: found "15s", must be shorter than leaderElection.leaseDuration, which is 15s`,
    ]);
  });

  test('on the command line ends with 2 and tells each, with the flag', async () => {
    const file = write(`${head}workers: 4\n`);
    const flags = ['--workers', 'many', '-n', 'a,B', '-n', 'a', '--leader-elect-lease-duration', '5s'];
    const { code, lines } = await wss('run', '--config', file, ...flags);
    assert.equal(code, 2);
    assert.deepEqual(lines, [
      'error: --namespace: found "B", must be lowercase letters, digits and "-", at most 63 characters',
      'error: --namespace: found "a", must be listed once only',
      'error: --workers: found "many", must be of type integer',
      'error: leaderElection.renewDeadline: found "10s", must be shorter than leaderElection.leaseDuration, which is 5s',
    ]);
  });

  test('of a flag that there is not ends with 2', async () => {
    const { code, lines } = await wss('run', '--leader-elected');
    assert.equal(code, 2);
    assert.match(lines.join(), /unknown option '--leader-elected'/);
  });

  for (const [what, content, says] of [
    ['is empty', '', /document: must hold one object with apiVersion and kind, not 0$/],
    ['holds two objects', `${head}---\n${head}`, /document: must hold one object with apiVersion and kind, not 2$/],
    ['is no YAML', 'workers: [', /document: must be YAML or JSON: /],
    ['holds a list', '- a\n', /document: must be an object with apiVersion and kind$/],
    [
      'is of another kind',
      'apiVersion: v1\nkind: ConfigMap\n',
      /apiVersion: found "v1", must be "config\.wssroute\.dev/,
    ],
  ] as const) {
    test(`in a file that ${what} ends with 1`, async () => {
      const loaded = await loadSettings(write(content));
      assert.ok(!loaded.isValid);
      assert.equal(loaded.source, 'file');
      assert.match(loaded.lines[0] ?? '', says);
    });
  }

  test('in a file that is not there names it', async () => {
    const { code, stderr } = await spawnProgram(['run', '--config', join(folder, 'missing.yaml')]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: \S+missing\.yaml: document: must be a readable file: ENOENT[^\n]*\n$/);
  });
});

describe('`wss render --config`', () => {
  test('obeys the policy and ends with 1 for a route that it does not allow', async () => {
    const file = write(`${head}issuers: { allowed: [{ name: ours }] }\n`);
    const { code, stdout, lines } = await wss('render', '-f', chat, '--config', file);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      lines.join('\n'),
      /: spec\.tls\.issuerRef: found "ClusterIssuer \w+", must be .*: ClusterIssuer ours$/,
    );
  });

  test('ends with 1 and renders nothing when the configuration is wrong', async () => {
    const { code, stdout, lines } = await wss('render', '-f', chat, '--config', write(`${head}workers: 0\n`));
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(lines.join('\n'), /^error: \S+: workers: found 0, must be from 1 to 64$/);
  });
});
