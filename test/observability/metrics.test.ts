/** What Prometheus's own tool says of the metrics. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../support/markdown-table.ts';
import { runPromtool } from '../support/promtool.ts';
import { parseSamples, scrape } from './exported-metrics.ts';

for (const perRoute of [false, true]) {
  test(`promtool has nothing against the metrics ${perRoute ? 'with' : 'without'} series for each route`, async () => {
    const text = await scrape({ perRoute });
    assert.deepEqual(runPromtool(['check', 'metrics'], { input: text }), { exitCode: 0, output: '' });
  });
}

test('promtool does complain where there is reason to', () => {
  const { exitCode, output } = runPromtool(['check', 'metrics'], { input: '# TYPE a_total gauge\na_total 1\n' });
  assert.notEqual(exitCode, 0);
  assert.match(output, /a_total/);
});

test('the table in deploy/README.md has every metric with its labels, and no other', async () => {
  const documented = readTable('deploy/README.md', ['metric', 'labels', 'meaning'])
    .filter(([name = '']) => !name.endsWith('_*`'))
    .map(([name = '', labels = '']) => `${name.slice(1, -1)}: ${labels.replace(/[()]/g, '')}`);
  const exported = new Map<string, Set<string>>();
  for (const { name, labels } of parseSamples(await scrape({ perRoute: true }))) {
    if (/^(?:process|nodejs)_/.test(name)) continue;
    const family = name.replace(/_(?:bucket|sum|count)$/, '');
    const known = exported.get(family) ?? new Set();
    exported.set(family, known);
    for (const label of Object.keys(labels)) if (label !== 'le') known.add(label);
  }
  assert.deepEqual(
    documented.sort(),
    [...exported].map(([name, labels]) => `${name}: ${[...labels].join(', ')}`).sort(),
  );
});
