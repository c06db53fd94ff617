import { readFile } from 'node:fs/promises';
import { renderAnnotationForms } from './annotations.ts';
import type { Release } from './render-chart.ts';
import { renderChart } from './render-chart.ts';
import { renderCrdTemplate } from './render-crd.ts';
import { renderSchema } from './render-schema.ts';
import { insertTable } from './render-table.ts';
import { renderValues } from './render-values.ts';
import type { JsonSchema } from './value.ts';
import { values } from './values.ts';

const root = new URL('../../', import.meta.url);

/** Every generated file that takes no helm: its path below deploy/, and what it should hold. */
export async function listOutputs(): Promise<ReadonlyMap<string, string>> {
  const release = JSON.parse(await read('package.json')) as Release;
  const schemas = JSON.parse(await read('deploy/generate/kubernetes-schemas.json')) as Readonly<
    Record<string, JsonSchema>
  >;
  const fromValues = notice('deploy/generate/values.ts');
  return new Map([
    ['chart/Chart.yaml', renderChart(release, await read('deploy/examples/chat.yaml'), notice('package.json'))],
    ['chart/values.yaml', renderValues(values, fromValues)],
    ['chart/values.schema.json', renderSchema(values, schemas, fromValues)],
    ['chart/README.md', insertTable(await read('deploy/chart/README.md'), values)],
    ['chart/templates/_annotations.tpl', renderAnnotationForms(notice('deploy/generate/annotations.ts'))],
    ['chart/templates/crd.yaml', renderCrdTemplate(await read('crds/wssroutes.yaml'), notice('crds/wssroutes.yaml'))],
  ]);
}

function notice(source: string): string {
  return `Generated from ${source} by \`npm run generate\`. Do not edit.`;
}

function read(path: string): Promise<string> {
  return readFile(new URL(path, root), 'utf8');
}
