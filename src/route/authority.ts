import { X509Certificate } from 'node:crypto';
import { apiVersionOf, configMapKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { describeChild } from './children.ts';
import { nameAuthority } from './names.ts';

/** Where the certificates are in the ConfigMap; cert-manager's Secrets have it there, too. */
export const authorityKey = 'ca.crt';

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates in a text that somebody else wrote; undefined where there is none, or one that cannot be read. */
export function readCertificates(text: string): readonly X509Certificate[] | undefined {
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

/** Certificates and nothing else: what stood around them in the text, a private key perhaps, is left behind. */
export function formatCertificates(certificates: readonly X509Certificate[]): string {
  return certificates.map(String).join('');
}

/**
 * The ConfigMap that tells the authority to whoever has to trust it.
 *
 * ```yaml
 * apiVersion: v1
 * kind: ConfigMap
 * metadata: { name: chat-wss-ca }
 * data:
 *   ca.crt: |
 *     -----BEGIN CERTIFICATE-----
 * ```
 */
export function emitAuthority(route: WssRoute, pem: string): KubeObject {
  return {
    apiVersion: apiVersionOf(configMapKind),
    kind: configMapKind.kind,
    metadata: { ...describeChild(route), name: nameAuthority(route.metadata.name) },
    data: { [authorityKey]: pem },
  };
}
