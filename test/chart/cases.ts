import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { Changes } from './difference.ts';
import type { ChartValues } from './render.ts';

/** Values, and how the chart's objects differ from those of the default values. */
export interface ChartCase {
  readonly name: string;
  readonly values: ChartValues;
  readonly changes?: Changes;
}

export interface CaseFile {
  readonly file: string;
  /** The comment at its beginning. */
  readonly title: string;
  readonly cases: readonly ChartCase[];
}

const folder = join(import.meta.dirname, 'cases');

export function readCaseFiles(): readonly CaseFile[] {
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const title = /^# (.*)\n/.exec(text)?.[1] ?? '';
      return { file: basename(file, '.yaml'), title, cases: load(text) as readonly ChartCase[] };
    });
}

export function writeCaseFile({ file, title, cases }: CaseFile): void {
  const body = cases.map((each) => dump([each], { lineWidth: 130, noRefs: true, flowLevel: 4 })).join('\n');
  writeFileSync(join(folder, `${file}.yaml`), `# ${title}\n\n${body}`);
}
