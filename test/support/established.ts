import type { ApiObject } from './admin-client.ts';
import type { Rig } from './rig.ts';

/** Waits until the API server serves a kind. `kubectl wait` fails at one that is so new that it has no conditions yet. */
export async function waitUntilEstablished(rig: Pick<Rig, 'client'>, crd = 'wssroutes.wssroute.dev'): Promise<void> {
  const isEstablished = (found: ApiObject | undefined) =>
    found?.status?.conditions?.some(({ type, status }: ApiObject) => type === 'Established' && status === 'True') ===
    true;
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd}`;
  await rig.client.waitFor(path, isEstablished, { what: `${crd} to be established`, timeoutMs: 30_000 });
}
