/**
 * node test/support/in-sandbox.ts COMMAND [ARGUMENT...]
 *
 * Builds what the rig needs (once), then runs the command in a fresh sandbox and ends with its exit code.
 */
import { buildParts, PART_NAMES } from './build-parts.ts';
import { ensurePromtool } from './promtool.ts';
import { runAsFirstProcess, runInSandbox } from './sandbox.ts';
import { ensureSystemPackages, PACKAGES } from './system-packages.ts';

const [first, ...rest] = process.argv.slice(2);

if (first === '--inside') {
  process.exit(await orComplain(() => runAsFirstProcess(rest)));
} else if (first === undefined) {
  console.error('usage: node test/support/in-sandbox.ts COMMAND [ARGUMENT...]');
  process.exit(2);
} else {
  process.exit(await orComplain(() => prepareAndRun([first, ...rest])));
}

async function prepareAndRun(command: readonly string[]): Promise<number> {
  const progress = (line: string) => console.error(line);
  await ensureSystemPackages(PACKAGES, progress);
  await ensurePromtool(progress);
  await buildParts(PART_NAMES, progress);
  return runInSandbox(command);
}

async function orComplain(action: () => Promise<number>): Promise<number> {
  try {
    return await action();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}
