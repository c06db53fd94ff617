import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Children, node, root } from './children.ts';
import { count, type Outcome } from './outcome.ts';

export interface TestFileOptions {
  readonly children: Children;
  /** A folder for what the tests report. */
  readonly directory: string;
  /** In namespaces of its own, with the real control plane at hand. */
  readonly isSandboxed: boolean;
  readonly timeoutMs: number;
}

export interface TestFileResult {
  readonly outcomes: readonly Outcome[];
  /** What the file printed. */
  readonly output: string;
}

const reporter = join(root, 'test/runner/reporter.ts');
const sandbox = join(root, 'test/support/in-sandbox.ts');

/** Runs one file in a process of its own. A file that crashes, hangs or has no test is a failure, whatever its tests said. */
export async function runTestFile(file: string, options: TestFileOptions): Promise<TestFileResult> {
  const events = eventsFile(file, options.directory);
  const test = [node, `--test-reporter=${reporter}`, `--test-reporter-destination=${events}`, file];
  const [command = node, ...args] = options.isSandboxed ? [node, sandbox, ...test] : test;
  const { exitCode, ending, output } = await options.children.run({ command, args, timeoutMs: options.timeoutMs });
  const outcomes = readOutcomes(events);
  const problem = findProblem(outcomes, exitCode, ending);
  if (problem === undefined) return { outcomes, output };
  return { outcomes: [...outcomes, { name: file, place: `${file}:1`, result: 'failed', detail: problem }], output };
}

/** What a file has reported so far. */
export function readOutcomesSoFar(file: string, directory: string): readonly Outcome[] {
  return readOutcomes(eventsFile(file, directory));
}

function findProblem(
  outcomes: readonly Outcome[],
  exitCode: number | undefined,
  ending: string | undefined,
): string | undefined {
  if (ending !== undefined) return `${ending}, after ${outcomes.length} tests`;
  if (outcomes.length === 0) return `no test was reported (exit code ${exitCode})`;
  if (exitCode !== 0 && count(outcomes, 'failed') === 0)
    return `ended with exit code ${exitCode} although no test failed`;
  return undefined;
}

function eventsFile(file: string, directory: string): string {
  return join(directory, `${file.replaceAll('/', '-')}-${basename(file)}.jsonl`);
}

function readOutcomes(events: string): readonly Outcome[] {
  let text: string;
  try {
    text = readFileSync(events, 'utf8');
  } catch {
    // It ended before its first test, or has not begun.
    return [];
  }
  // The last line of a process that was killed can be half a line.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Outcome);
}
