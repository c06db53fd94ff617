import { dump } from 'js-yaml';
import type { KubeObject } from '../api/objects.ts';
import { inputError } from './exit-codes.ts';
import { lintDocuments } from './lint-documents.ts';
import { formatFindings, hasErrors } from './lint-report.ts';
import { loadSettings } from './load-settings.ts';
import { formatProblems, type Rendering, renderDocuments } from './offline.ts';
import { readFiles } from './read-files.ts';

export interface RenderOptions {
  readonly filename: readonly string[];
  readonly output: 'yaml' | 'json';
  readonly controller: string;
  readonly config?: string;
  /** Also judges what is printed, and the Ingresses among the documents, as `wss lint` does. */
  readonly lint?: boolean;
}

/** `wss render`: prints what the controller would apply, and what is wrong. Returns the exit code: 1 when anything is wrong. */
export async function render({ filename, output, controller, config, lint }: RenderOptions): Promise<number> {
  const loaded = await loadSettings(config);
  if (!loaded.isValid) {
    for (const line of loaded.lines) process.stderr.write(`${line}\n`);
    return inputError;
  }
  const documents = await readFiles(filename);
  const renderings = renderDocuments(documents, { ...loaded.settings, controller });
  const objects = renderings.flatMap((rendering) => rendering.objects);
  process.stdout.write(formatObjects(objects, output));
  for (const line of listRemarks(renderings)) process.stderr.write(`${line}\n`);
  const isWrong = renderings.some(({ problems }) => problems.length > 0);
  if (lint !== true) return isWrong ? inputError : 0;
  const report = lintDocuments(documents, { rendered: objects, controller });
  for (const line of formatFindings(report)) process.stderr.write(`${line}\n`);
  return isWrong || hasErrors(report) ? inputError : 0;
}

/** YAML documents, or one JSON List. */
export function formatObjects(objects: readonly KubeObject[], output: RenderOptions['output']): string {
  if (output === 'json') return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, null, 2)}\n`;
  return objects.map((object) => `---\n${dump(object, { lineWidth: -1, noRefs: true })}`).join('');
}

/** What is wrong, and what is not honoured, a line each. */
export function listRemarks(renderings: readonly Rendering[]): readonly string[] {
  if (renderings.length === 0) return ['warning: there is no WssRoute among the documents'];
  return renderings.flatMap((rendering) => [
    ...formatProblems(rendering).map((line) => `error: ${line}`),
    ...rendering.losses.map(
      ({ field, level, because, cure }) => `warning: ${rendering.place}: ${field} is ${level}: ${because}; ${cure}`,
    ),
  ]);
}
