import type { WssRoute } from '../api/wssroute.ts';
import type { Decider } from '../dialects/dialect.ts';
import { describeCertificate } from '../route/certificate.ts';
import { describeRoute } from '../route/claims.ts';
import { planFeatures } from '../route/plan.ts';
import { findIssuer, type Policy } from '../route/policy.ts';
import type { TlsHolder } from './tls-index.ts';

/** A route as the one that decides what a host has as a whole. */
export function describeDecider(route: WssRoute, secretName: string, policy: Policy): Decider {
  const { kind, namespace, name } = describeRoute(route);
  const issuer = findIssuer(route, policy);
  const certificate = describeCertificate(namespace, { secretName, ...(issuer !== undefined && { issuer }) });
  return { kind, namespace, name, certificate, features: planFeatures(route) };
}

/** Somebody's Ingress as the one. */
export function describeForeignDecider({ ingress: { kind, namespace, name }, secretName }: TlsHolder): Decider {
  return { kind, namespace, name, certificate: describeCertificate(namespace, { secretName }) };
}
