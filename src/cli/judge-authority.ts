import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

/** A root: nobody else vouches for it. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

/** The one of Mozilla's roots, as Node brings them along, that it is or that has signed it. */
export function findPublicRoot(certificate: X509Certificate): X509Certificate | undefined {
  for (const pem of rootCertificates) {
    const root = new X509Certificate(pem);
    if (root.fingerprint256 === certificate.fingerprint256) return root;
    if (certificate.checkIssued(root) && certificate.verify(root.publicKey)) return root;
  }
  return undefined;
}
