/**
 * node test/run.ts all|check|cluster [--jobs N] [part of a file name …]
 *
 * `check` is what needs no cluster: types, lint, import directions, unit, golden and property tests. `cluster` is what needs one:
 * each file of test/apiserver, test/chart, test/conformance, test/docs, test/e2e, test/gitops and test/image against a real control
 * plane in a sandbox of its own, those of test/browser, which take Chromium too, those of test/observability, which take promtool
 * instead, and those of test/probe, which take nginx. N are run at once, two by default: each waits half of its time.
 * `all` is both.
 * When every file has run, the permissions that the manifest grants must be the ones that were used.
 * With a part of a file name only the test files run whose path has it.
 */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Children, node, root } from './runner/children.ts';
import { Console } from './runner/console.ts';
import { count, type Outcome, summarize } from './runner/outcome.ts';
import { judgePermissions, readGranted, readReports } from './runner/permissions.ts';
import { dealBatches, runTestBatch } from './runner/test-batch.ts';
import { runTestFile, type TestFileResult } from './runner/test-file.ts';
import { readOutcomesSoFar } from './runner/test-process.ts';
import { accessFolder } from './support/access-record.ts';

const usage = 'usage: node test/run.ts all|check|cluster [--jobs N] [part of a file name …]';
const oldestNode = [22, 19] as const;

/** Seconds after which something hangs. The first build of the control plane's parts takes a quarter of an hour. */
const limits = { step: 180, check: 120, clusterFile: 15 * 60, rig: 90 * 60 };

const staticSteps = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '--pretty', 'false'] },
  { name: 'lint', command: 'biome', args: ['ci', '--error-on-warnings', '--colors=off', '--max-diagnostics=500'] },
  { name: 'imports', command: 'depcruise', args: ['src'] },
] as const;

const checkFiles = ['test/architecture.test.ts', 'test/{unit,golden,property,import}/**/*.test.ts'];
const clusterFiles = [
  'test/{apiserver,browser,chart,conformance,docs,e2e,gitops,image,observability,probe}/**/*.test.ts',
];
const manifest = 'deploy/install.yaml';

const outcomes: Outcome[] = [];
const running = new Map<string, number>();
const children = new Children();
const directory = mkdtempSync(join(tmpdir(), 'wss-test-'));
const out = new Console(describeRunning);
let interruption: NodeJS.Signals | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interruption ??= signal;
    out.print(`${signal}: stopping ${[...running.keys()].join(', ')}`);
    children.stop();
  });
}
try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  out.close();
  rmSync(directory, { recursive: true, force: true });
}

async function main(argv: readonly string[]): Promise<number> {
  const order = parseOrder(argv);
  if (typeof order === 'string') {
    console.error(order);
    return 2;
  }
  const { scope, jobs, filters } = order;
  const inCheck = scope === 'cluster' ? [] : listFiles(checkFiles, filters);
  const inCluster = scope === 'check' ? [] : listFiles(clusterFiles, filters);
  if (scope !== 'cluster') await check(inCheck, filters);
  if (inCluster.length > 0) await cluster(inCluster, jobs, filters);
  return conclude(filters);
}

interface Order {
  readonly scope: 'all' | 'check' | 'cluster';
  readonly jobs: number;
  readonly filters: readonly string[];
}

/** What the command line asks for, or what is wrong with it. */
function parseOrder(argv: readonly string[]): Order | string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    return `Node.js ${process.versions.node} is too old, it takes ${oldestNode.join('.')}: run \`npm ci\`, then \`npm test\``;
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { jobs: { type: 'string', default: `${Math.min(2, availableParallelism())}` } },
    });
    const [scope, ...filters] = positionals;
    const jobs = Number(values.jobs);
    if (!Number.isInteger(jobs) || jobs < 1) return `--jobs ${values.jobs} is no number of jobs\n${usage}`;
    if (scope !== 'all' && scope !== 'check' && scope !== 'cluster') return usage;
    return { scope, jobs, filters };
  } catch (error) {
    return `${(error as Error).message}\n${usage}`;
  }
}

function listFiles(patterns: readonly string[], filters: readonly string[]): readonly string[] {
  const files = globSync(patterns, { cwd: root }).sort();
  return filters.length === 0 ? files : files.filter((file) => filters.some((filter) => file.includes(filter)));
}

/**
 * Static steps and batches of test files share the processors. Fewer batches load the same modules less often; more than one for each
 * processor keep all of them busy to the end.
 */
async function check(files: readonly string[], filters: readonly string[]): Promise<void> {
  out.print('check');
  const startedAt = performance.now();
  const results: TestFileResult[] = [];
  const processors = availableParallelism();
  const steps = filters.length > 0 ? [] : staticSteps;
  if (steps.length === 0) out.print('  types, lint and imports are left out, because a test file is asked for');
  const tasks = [
    ...steps.map((step) => () => runStep(step)),
    ...dealBatches(files, 2 * processors).map((batch) => async () => {
      const options = { children, directory, isSandboxed: false, timeoutMs: limits.check * 1000 };
      results.push(...(await track(batch.name, () => runTestBatch(batch, options))));
    }),
  ];
  await drain(tasks, processors);
  if (files.length === 0) return;
  const all = results.flatMap((result) => result.outcomes);
  outcomes.push(...all);
  const failures = results.map(describeFailures).filter((text) => text !== '');
  out.printStep(`tests (${files.length} files)`, summarize(all), secondsSince(startedAt), failures.join('\n'));
}

async function cluster(files: readonly string[], jobs: number, filters: readonly string[]): Promise<void> {
  out.print('cluster');
  const isReady = await runStep({
    name: 'rig',
    command: node,
    args: ['test/support/in-sandbox.ts', 'true'],
    seconds: limits.rig,
    onLine: (line) => out.print(`      ${line}`),
  });
  if (!isReady) {
    const detail = 'the rig could not be made ready';
    outcomes.push(...files.map((name) => ({ name, place: '', result: 'skipped', detail }) as const));
    return;
  }
  const tasks = files.map((file) => async () => {
    const startedAt = performance.now();
    const options = { children, directory, isSandboxed: true, timeoutMs: limits.clusterFile * 1000 };
    const result = await track(file, () => runTestFile(file, options));
    outcomes.push(...result.outcomes);
    out.printStep(file, summarize(result.outcomes), secondsSince(startedAt), describeFailures(result));
  });
  const reports = join(directory, 'access');
  mkdirSync(reports);
  process.env[accessFolder] = reports;
  await drain(tasks, jobs);
  if (filters.length === 0 && interruption === undefined) judgeAccess(reports);
}

/** What one file uses says nothing about what is granted for all. */
function judgeAccess(reports: string): void {
  const granted = readGranted(readFileSync(join(root, manifest), 'utf8'));
  const outcome = judgePermissions(granted, readReports(reports));
  outcomes.push(outcome);
  out.printStep(outcome.name, outcome.result, 0, outcome.detail);
}

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly seconds?: number;
  readonly onLine?: (line: string) => void;
}

/** A step that is no test counts as one. True when it passed. */
async function runStep({ name, command, args, seconds = limits.step, onLine }: Step): Promise<boolean> {
  const startedAt = performance.now();
  const options = { command, args, timeoutMs: seconds * 1000, ...(onLine !== undefined && { onLine }) };
  const { exitCode, ending, output } = await track(name, () => children.run(options));
  const hasPassed = exitCode === 0;
  outcomes.push({ name, place: '', result: hasPassed ? 'passed' : 'failed', detail: '' });
  const verdict = hasPassed ? 'passed' : `FAILED: ${ending ?? `exit code ${exitCode}`}`;
  out.printStep(name, verdict, secondsSince(startedAt), hasPassed || onLine !== undefined ? '' : output);
  return hasPassed;
}

async function drain(tasks: readonly (() => Promise<unknown>)[], workers: number): Promise<void> {
  const queue = tasks.values();
  async function work(): Promise<void> {
    for (const task of queue) {
      if (interruption !== undefined) return;
      await task();
    }
  }
  await Promise.all(Array.from({ length: workers }, work));
}

async function track<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  running.set(name, performance.now());
  try {
    return await act();
  } finally {
    running.delete(name);
  }
}

function describeRunning(): readonly string[] {
  return [...running].map(([name, startedAt]) => {
    const done = readOutcomesSoFar(name, directory);
    const last = done.at(-1);
    return `${name} for ${Math.round(secondsSince(startedAt))} s${last === undefined ? '' : `, ${done.length} tests done, the last was "${last.name}"`}`;
  });
}

function describeFailures({ outcomes: all, output }: TestFileResult): string {
  const failed = all.filter(({ result }) => result === 'failed');
  if (failed.length === 0) return '';
  const stories = failed.map(({ name, place, detail }) => `✖ ${name} (${place})\n${detail}`);
  return [...stories, ...(output === '' ? [] : ['--- what the file printed', output.trimEnd()])].join('\n');
}

function conclude(filters: readonly string[]): number {
  for (const result of ['skipped', 'failed'] as const) {
    const listed = outcomes.filter((outcome) => outcome.result === result);
    if (listed.length > 0) out.print(result);
    for (const { name, place, detail } of listed) {
      const where = place === '' ? '' : ` (${place})`;
      out.print(`  ${name}${where}${result === 'skipped' ? `: ${detail}` : ''}`);
    }
  }
  const hasTested = outcomes.some(({ result, place }) => result === 'passed' && place !== '');
  if (!hasTested) out.print(`no test has passed${filters.length > 0 ? `; asked for: ${filters.join(', ')}` : ''}`);
  if (interruption !== undefined) out.print(`interrupted by ${interruption}`);
  out.print(summarize(outcomes));
  if (interruption !== undefined) return 128 + constants.signals[interruption];
  return count(outcomes, 'failed') > 0 || !hasTested ? 1 : 0;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
