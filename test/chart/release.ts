import { readFile } from 'node:fs/promises';
import { loadAll } from 'js-yaml';
import type { ApiObject } from '../support/admin-client.ts';
import { chartDirectory, helm } from '../support/helm.ts';
import { applyObjects } from '../support/operator.ts';
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

/**
 * The previous chart starts the program of today here, which watches more than the one that it was made for: what today's manifest grants
 * is granted to the account besides.
 */
export async function grantWhatIsNew(rig: Rig): Promise<void> {
  const manifest = new URL('../../deploy/install.yaml', import.meta.url);
  const documents = loadAll(await readFile(manifest, 'utf8')) as readonly (ApiObject | null)[];
  const role = documents.find((each) => each?.kind === 'ClusterRole' && each.metadata.name === release.name);
  const metadata = { name: 'rights-of-today' };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const subject = { kind: 'ServiceAccount', namespace: release.namespace, name: release.name };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
  await applyObjects(rig, [
    { apiVersion, kind: 'ClusterRole', metadata, rules: role.rules },
    { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects: [subject] },
  ]);
}
