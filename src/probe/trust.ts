import { X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/**
 * `public`: a chain that no root covers fails. `report`: a private authority is reported; what no client would take, such as a wrong
 * signature, fails all the same.
 */
export type TrustMode = 'public' | 'report';

/** What certificates are judged by. Made once and shared by all probes: reading the roots takes milliseconds. */
export interface Trust {
  readonly mode: TrustMode;
  readonly context: SecureContext;
  /** Roots besides the public ones. */
  readonly roots: readonly X509Certificate[];
}

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Trust in Mozilla's roots, as Node brings them along, and in those of `ca` (PEM). `NODE_EXTRA_CA_CERTS` does not count: a chain is
 * publicly trusted or not, whatever the machine trusts.
 *
 * @throws when `ca` is given and holds no certificate, or one that cannot be read
 */
export function createTrust(mode: TrustMode, ca?: string): Trust {
  const blocks = ca === undefined ? [] : (ca.match(pemBlock) ?? []);
  if (ca !== undefined && blocks.length === 0)
    throw new Error('holds no PEM certificate (-----BEGIN CERTIFICATE-----)');
  const roots = blocks.map(readCertificate);
  const context = createSecureContext({
    ca: [...rootCertificates, ...blocks],
    minVersion: 'TLSv1.2',
    // An intermediate given as `ca` is trusted without its root.
    allowPartialTrustChain: true,
  });
  return { mode, context, roots };
}

function readCertificate(pem: string, index: number): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`certificate ${index + 1} cannot be read`, { cause: error });
  }
}

/** Whether a chain that OpenSSL has verified ends at one of the roots that were given, not at a public one. */
export function isAnchoredIn(roots: readonly X509Certificate[], leaf: X509Certificate): boolean {
  if (roots.length === 0) return false;
  for (let each: X509Certificate | undefined = leaf, depth = 0; each !== undefined && depth < 10; depth += 1) {
    const certificate: X509Certificate = each;
    const isCovered = roots.some(
      (root) => root.fingerprint256 === certificate.fingerprint256 || certificate.checkIssued(root),
    );
    if (isCovered) return true;
    each = certificate.issuerCertificate;
  }
  return false;
}
