import type { Certificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { apiVersionOf, certificateKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { describeChild } from './children.ts';
import { nameChildren } from './names.ts';
import type { CertificateSource } from './plan.ts';
import { describeIssuer } from './policy.ts';

type CertificateSpec = Certificate['spec'];

/** The Secret that a route's certificate is kept in, where the route itself decides it. */
export function nameSecret(route: WssRoute): string {
  return route.spec.tls.secretName ?? nameChildren(route.metadata.name);
}

/**
 * Which certificate a route or an Ingress of a namespace shows clients. Those that one issuer signs are alike, so the text is the same; an issuer of a namespace is
 * another one in the next.
 */
export function describeCertificate(
  namespace: string,
  { secretName, issuer }: Pick<CertificateSource, 'secretName' | 'issuer'>,
): string {
  if (issuer === undefined) return secretName === '' ? 'the default one' : `Secret ${namespace}/${secretName}`;
  const isOfCluster = issuer.kind.includes('Cluster');
  return `${describeIssuer(issuer)}${isOfCluster ? '' : ` of namespace ${namespace}`}`;
}

/**
 * The certificate to request, for routes with an issuer of their own or the default one; others bring theirs along.
 *
 * ```yaml
 * apiVersion: cert-manager.io/v1
 * kind: Certificate
 * metadata: { name: chat-wss }
 * spec:
 *   secretName: chat-wss
 *   dnsNames: [chat.example.com]
 *   issuerRef: { name: letsencrypt, kind: ClusterIssuer, group: cert-manager.io }
 *   usages: [digital signature, key encipherment, server auth]
 * ```
 *
 * `server auth` is asked for, because Apple's clients refuse a server certificate without it (https://support.apple.com/HT210176)
 * and a private CA need not add it. There is no common name: it may hold 64 characters only, and ACME profiles leave it out.
 */
export function emitCertificate(
  route: WssRoute,
  { secretName, issuer }: CertificateSource,
  hosts: readonly string[],
): KubeObject | undefined {
  const { ipAddresses, dnsNames, privateKey, duration, renewBeforePercentage } = route.spec.tls;
  if (issuer === undefined) return undefined;
  const names = new Set([...hosts.filter((host) => host !== ''), ...(dnsNames ?? [])]);
  const spec = {
    secretName,
    ...(names.size > 0 && { dnsNames: [...names].sort() }),
    ...(ipAddresses !== undefined && { ipAddresses: [...ipAddresses].sort() }),
    issuerRef: { name: issuer.name, kind: issuer.kind, group: issuer.group },
    usages: ['digital signature', 'key encipherment', 'server auth'],
    ...(privateKey !== undefined && Object.keys(privateKey).length > 0 && { privateKey }),
    ...(duration !== undefined && { duration }),
    ...(renewBeforePercentage !== undefined && { renewBeforePercentage }),
  } satisfies CertificateSpec;
  return {
    apiVersion: apiVersionOf(certificateKind),
    kind: certificateKind.kind,
    metadata: describeChild(route),
    spec,
  };
}
