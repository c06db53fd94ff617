import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { listNames, readAttribute, readFacts } from './certificate-facts.ts';
import { quote } from './quote.ts';
import type { Failure, FailureReason } from './result.ts';
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
  return fail(
    'ControllerDefaultCertificate',
    `${found}: issue the certificate, and name its Secret and the host in tls`,
  );
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
  return fail('NameMismatch', `the certificate holds ${found}, not ${host}: issue one that holds ${host}`);
}

function judgeDates({ certificate, chainError, now }: CertificateCase): Failure | undefined {
  const { notBefore, notAfter } = readFacts(certificate);
  if (certificate.validToDate.getTime() < now.getTime()) {
    return fail('Expired', `the certificate ended at ${notAfter}: renew it, and see why that did not happen by itself`);
  }
  if (certificate.validFromDate.getTime() > now.getTime()) {
    return fail('NotYetValid', `the certificate begins at ${notBefore}: wait, or set the clock of whoever issued it`);
  }
  if (chainError === 'CERT_HAS_EXPIRED') {
    return fail('Expired', 'a certificate of the authority, which is served along, has ended: serve the present chain');
  }
  if (chainError === 'CERT_NOT_YET_VALID') {
    return fail('NotYetValid', 'a certificate of the authority, which is served along, is not valid yet');
  }
  return undefined;
}

function judgeChain({ certificate, chainError, mode }: CertificateCase): Failure | undefined {
  if (chainError === undefined) return undefined;
  if (mode === 'report' && privateAuthority.has(chainError)) return undefined;
  return fail('UntrustedChain', explainChain(certificate, chainError));
}

/** What is wrong with the chain, for a line of text. */
export function explainChain(certificate: X509Certificate, chainError: string): string {
  const issuer = quote(readAttribute(certificate.issuer, 'CN') ?? readFacts(certificate).issuer);
  switch (chainError) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'the certificate is signed by itself: take one of an authority, or give it as a root';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return `the chain leads to a private authority, its certificate is signed by "${issuer}": give the authority as a root`;
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      if (certificate.issuerCertificate === undefined) {
        return `the certificate is served without that of "${issuer}", which signed it: serve the whole chain, or give a private authority as a root`;
      }
      return `the chain ends at an authority that is not known, the certificate is signed by "${issuer}": serve the whole chain, or give the authority as a root`;
    case 'INVALID_PURPOSE':
      return 'the certificate is not made for servers: issue it with the usage "server auth"';
    default:
      return `the chain cannot be verified (${quote(chainError, 60)}): issue the certificate anew`;
  }
}

function fail(reason: FailureReason, message: string): Failure {
  return { reason, message };
}
