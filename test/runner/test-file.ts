import type { Outcome } from './outcome.ts';
import { runTestProcess, type TestProcessOptions } from './test-process.ts';

export interface TestFileResult {
  readonly outcomes: readonly Outcome[];
  /** What the file printed. */
  readonly output: string;
}

/** Runs one file in a process of its own. A file that crashes, hangs or has no test is a failure, whatever its tests said. */
export async function runTestFile(file: string, options: TestProcessOptions): Promise<TestFileResult> {
  const { outcomes, problem, output } = await runTestProcess(file, [file], options);
  if (problem === undefined) return { outcomes, output };
  return { outcomes: [...outcomes, { name: file, place: `${file}:1`, result: 'failed', detail: problem }], output };
}
