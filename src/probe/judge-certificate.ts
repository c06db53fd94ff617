import { isIP } from 'node:net';
import { listNames, readAttribute, readFacts } from './certificate-facts.ts';
import { type ChainCase, judgeChain } from './judge-chain.ts';
import { quote } from './quote.ts';
import type { Failure } from './result.ts';

export interface CertificateCase extends ChainCase {
  /** Name or IP address that clients ask for. */
  readonly host: string;
  readonly now: Date;
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

/** Why clients would refuse the certificate, or undefined. */
export function judgeCertificate(subject: CertificateCase): Failure | undefined {
  return judgeName(subject) ?? judgeDates(subject) ?? judgeChain(subject);
}

/** Common names do not count, and a star stands for one whole label, as in browsers. */
function judgeName({ certificate, host }: CertificateCase): Failure | undefined {
  const name = host.replace(/\.$/, '');
  const isCovered =
    isIP(name) === 0
      ? certificate.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined
      : certificate.checkIP(name) !== undefined;
  if (isCovered) return undefined;
  const owner = defaultCertificates[readAttribute(certificate.subject, 'CN') ?? ''];
  if (owner !== undefined) {
    const found = `the default certificate of ${owner} is served for ${host}`;
    const cure = 'issue the certificate, and name its Secret and the host in tls';
    return { reason: 'ControllerDefaultCertificate', found, cure };
  }
  const names = listNames(certificate.subjectAltName ?? '');
  const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  const found = names.length === 0 ? 'no name at all (common names do not count)' : quote(shown);
  return {
    reason: 'NameMismatch',
    found: `the certificate holds ${found}, not ${host}`,
    // Whoever runs a controller may give it a default certificate of any name (`--default-ssl-certificate`).
    cure: `issue one that holds ${host}; if it is the controller's default one, the Secret is missing or the host not taken`,
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
