/**
 * node test/chart/update-cases.ts
 *
 * Writes into every case how the chart's objects differ with its values. Read the difference before you commit it.
 */
import { readCaseFiles, writeCaseFile } from './cases.ts';
import { describeChanges } from './difference.ts';
import { renderAll, renderChart } from './render.ts';

const byDefault = await renderChart({});
for (const { file, title, cases } of readCaseFiles()) {
  const renderings = await renderAll(cases, ({ values }) => values);
  const updated = cases.map((each) => {
    const rendering = renderings.get(each);
    if (rendering?.isRendered !== true) throw new Error(`${file}: ${each.name}: ${rendering?.message}`);
    return { name: each.name, values: each.values, changes: describeChanges(byDefault, rendering.objects) };
  });
  writeCaseFile({ file, title, cases: updated });
}
