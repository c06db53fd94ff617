import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './build-parts.ts';
import { aptGet } from './system-packages.ts';

const run = promisify(execFile);
const installed = '/usr/bin/promtool';
const kept = join(cacheDirectory(), 'promtool');

/** Where promtool is once {@link ensurePromtool} has made sure that it is there. */
export function findPromtool(): string {
  return existsSync(installed) ? installed : kept;
}

/**
 * Makes sure that promtool is there, which is one file of Debian's package `prometheus`. The package is unpacked and not installed:
 * Prometheus itself would be a service of the machine. Two runs at once do not disturb each other.
 */
export async function ensurePromtool(progress: (line: string) => void): Promise<void> {
  if (existsSync(findPromtool())) return;
  const draft = join(cacheDirectory(), `.promtool-${randomUUID()}`);
  progress(`fetching promtool (once; kept in ${kept})`);
  try {
    await mkdir(draft, { recursive: true });
    if (process.getuid?.() === 0) await aptGet(['update', '-qq']);
    await aptGet(['download', '-qq', 'prometheus'], draft);
    const [file] = await readdir(draft);
    await run('dpkg-deb', ['--extract', join(draft, file ?? 'prometheus.deb'), draft]);
    await rename(join(draft, 'usr/bin/promtool'), kept);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause;
    throw new Error(`promtool is missing, which checks metrics and alerts, and cannot be fetched: ${why}`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

export interface PromtoolVerdict {
  readonly exitCode: number | null;
  /** Everything that it printed. */
  readonly output: string;
}

/** Runs promtool in a folder, with a text on its standard input. */
export function runPromtool(
  args: readonly string[],
  { input = '', cwd = '.' }: { readonly input?: string; readonly cwd?: string } = {},
): PromtoolVerdict {
  const { status, stdout, stderr, error } = spawnSync(findPromtool(), args, { input, cwd, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`promtool cannot be run: ${error.message}`, { cause: error });
  return { exitCode: status, output: `${stdout}${stderr}` };
}
