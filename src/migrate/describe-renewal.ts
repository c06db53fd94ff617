import type { WssRoute } from '../api/wssroute.ts';
import { type Attachment, describeAttachment } from '../route/attachment.ts';

/**
 * What an issuer needs that proves hosts by HTTP-01: challenges come to where DNS leads, and a solver for the old place is not asked there.
 * Undefined where cert-manager's own issuers have nothing to do with the certificate.
 */
export function describeRenewal({ spec }: WssRoute, to: Attachment): string | undefined {
  if (!mayBeProved(spec)) return undefined;
  const needs =
    to.kind === 'IngressClass'
      ? `http01.ingress with ingressClassName ${to.name}`
      : `http01.gatewayHTTPRoute with ${describeAttachment(to)} in its parentRefs (an HTTP listener at port 80 there, enableGatewayAPI in cert-manager)`;
  return `If the issuer proves the hosts by HTTP-01, its solver now needs ${needs}, because one for the old place is not asked there, and the certificate would not be renewed; DNS-01 needs no change`;
}

/** By ACME: issuers of other groups have ways of their own, and of a Secret that was brought along nobody knows. */
function mayBeProved({ tls }: WssRoute['spec']): boolean {
  if (tls.certificateRef !== undefined) return true;
  return tls.secretName === undefined && (tls.issuerRef?.group ?? 'cert-manager.io') === 'cert-manager.io';
}
