import { loadAll } from 'js-yaml';
import type { ApiObject } from '../support/admin-client.ts';
import { chartDirectory, helm } from '../support/helm.ts';

export type ChartValues = Readonly<Record<string, unknown>>;

/** The release that tests render, and its namespace. */
export const release = { name: 'wss-operator', namespace: 'wss-system' } as const;

export interface RenderOptions {
  readonly chart?: string;
  readonly release?: { readonly name: string; readonly namespace: string };
}

/** The objects that helm makes of the chart and these values; what helm refuses becomes the error. */
export async function renderChart(values: ChartValues, options: RenderOptions = {}): Promise<readonly ApiObject[]> {
  const { chart = chartDirectory } = options;
  const { name, namespace } = options.release ?? release;
  const args = ['template', name, chart, '--namespace', namespace, '--values', '-'];
  const documents = loadAll(await helm(args, { stdin: JSON.stringify(values) }));
  return documents.filter((document) => document !== null && document !== undefined);
}

export type Rendering =
  | { readonly isRendered: true; readonly objects: readonly ApiObject[] }
  | { readonly isRendered: false; readonly message: string };

/** Renders many values, as many at once as there are processors to be expected. */
export async function renderAll<Item>(
  items: readonly Item[],
  valuesOf: (item: Item) => ChartValues,
  options: RenderOptions = {},
): Promise<ReadonlyMap<Item, Rendering>> {
  const renderings = new Map<Item, Rendering>();
  const queue = items.values();
  async function work(): Promise<void> {
    for (const item of queue) {
      renderings.set(
        item,
        await renderChart(valuesOf(item), options).then(
          (objects) => ({ isRendered: true, objects }) as const,
          (error: Error) => ({ isRendered: false, message: error.message }) as const,
        ),
      );
    }
  }
  await Promise.all([work(), work()]);
  return renderings;
}
