import { spawn } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { partDirectory } from '../support/build-parts.ts';
import type { Rig } from '../support/rig.ts';
import { runTool } from '../support/run-tool.ts';
import { root } from './markdown.ts';

/** A shell as a reader of the pages has it: at the top of the repository, with a cluster in `~/.kube/config`. */
export interface Shell {
  /** Runs a command word by word and returns what it prints; what it complains about becomes the error. */
  readonly sh: (command: string) => Promise<string>;
  /** Starts a command that does not end by itself. The function ends it, by SIGINT as Ctrl-C would, and returns its exit code. */
  readonly start: (command: string) => () => Promise<number | null>;
}

export async function openShell(rig: Rig): Promise<Shell> {
  const home = join(rig.directory, 'home');
  await mkdir(join(home, '.kube'), { recursive: true });
  await symlink(rig.kubeconfig, join(home, '.kube/config'));
  const tools = [join(partDirectory('kubernetes')), partDirectory('helm'), dirname(process.execPath)];
  const { KUBECONFIG: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    HOME: home,
    PATH: [...tools, process.env.PATH].join(delimiter),
    npm_config_update_notifier: 'false',
  };

  function sh(command: string): Promise<string> {
    return runTool('bash', ['-euo', 'pipefail', '-c', command], { cwd: root, env, title: `\`${command}\`` });
  }

  function start(command: string): () => Promise<number | null> {
    const child = spawn('bash', ['-c', command], { cwd: root, env, stdio: 'ignore', detached: true });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', resolve);
    });
    return () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      return ended;
    };
  }

  return { sh, start };
}
