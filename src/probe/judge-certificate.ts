import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { listNames, readAttribute, readFacts } from './certificate-facts.ts';
import { quote } from './quote.ts';
import type { Failure } from './result.ts';
import type { TrustMode } from './trust.ts';

export interface CertificateCase {
  readonly certificate: X509Certificate;
  /** Why OpenSSL could not verify the chain: `DEPTH_ZERO_SELF_SIGNED_CERT`; undefined when it could. */
  readonly chainError: string | undefined;
  /** Name or IP address that clients ask for. */
  readonly host: string;
  readonly now: Date;
  readonly mode: TrustMode;
}

/** What controllers serve when they have no certificate for a host, by the common name. */
const defaultCertificates: Readonly<Record<string, string>> = {
  // internal/net/ssl/ssl.go of ingress-nginx, and haproxy-ingress, which took it over
  'Kubernetes Ingress Controller Fake Certificate': 'ingress-nginx',
  // pkg/tls/generate/generate.go
  'TRAEFIK DEFAULT CERT': 'Traefik',
  // the default server's Secret in the manifests of F5's controller
  NGINXIngressController: "F5's controller",
};

/** Nobody but the owner of the authority can tell these from an authority that is right and private. */
const privateAuthority: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** Why clients would refuse the certificate, or undefined. */
export function judgeCertificate(subject: CertificateCase): Failure | undefined {
  return judgeSubject(subject) ?? judgeName(subject) ?? judgeDates(subject) ?? judgeChain(subject);
}

function judgeSubject({ certificate, host }: CertificateCase): Failure | undefined {
  const owner = defaultCertificates[readAttribute(certificate.subject, 'CN') ?? ''];
  if (owner === undefined) return undefined;
  const found = `the default certificate of ${owner} is served for ${host}`;
  const cure = 'issue the certificate, and name its Secret and the host in tls';
  return { reason: 'ControllerDefaultCertificate', found, cure };
}

/** Common names do not count, and a star stands for one whole label, as in browsers. */
function judgeName({ certificate, host }: CertificateCase): Failure | undefined {
  const name = host.replace(/\.$/, '');
  const isCovered =
    isIP(name) === 0
      ? certificate.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined
      : certificate.checkIP(name) !== undefined;
  if (isCovered) return undefined;
  const names = listNames(certificate.subjectAltName ?? '');
  const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  const found = names.length === 0 ? 'no name at all (common names do not count)' : quote(shown);
  return {
    reason: 'NameMismatch',
    found: `the certificate holds ${found}, not ${host}`,
    cure: `issue one that holds ${host}`,
  };
}

function judgeDates({ certificate, chainError, now }: CertificateCase): Failure | undefined {
  const { notBefore, notAfter } = readFacts(certificate);
  if (certificate.validToDate.getTime() < now.getTime()) {
    const cure = 'renew it, and see why that did not happen by itself';
    return { reason: 'Expired', found: `the certificate ended at ${notAfter}`, cure };
  }
  if (certificate.validFromDate.getTime() > now.getTime()) {
    const cure = 'wait, or set the clock of whoever issued it';
    return { reason: 'NotYetValid', found: `the certificate begins at ${notBefore}`, cure };
  }
  if (chainError === 'CERT_HAS_EXPIRED') {
    const found = 'a certificate of the authority, which is served along, has ended';
    return { reason: 'Expired', found, cure: 'serve the present chain' };
  }
  if (chainError === 'CERT_NOT_YET_VALID') {
    const found = 'a certificate of the authority, which is served along, is not valid yet';
    return { reason: 'NotYetValid', found, cure: 'wait, or set the clock of whoever issued it' };
  }
  return undefined;
}

function judgeChain({ certificate, chainError, mode }: CertificateCase): Failure | undefined {
  if (chainError === undefined) return undefined;
  if (mode === 'report' && privateAuthority.has(chainError)) return undefined;
  return { reason: 'UntrustedChain', ...explainChain(certificate, chainError) };
}

/** What is wrong with the chain. */
export function explainChain(certificate: X509Certificate, chainError: string): Pick<Failure, 'found' | 'cure'> {
  const issuer = quote(readAttribute(certificate.issuer, 'CN') ?? readFacts(certificate).issuer);
  switch (chainError) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return { found: 'the certificate is signed by itself', cure: 'take one of an authority, or give it as a root' };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return {
        found: `the chain leads to a private authority, its certificate is signed by "${issuer}"`,
        cure: 'give the authority as a root',
      };
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      if (certificate.issuerCertificate === undefined) {
        return {
          found: `the certificate is served without that of "${issuer}", which signed it`,
          cure: 'serve the whole chain, or give a private authority as a root',
        };
      }
      return {
        found: `the chain ends at an authority that is not known, the certificate is signed by "${issuer}"`,
        cure: 'serve the whole chain, or give the authority as a root',
      };
    case 'INVALID_PURPOSE':
      return { found: 'the certificate is not made for servers', cure: 'issue it with the usage "server auth"' };
    default:
      return { found: `the chain cannot be verified (${quote(chainError, 60)})`, cure: 'issue the certificate anew' };
  }
}
