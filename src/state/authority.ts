import { certificateRequestKind, configMapKind } from '../api/kinds.ts';
import type { Loss, Obstacle } from '../dialects/dialect.ts';
import { authorityKey, formatCertificates, readCertificates } from '../route/authority.ts';
import { findUnread } from './find-unread.ts';
import type { Observed } from './observed.ts';
import { isOurs } from './ownership.ts';

export const publishField = 'spec.tls.publishCA';

/** What a route publishes as its authority, or why there is nothing to publish; neither while it is not known yet. */
export type Publication = { readonly pem: string } | { readonly loss: Loss } | undefined;

/**
 * Decides what `spec.tls.publishCA` comes to. The latest issuance that has succeeded counts: during a renewal the certificate that
 * it gave is still served. Where no request is left that tells of it, what was published stays.
 */
export function decideAuthority(observed: Observed): Publication {
  const { route, certificate, latestRequest, issuedRequest, children } = observed;
  if (!route.spec.tls.publishCA) return undefined;
  const unseen = findUnread([configMapKind], observed);
  if (unseen !== undefined) return loseUnread(unseen);
  if (issuedRequest === undefined) {
    const published = children.find((child) => child.kind === configMapKind.kind && isOurs(route, child));
    const pem = published && readPublished(published.content);
    if (pem !== undefined) return { pem };
    const unread = findUnread([certificateRequestKind], observed);
    if (unread !== undefined) return loseUnread(unread);
    if (certificate?.issuance.state !== 'issued' || latestRequest !== undefined) return undefined;
    return lose(
      `no CertificateRequest of Certificate "${certificate.name}" is left, and no other place tells the authority`,
      'renew the certificate (cmctl renew)',
    );
  }
  const { name, ca } = issuedRequest;
  if (ca === undefined) {
    return lose(
      `the issuer told no authority in CertificateRequest "${name}": a public one, as Let's Encrypt, tells none and needs none`,
      'remove it, or use an issuer that tells its authority (status.ca)',
    );
  }
  const certificates = readCertificates(ca);
  if (certificates !== undefined) return { pem: formatCertificates(certificates) };
  return lose(
    `status.ca of CertificateRequest "${name}" holds no certificate that can be read`,
    'ask for the issuer to be mended, or remove it',
  );
}

function readPublished(content: string): string | undefined {
  const { data } = JSON.parse(content) as { readonly data?: Readonly<Record<string, string>> };
  return data?.[authorityKey];
}

function loseUnread({ message }: Obstacle): Publication {
  return lose(message, 'see the log of the operator; what was published stays until then');
}

function lose(because: string, cure: string): Publication {
  return { loss: { field: publishField, level: 'unsupported', because, cure } };
}
