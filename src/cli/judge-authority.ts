import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

/** A root: nobody else vouches for it. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

/** Whether it is one of Mozilla's roots, as Node brings them along, or signed by one. */
export function isPublic(certificate: X509Certificate): boolean {
  return rootCertificates.some((pem) => {
    const root = new X509Certificate(pem);
    if (root.fingerprint256 === certificate.fingerprint256) return true;
    return certificate.checkIssued(root) && certificate.verify(root.publicKey);
  });
}
