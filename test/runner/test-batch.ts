import { join } from 'node:path';
import { root } from './children.ts';
import { count, type Outcome } from './outcome.ts';
import { runTestFile, type TestFileResult } from './test-file.ts';
import { runTestProcess, type TestProcessOptions } from './test-process.ts';

/** Files that share a process, because starting one and loading the modules takes longer than most files' tests. */
export interface TestBatch {
  readonly name: string;
  readonly files: readonly string[];
}

const loader = join(root, 'test/runner/load-batch.ts');

/** Deals files out like cards: neighbours, which are often alike in weight, get into different batches. */
export function dealBatches(files: readonly string[], most: number): readonly TestBatch[] {
  const batches = Math.min(files.length, most);
  return Array.from({ length: batches }, (_, batch) => {
    const dealt = files.filter((_, index) => index % batches === batch);
    return { name: `batch ${batch + 1} of ${batches} (${dealt.length} files)`, files: dealt };
  });
}

/**
 * Runs the files of a batch, together at first. Only what went well is taken from that: a file of which it is not
 * certain runs once more in a process of its own, so that the one to blame is named and no other. A fault that is gone then is told all
 * the same: the files do not get on with one another.
 */
export async function runTestBatch(
  { name, files }: TestBatch,
  options: TestProcessOptions,
): Promise<readonly TestFileResult[]> {
  const [first, ...rest] = files;
  if (first === undefined) return [];
  if (rest.length === 0) return [await runTestFile(first, options)];
  const together = await runTestProcess(name, [loader, ...files], options);
  const results: TestFileResult[] = [];
  const doubted: string[] = [];
  for (const file of files) {
    const outcomes = takeOutcomes(file, together.outcomes);
    const isCertain = together.problem === undefined && outcomes.length > 0 && count(outcomes, 'failed') === 0;
    if (!isCertain) doubted.push(file);
    // After an interruption nothing more is started.
    if (isCertain || options.children.isStopped) results.push({ outcomes, output: '' });
    else results.push(await runTestFile(file, options));
  }
  const hasFailed = results.some(({ outcomes }) => count(outcomes, 'failed') > 0);
  if (doubted.length === 0 || hasFailed) return results;
  const failed = together.outcomes.filter(({ result }) => result === 'failed');
  const place = 'test/runner/load-batch.ts:1';
  const detail = [
    together.problem ?? `went well in a process of its own: ${doubted.join(' ')}`,
    ...failed.map((outcome) => `✖ ${outcome.name} (${outcome.place})\n${outcome.detail}`),
  ].join('\n');
  return [...results, { outcomes: [{ name, place, result: 'failed', detail }], output: together.output }];
}

/** What was reported of one file. Where it could not be loaded, that has the name of the file and nothing more. */
function takeOutcomes(file: string, outcomes: readonly Outcome[]): readonly Outcome[] {
  const prefix = `${file} › `;
  return outcomes
    .filter(({ name }) => name === file || name.startsWith(prefix))
    .map((outcome) => (outcome.name === file ? outcome : { ...outcome, name: outcome.name.slice(prefix.length) }));
}
