import type { ApiObject } from './admin-client.ts';
import { hasCondition, SELF_SIGNED_ISSUER } from './cert-manager.ts';
import { applyObjects } from './operator.ts';
import type { Rig } from './rig.ts';
import { certificatePath } from './routes.ts';
import { waitUntil } from './wait-until.ts';

/** Asks for a certificate of the authority `test-ca`, kept in the Secret `NAME-tls`. */
export async function requestCertificate(
  rig: Rig,
  namespace: string,
  name: string,
  dnsNames: readonly string[],
): Promise<void> {
  await applyObjects(rig, [
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { namespace, name },
      spec: { dnsNames, secretName: `${name}-tls`, issuerRef: { name: 'test-ca', kind: 'ClusterIssuer' } },
    },
  ]);
}

/** Makes an Issuer `own-ca` in a namespace, with a root of its own; returns the root, PEM. */
export async function createIssuer(rig: Rig, namespace: string): Promise<string> {
  const metadata = { namespace, name: 'own-ca' };
  const issuerRef = { name: SELF_SIGNED_ISSUER, kind: 'ClusterIssuer' };
  const apiVersion = 'cert-manager.io/v1';
  const spec = { isCA: true, commonName: 'Own Root', secretName: 'own-ca', issuerRef };
  await applyObjects(rig, [
    { apiVersion, kind: 'Certificate', metadata, spec },
    { apiVersion, kind: 'Issuer', metadata, spec: { ca: { secretName: 'own-ca' } } },
  ]);
  const path = certificatePath(namespace, 'own-ca');
  const wait = { what: 'the root of the namespace', timeoutMs: 30_000 };
  await rig.client.waitFor(path, (certificate) => hasCondition(certificate, 'Ready'), wait);
  const { data } = await rig.client.get(`/api/v1/namespaces/${namespace}/secrets/own-ca`);
  return Buffer.from(data['tls.crt'], 'base64').toString();
}

/** What `cmctl renew` does: the condition Issuing makes cert-manager issue again (cmctl pkg/renew/renew.go). */
export async function renewCertificate(rig: Rig, namespace: string, name: string): Promise<void> {
  const path = certificatePath(namespace, name);
  const certificate = await rig.client.get(path);
  await outliveFailure(certificate);
  const issuing = {
    type: 'Issuing',
    status: 'True',
    reason: 'ManuallyTriggered',
    message: 'Certificate re-issuance manually triggered',
    lastTransitionTime: new Date().toISOString(),
    observedGeneration: certificate.metadata.generation,
  };
  const others = certificate.status.conditions.filter(({ type }: ApiObject) => type !== 'Issuing');
  const status = { ...certificate.status, conditions: [...others, issuing] };
  await rig.client.replace(`${path}/status`, { ...certificate, status });
}

/**
 * cert-manager tells an old failure from a new one by the seconds of two times, and takes one of the same second for new
 * (pkg/controller/certificates/issuing/issuing_controller.go).
 */
async function outliveFailure({ status }: ApiObject): Promise<void> {
  const failed = Date.parse(status.lastFailureTime ?? '1970-01-01T00:00:00Z');
  await waitUntil(async () => Date.now() >= failed + 1_000, {
    what: 'the second of the failure to pass',
    timeoutMs: 5_000,
  });
}
