/**
 * npm run demo: the main job before your eyes. Exit codes: 0 shown, 1 a step failed, 2 the command line or the machine
 * is not fit for it, 128 + n stopped by signal n.
 */
import { existsSync } from 'node:fs';
import { runOnCluster } from './cluster.ts';
import { findObstacle } from './host-check.ts';
import { findKubectl } from './kubectl.ts';
import { type DemoOptions, parseOptions, usage } from './options.ts';
import { endWithNpm } from './orphan-watch.ts';
import { runSandboxed } from './sandboxed.ts';
import { Screen } from './screen.ts';

const unfit = 2;

endWithNpm();
process.exit(await main());

async function main(): Promise<number> {
  let options: DemoOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return unfit;
  }
  const screen = new Screen(Date.now());
  if (options.mode === 'help') {
    screen.print(usage);
    return 0;
  }
  const obstacle = options.mode === 'cluster' ? findClusterObstacle(options.kubeconfig) : await findObstacle();
  if (obstacle !== undefined) {
    console.error(`${describeMode(options)} cannot run here: ${obstacle}.`);
    if (options.mode === 'embedded') console.error('On a cluster that is there: npm run demo -- --kubeconfig FILE');
    return unfit;
  }
  return options.mode === 'cluster' ? runOnCluster(screen, options) : runSandboxed(screen, options.keep);
}

function describeMode({ mode }: DemoOptions): string {
  return mode === 'cluster' ? 'The demo' : 'The demo on a control plane of its own';
}

function findClusterObstacle(kubeconfig: string): string | undefined {
  if (!existsSync(kubeconfig)) return `--kubeconfig ${kubeconfig} is not there`;
  return findKubectl() === undefined ? 'kubectl is missing: https://kubernetes.io/docs/tasks/tools' : undefined;
}
