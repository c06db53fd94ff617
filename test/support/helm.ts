import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partDirectory } from './build-parts.ts';
import { runTool } from './run-tool.ts';

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
    return await runTool(join(partDirectory('helm'), 'helm'), args, { env: { ...own, ...env }, stdin });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
