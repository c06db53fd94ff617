import assert from 'node:assert/strict';
import { applyObjects } from './operator.ts';
import type { Rig } from './rig.ts';

/** Makes the ClusterIssuer `acme`, or an Issuer of that name in a namespace, that proves names by HTTP-01 through an Ingress. */
export async function createAcmeIssuer(
  rig: Rig,
  ingress: { readonly ingressClassName: string; readonly ingressTemplate?: object } | { readonly name: string },
  namespace?: string,
): Promise<void> {
  assert.ok(rig.acme, "the rig has no ACME server: add 'acme' to its parts");
  const { directoryUrl, caBundle } = rig.acme;
  const acme = {
    ...{ server: directoryUrl, caBundle, email: 'ops@example.com' },
    privateKeySecretRef: { name: 'acme-account' },
    solvers: [{ http01: { ingress } }],
  };
  await applyObjects(rig, [
    {
      apiVersion: 'cert-manager.io/v1',
      kind: namespace === undefined ? 'ClusterIssuer' : 'Issuer',
      metadata: { name: 'acme', ...(namespace !== undefined && { namespace }) },
      spec: { acme },
    },
  ]);
}
