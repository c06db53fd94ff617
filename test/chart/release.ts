import { chartDirectory, helm } from '../support/helm.ts';
import type { Rig } from '../support/rig.ts';
import { release } from './render.ts';

/** The chart of the release before; made by `helm package deploy/chart` when that was released. */
export const previousChart = new URL('fixtures/wss-operator-0.1.0.tgz', import.meta.url).pathname;

/** The user that the operator is when the chart has installed it. */
export const installedUser = `system:serviceaccount:${release.namespace}:${release.name}`;

export interface HelmStep {
  readonly chart?: string;
  /** `path=value`. */
  readonly set?: readonly string[];
}

/** Installs or upgrades and waits until helm finds everything ready: somebody has to play the Deployment's controller meanwhile. */
export function putRelease(rig: Rig, verb: 'install' | 'upgrade', { chart = chartDirectory, set = [] }: HelmStep = {}) {
  const values = set.flatMap((each) => ['--set', each]);
  return callHelm(rig, verb, release.name, chart, ...values, '--wait', '--timeout', '2m');
}

export function callHelm(rig: Rig, ...args: readonly string[]): Promise<string> {
  return helm([...args, '--namespace', release.namespace], { env: { KUBECONFIG: rig.kubeconfig } });
}
