import { applyObjects } from '../support/operator.ts';
import type { Rig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';
const metadata = { name: 'no-ingress' };

/** Makes the cluster refuse every new Ingress, until the function is called that is returned. */
export async function refuseIngresses(rig: Rig, namespace: string): Promise<() => Promise<void>> {
  const resourceRules = [
    { apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], resources: ['ingresses'], operations: ['CREATE'] },
  ];
  const validations = [{ expression: 'false', message: 'no Ingress is let in' }];
  const binding = { policyName: metadata.name, validationActions: ['Deny'] };
  await applyObjects(rig, [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: { matchConstraints: { resourceRules }, validations },
    },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding },
  ]);
  await waitForTrial(rig, namespace, 422);
  return async () => {
    await rig.client.delete(`/apis/${apiVersion}/validatingadmissionpolicybindings/${metadata.name}`);
    await waitForTrial(rig, namespace, 201);
  };
}

async function waitForTrial(rig: Rig, namespace: string, status: number): Promise<void> {
  const collection = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
  const defaultBackend = { service: { name: 'chat', port: { number: 8080 } } };
  const trial = { metadata: { name: 'trial' }, spec: { ingressClassName: 'none', defaultBackend } };
  await waitUntil(async () => (await rig.client.request('POST', `${collection}?dryRun=All`, trial)).status === status, {
    what: `an Ingress to be answered with ${status}`,
    timeoutMs: 60_000,
  });
}
