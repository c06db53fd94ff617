import { execFileSync } from 'node:child_process';

/**
 * The time that a build says it was made at: `SOURCE_DATE_EPOCH`, or that of the last commit, so that the same sources give the same
 * bytes (https://reproducible-builds.org/specs/source-date-epoch/). Throws when there is neither.
 */
export function readBuildTime(root: string, env: NodeJS.ProcessEnv = process.env): Date {
  const text = env.SOURCE_DATE_EPOCH ?? askGit(root, 'log', '-1', '--format=%ct');
  if (!/^\d{1,11}$/.test(text)) throw new Error(`SOURCE_DATE_EPOCH is "${text}"; write seconds since 1970`);
  return new Date(Number(text) * 1000);
}

/** The commit that is built, with `-dirty` when files differ from it. */
export function readRevision(root: string): string {
  const isDirty = askGit(root, 'status', '--porcelain') !== '';
  return `${askGit(root, 'rev-parse', 'HEAD')}${isDirty ? '-dirty' : ''}`;
}

function askGit(root: string, ...args: readonly string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (cause) {
    throw new Error(`git ${args.join(' ')} failed; set SOURCE_DATE_EPOCH and --revision outside of a repository`, {
      cause,
    });
  }
}
