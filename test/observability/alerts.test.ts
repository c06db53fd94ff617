/** Every alert can fire, fires when it should, and tells where to read on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { runPromtool } from '../support/promtool.ts';
import { parseSamples, scrape } from './exported-metrics.ts';
import { findNames } from './promql.ts';
import { targetLabels } from './target-labels.ts';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface AlertTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

const root = join(import.meta.dirname, '../..');
const rulesFile = 'deploy/chart/files/alerts.yaml';
const testsFile = 'test/observability/alerts.promtool.yaml';
const runbook = 'https://github.com/wss-operator/wss-operator/blob/main/deploy/README.md';

const { groups } = load(read(rulesFile)) as { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);

test('promtool accepts the rules', () => {
  const { exitCode, output } = runPromtool(['check', 'rules', '--lint-fatal', rulesFile], { cwd: root });
  assert.equal(exitCode, 0, output);
  assert.match(output, new RegExp(`\\b${alerts.length} rules found`));
});

test('each alert fires and does not fire where it should', () => {
  const { exitCode, output } = runPromtool(['test', 'rules', testsFile], { cwd: root });
  assert.equal(exitCode, 0, output);
});

test('each alert has a case where it fires and one where it does not', () => {
  const cases = (load(read(testsFile)) as AlertTests).tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
  for (const fires of [true, false]) {
    const tested = new Set(cases.filter((one) => one.exp_alerts.length > 0 === fires).map((one) => one.alertname));
    const untested = alerts.map(({ alert }) => alert).filter((name) => !tested.has(name));
    assert.deepEqual(untested, [], `${testsFile}: add a case where it ${fires ? 'fires' : 'does not fire'}`);
  }
});

test('each alert asks for series and labels that the operator has', async () => {
  const samples = [false, true].map((perRoute) => scrape({ perRoute }).then(parseSamples));
  const exported = (await Promise.all(samples)).flat();
  const names = new Set(exported.map(({ name }) => name));
  const labels = new Set([...exported.flatMap((sample) => Object.keys(sample.labels)), ...targetLabels]);
  for (const { alert, expr, annotations } of alerts) {
    const found = findNames(expr);
    assert.ok(found.metrics.length > 0, `${alert} names no series`);
    assert.deepEqual(
      found.metrics.filter((name) => !names.has(name)),
      [],
      `${alert} asks for a series that is not exported`,
    );
    const shown = [
      ...Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g),
    ].map(([, name = '']) => name);
    assert.deepEqual(
      [...found.labels, ...shown].filter((name) => !labels.has(name)),
      [],
      `${alert} names a label that is not exported`,
    );
  }
});

test('each alert has a severity, says what is wrong, and has a paragraph in the runbook', () => {
  const text = read('deploy/README.md');
  const section = text.split(/^## /m).find((part) => part.startsWith('Runbook\n')) ?? '';
  const paragraphs = new Map(
    section.split(/^### /m).map((part) => [part.split('\n')[0], part.slice(part.indexOf('\n')).trim()]),
  );
  for (const { alert, labels, annotations, for: wait } of alerts) {
    assert.match(labels.severity ?? '', /^(?:warning|critical)$/, alert);
    assert.match(wait, /^\d+[mh]$/, alert);
    assert.deepEqual(Object.keys(annotations), ['summary', 'description', 'runbook_url'], alert);
    assert.equal(annotations.runbook_url, `${runbook}#${alert.toLowerCase()}`);
    assert.ok((paragraphs.get(alert) ?? '').length > 0, `deploy/README.md: "## Runbook" has no "### ${alert}"`);
  }
  const known = new Set(alerts.map(({ alert }) => alert));
  const left = [...paragraphs.keys()].slice(1).filter((name) => !known.has(name ?? ''));
  assert.deepEqual(left, [], 'deploy/README.md: "## Runbook" is about alerts that there are not');
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
