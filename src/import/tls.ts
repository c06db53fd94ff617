import { covers } from '../route/coverage.ts';
import type { IngressTLS } from './ingress.ts';
import { isIssued, readIssuer } from './issuer.ts';
import type { Ledger } from './ledger.ts';

/** Where the certificate of a host comes from: one of the Ingress' tls entries. */
export interface HostTLS {
  /** Whose entry it is. */
  readonly owner: Ledger;
  readonly index: number;
  readonly secretName: string;
  /** Names of the entry that are no host of a rule. */
  readonly extraNames: readonly string[];
}

/**
 * The entry for a host. One that holds the very name counts first; then ingress-nginx looks into each certificate
 * (`extractTLSSecretName` in internal/ingress/controller/controller.go), which is guessed here by wildcards, and by an entry that
 * names no host, because no Secret is read. F5's controller takes the very name only.
 */
export function findTLS(
  host: string,
  owner: Ledger,
  { isExact, hosts }: { readonly isExact: boolean; readonly hosts: readonly string[] },
): HostTLS | undefined {
  const entries = owner.ingress.spec.tls ?? [];
  const named = entries.findIndex((entry) => entry.hosts?.some((name) => name.toLowerCase() === host));
  const index = named >= 0 || isExact ? named : entries.findIndex((entry) => mayCover(entry, host));
  const entry = entries[index];
  if (entry?.secretName === undefined || entry.secretName === '') return undefined;
  const extraNames = (entry.hosts ?? []).map((name) => name.toLowerCase()).filter((name) => !hosts.includes(name));
  return { owner, index, secretName: entry.secretName, extraNames };
}

function mayCover({ hosts = [], secretName }: IngressTLS, host: string): boolean {
  if (secretName === undefined) return false;
  return hosts.length === 0 || host === '' || hosts.some((name) => covers(name.toLowerCase(), host));
}

const noTLS = {
  because: 'no tls entry with a Secret is for this host, so the route is left to the default issuer of the operator',
  cure: 'set spec.tls.issuerRef or secretName, where the operator has no default issuer (issuers.default)',
};

/** Decides about the tls entries of an Ingress, of which `used` serve a host, and tells hosts without any. */
export function decideTLS(ledger: Ledger, used: readonly (HostTLS | undefined)[]): void {
  const entries = ledger.ingress.spec.tls ?? [];
  const isByIssuer = isIssued(ledger) && readIssuer(ledger).some(({ kind }) => kind === 'decision');
  for (const [index, { hosts = [], secretName }] of entries.entries()) {
    const source = `spec.tls[${index}]`;
    if (used.some((tls) => tls?.owner === ledger && tls.index === index)) {
      ledger.decide(source, { outcome: 'carried', to: isByIssuer ? 'spec.tls' : 'spec.tls.secretName' });
      continue;
    }
    if (secretName === undefined || secretName === '') {
      const because = "it names no Secret, so the controller's default certificate is served";
      ledger.decide(source, { outcome: 'leftover', because, cure: noTLS.cure });
      continue;
    }
    ledger.decide(source, {
      outcome: 'dropped',
      because: `no rule has a host of its own for it: ${hosts.join(', ') || 'none'}`,
    });
  }
}

/** What is told about a rule whose host has no certificate. */
export const withoutTLS = { outcome: 'leftover', ...noTLS } as const;
