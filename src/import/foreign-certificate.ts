import type { Draft, Fate } from './reading.ts';
import type { HostTLS } from './tls.ts';
import type { Unit } from './unit.ts';

/**
 * What is left to do where a minion is in another namespace than its master, as F5's controller has it: a route names Secrets and Issuers
 * of its own namespace. Undefined where its certificate comes by itself.
 */
export function findForeignCertificate(
  { ledger }: Unit,
  { owner, index }: HostTLS,
  { issuerRef, secretName }: NonNullable<Draft['tls']>,
): Fate | undefined {
  if (owner.namespace === ledger.namespace) return undefined;
  const own = ledger.namespace ?? 'of the route';
  if (issuerRef === undefined) {
    const names = (owner.ingress.spec.tls?.[index]?.hosts ?? []).join(', ');
    return {
      outcome: 'leftover',
      because: `the certificate is Secret ${secretName} of the master ${owner.key}, and a route takes one of its own namespace only`,
      cure: `before the route serves the host, make Secret ${secretName} in namespace ${own}, by a Certificate for ${names}; or set spec.tls.issuerRef instead of secretName`,
    };
  }
  const { name, kind = 'Issuer' } = issuerRef;
  if (kind.includes('Cluster')) return undefined;
  return {
    outcome: 'leftover',
    because: `${kind} ${name} of the master ${owner.key} signs the certificate, and a route takes one of its own namespace only`,
    cure: `before the route serves the host, make ${kind} ${name} in namespace ${own}, or name a ClusterIssuer in spec.tls.issuerRef`,
  };
}
