/** Every panel of the dashboard finds what it asks for among the series that the operator really has. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runPromtool } from '../support/promtool.ts';
import { parseSamples, type Sample, scrape } from './exported-metrics.ts';
import { findNames } from './promql.ts';
import { targetLabels } from './target-labels.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
  readonly panels?: readonly Panel[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

const file = join(import.meta.dirname, '../../deploy/chart/files/dashboard.json');
const text = readFileSync(file, 'utf8');
const dashboard = JSON.parse(text) as Dashboard;
const panels = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ refId, expr, legendFormat }) => ({ name: `${title}, ${refId}`, expr, legendFormat })),
);
const variables = dashboard.templating.list;

/** Variables that Grafana has by itself. */
const builtIn: Readonly<Record<string, string>> = { __rate_interval: '5m' };

test('the file is formatted and the dashboard can be told from others', () => {
  assert.equal(text, `${JSON.stringify(dashboard, undefined, 2)}\n`);
  assert.equal(dashboard.uid, 'wss-operator');
  assert.ok(dashboard.schemaVersion >= 39);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, 'ids of panels');
});

test('each panel says what it shows, has a query and the chosen data source, and covers no other', () => {
  const shown = panels.filter(({ type }) => type !== 'row');
  assert.ok(shown.length > 10);
  for (const panel of shown) {
    assert.ok((panel.description ?? '').length > 15, `${panel.title} has no description`);
    assert.equal(panel.datasource?.uid, '$' + '{datasource}', panel.title);
    assert.ok((panel.targets ?? []).length > 0, `${panel.title} has no query`);
  }
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)}, ${y + Math.floor(index / w)}`),
  );
  assert.equal(new Set(cells).size, cells.length, 'two panels lie on each other');
});

test('every variable that is used is there, and every one that is there is used', () => {
  const used = [...text.matchAll(/\$\{?(\w+)\}?/g)].map(([, name = '']) => name);
  const known = new Set([...variables.map(({ name }) => name), ...Object.keys(builtIn), '__all']);
  assert.deepEqual(
    used.filter((name) => !known.has(name) && !/^\d+$/.test(name)),
    [],
  );
  assert.deepEqual(
    variables.filter(({ name }) => !used.includes(name)),
    [],
  );
});

test('queries, variables and legends name series and labels that the operator has', async () => {
  const samples = await scrapeAll();
  const names = new Set(samples.map(({ name }) => name));
  const labels = new Set([...samples.flatMap((sample) => Object.keys(sample.labels)), ...targetLabels]);
  for (const { name, definition = '' } of variables.filter(({ type }) => type === 'query')) {
    const [, expr = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
    assert.ok(labels.has(label), `variable ${name} asks for the label "${label}"`);
    assertKnown(`variable ${name}`, findNames(fill(expr)), names, labels);
  }
  for (const { name, expr, legendFormat } of queries) {
    const found = findNames(fill(expr));
    assertKnown(name, found, names, labels);
    const legend = [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
    // What an aggregation keeps it names; without one every label of the series stays.
    const kept = / by \(/.test(expr) ? [...found.labels] : [...labels];
    assert.deepEqual(
      legend.filter((label) => !kept.includes(label)),
      [],
      `${name}: the legend shows a label that the query does not keep`,
    );
  }
});

test('every query finds something in what Prometheus has scraped', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'wss-dashboard-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const series = (await scrapeAll()).map((sample) => ({
    series: formatSeries(sample),
    values: sample.isCounter ? '0+1x20' : '1+0x20',
  }));
  const expressions = queries.map(({ expr }) => `count(${fill(expr)}) > bool 0`);
  const tests = [
    {
      interval: '1m',
      input_series: series,
      promql_expr_test: expressions.map((expr) => ({
        expr,
        eval_time: '15m',
        exp_samples: [{ labels: '{}', value: 1 }],
      })),
    },
  ];
  writeFileSync(join(directory, 'tests.yaml'), JSON.stringify({ rule_files: [], tests }));
  const { exitCode, output } = runPromtool(['test', 'rules', 'tests.yaml'], { cwd: directory });
  assert.equal(exitCode, 0, output);
});

/** With and without series for each route: panels exist for both. */
async function scrapeAll(): Promise<readonly Sample[]> {
  const [some, more] = [await scrape({ perRoute: false }), await scrape({ perRoute: true })].map(parseSamples);
  const known = new Set((some ?? []).map(formatSeries));
  return [...(some ?? []), ...(more ?? []).filter((sample) => !known.has(formatSeries(sample)))];
}

function assertKnown(
  where: string,
  found: ReturnType<typeof findNames>,
  names: ReadonlySet<string>,
  labels: ReadonlySet<string>,
): void {
  assert.ok(found.metrics.length > 0, `${where} names no series`);
  assert.deepEqual(
    found.metrics.filter((name) => !names.has(name)),
    [],
    `${where} asks for a series that is not exported`,
  );
  assert.deepEqual(
    found.labels.filter((name) => !labels.has(name)),
    [],
    `${where} names a label that is not exported`,
  );
}

/** Puts in what Grafana would, with everything selected. */
function fill(expr: string): string {
  return expr.replace(/\$\{?(\w+)\}?/g, (_, name: string) => builtIn[name] ?? '.*');
}

/** As a target of a ServiceMonitor with `honorLabels: true`. */
function formatSeries({ name, labels }: Sample): string {
  const target = { namespace: 'operators', job: 'wss-operator', instance: 'a:8080', pod: 'wss-operator-a' };
  const all = Object.entries({ ...target, ...labels }).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${all.join(', ')}}`;
}
