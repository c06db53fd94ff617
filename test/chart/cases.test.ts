import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { type ChartCase, readCaseFiles } from './cases.ts';
import { describeChanges } from './difference.ts';
import { type Rendering, renderAll, renderChart } from './render.ts';

const files = readCaseFiles();

describe('the chart, by its values', () => {
  let byDefault: readonly ApiObject[];
  let renderings: ReadonlyMap<ChartCase, Rendering>;

  before(async () => {
    byDefault = await renderChart({});
    renderings = await renderAll(
      files.flatMap(({ cases }) => cases),
      ({ values }) => values,
    );
  });

  test('there are cases enough, and none says the same as another one', () => {
    const cases = files.flatMap(({ cases: all }) => all);
    assert.ok(cases.length >= 150, `${cases.length} cases`);
    assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length, 'two cases have one name');
    assert.equal(
      new Set(cases.map(({ values }) => JSON.stringify(values))).size,
      cases.length,
      'two cases are the same',
    );
  });

  for (const { file, cases } of files) {
    describe(file, () => {
      for (const each of cases) {
        test(each.name, () => {
          const rendering = renderings.get(each);
          assert.ok(rendering?.isRendered === true, JSON.stringify(rendering));
          const cure = 'if that is meant: node test/chart/update-cases.ts, and read the difference';
          const changes = describeChanges(byDefault, rendering.objects);
          assert.deepEqual(changes, each.changes, `${cure}\n${JSON.stringify(changes, null, 2)}`);
        });
      }
    });
  }
});
