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
 * The rights of today's manifest for the service account of a release: the Pods of the release before run today's program, and that
 * one watches kinds which its own chart knows nothing of.
 */
export async function grantToday(rig: Rig): Promise<void> {
  const manifest = new URL('../../deploy/install.yaml', import.meta.url);
  const documents = loadAll(await readFile(manifest, 'utf8')) as readonly (ApiObject | null)[];
  const role = documents.find(
    (document) => document?.kind === 'ClusterRole' && document.metadata.name === release.name,
  );
  const metadata = { name: 'today' };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
  await applyObjects(rig, [
    { ...role, metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      ...{
        metadata,
        roleRef,
        subjects: [{ kind: 'ServiceAccount', name: release.name, namespace: release.namespace }],
      },
    },
  ]);
}
