import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Children, node, root } from './children.ts';
import { count, type Outcome } from './outcome.ts';
import { end } from './reporter.ts';

export interface TestProcessOptions {
  readonly children: Children;
  /** A folder for what the tests report. */
  readonly directory: string;
  /** In namespaces of its own, with the real control plane at hand. */
  readonly isSandboxed: boolean;
  readonly timeoutMs: number;
}

export interface TestProcessResult {
  readonly outcomes: readonly Outcome[];
  /** Why the outcomes are not the whole truth: it crashed, hung, left early or had no test. */
  readonly problem: string | undefined;
  /** What it printed. */
  readonly output: string;
}

interface Report {
  readonly outcomes: readonly Outcome[];
  /** Whether every test has had its end. */
  readonly isComplete: boolean;
}

const reporter = join(root, 'test/runner/reporter.ts');
const sandbox = join(root, 'test/support/in-sandbox.ts');

/** Runs tests in one process. `name` is what {@link readOutcomesSoFar} finds them by, `args` what Node.js runs. */
export async function runTestProcess(
  name: string,
  args: readonly string[],
  { children, directory, isSandboxed, timeoutMs }: TestProcessOptions,
): Promise<TestProcessResult> {
  const events = eventsFile(name, directory);
  const test = [`--test-reporter=${reporter}`, `--test-reporter-destination=${events}`, ...args];
  const whole = isSandboxed ? [sandbox, node, ...test] : test;
  const { exitCode, ending, output } = await children.run({ command: node, args: whole, timeoutMs });
  const report = readReport(events);
  return { outcomes: report.outcomes, problem: findProblem(report, exitCode, ending), output };
}

/** What has been reported so far under a name. */
export function readOutcomesSoFar(name: string, directory: string): readonly Outcome[] {
  return readReport(eventsFile(name, directory)).outcomes;
}

function findProblem(
  { outcomes, isComplete }: Report,
  exitCode: number | undefined,
  ending: string | undefined,
): string | undefined {
  if (ending !== undefined) return `${ending}, after ${outcomes.length} tests`;
  if (outcomes.length === 0) return `no test was reported (exit code ${exitCode})`;
  if (!isComplete) return `exited with ${exitCode} before the last test was over, after ${outcomes.length} tests`;
  if (exitCode !== 0 && count(outcomes, 'failed') === 0)
    return `ended with exit code ${exitCode} although no test failed`;
  return undefined;
}

function eventsFile(name: string, directory: string): string {
  return join(directory, `${name.replaceAll('/', '-')}.jsonl`);
}

function readReport(events: string): Report {
  let text: string;
  try {
    text = readFileSync(events, 'utf8');
  } catch {
    // It ended before its first test, or has not begun.
    return { outcomes: [], isComplete: false };
  }
  // The last line of a process that was killed can be half a line.
  const lines = text.split('\n').slice(0, -1);
  const isComplete = lines.at(-1) === end;
  const outcomes = (isComplete ? lines.slice(0, -1) : lines).map((line) => JSON.parse(line) as Outcome);
  return { outcomes, isComplete };
}
