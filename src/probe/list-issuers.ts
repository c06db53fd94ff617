import type { X509Certificate } from 'node:crypto';

const longest = 10;

/**
 * The certificates that have signed `own`, as far as they are served along, from below. What a server sends after its own need not
 * belong to it: the chain ends at the first that has not signed the one before.
 */
export function listIssuers(own: X509Certificate): readonly X509Certificate[] {
  const issuers: X509Certificate[] = [];
  let last = own;
  while (issuers.length < longest) {
    const next: X509Certificate | undefined = last.issuerCertificate;
    if (next === undefined || next.fingerprint256 === last.fingerprint256) break;
    if (!last.checkIssued(next) || !last.verify(next.publicKey)) break;
    issuers.push(next);
    last = next;
  }
  return issuers;
}
