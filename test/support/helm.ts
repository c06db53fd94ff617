import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partDirectory } from './build-parts.ts';

export interface HelmOptions {
  readonly stdin?: string;
  /** On top of the environment of this process, of which only `PATH` reaches helm. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The chart of this repository. */
export const chartDirectory = join(import.meta.dirname, '../../deploy/chart');

/**
 * Runs the real helm with folders of its own, so that neither plugins nor repositories of the machine matter, and returns what it
 * prints. What it complains about becomes the error. Without `KUBECONFIG` in `env` it knows no cluster.
 */
export async function helm(args: readonly string[], { stdin = '', env = {} }: HelmOptions = {}): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'wss-helm-'));
  const own = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    KUBECACHEDIR: join(home, 'kube'),
    KUBECONFIG: join(home, 'none'),
  };
  try {
    return await run(args, { ...own, ...env }, stdin);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function run(args: readonly string[], env: Readonly<Record<string, string>>, stdin: string): Promise<string> {
  const child = spawn(join(partDirectory('helm'), 'helm'), [...args], { env });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  child.stdin.on('error', () => {}); // It may end before it has read everything; its exit code tells why.
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.stdout);
      // `helm lint` tells on stdout what is wrong.
      else
        reject(new Error(`helm ${args.join(' ')} ended with ${code}: ${output.stderr.trim() || output.stdout.trim()}`));
    });
  });
}
