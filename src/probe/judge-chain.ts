import type { X509Certificate } from 'node:crypto';
import { readAttribute, readFacts } from './certificate-facts.ts';
import { listIssuers } from './list-issuers.ts';
import { quote } from './quote.ts';
import type { Chain, Failure } from './result.ts';
import { isAnchoredIn, type Trust } from './trust.ts';

/** What OpenSSL says where no root is known, and the chain may go on. */
const openEnds: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Nobody but the owner of the authority can tell these from an authority that is right and private. */
const privateAuthority: ReadonlySet<string> = new Set([
  ...openEnds,
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_UNTRUSTED',
]);

/** id-kp-serverAuth (RFC 5280, section 4.2.1.12). */
const serverAuth = '1.3.6.1.5.5.7.3.1';

/**
 * The policies of which every certificate of a public authority names one, in DER: 2.23.140.1.2.1 to 3, and 2.23.140.1.1 for EV
 * (Baseline Requirements of the CA/Browser Forum, section 7.1.6.1).
 */
const publicPolicies = ['06 06 67 81 0c 01 02', '06 05 67 81 0c 01 01'].map((bytes) =>
  Buffer.from(bytes.replaceAll(' ', ''), 'hex'),
);

export interface ChainCase {
  readonly certificate: X509Certificate;
  /** Why OpenSSL could not verify the chain: `DEPTH_ZERO_SELF_SIGNED_CERT`; undefined when it could. */
  readonly chainError: string | undefined;
  readonly trust: Pick<Trust, 'mode' | 'roots'>;
}

export function classifyChain({ certificate, chainError, trust }: ChainCase): Chain {
  if (chainError === undefined) return isAnchoredIn(trust.roots, certificate) ? 'private' : 'public';
  if (!privateAuthority.has(chainError)) return 'broken';
  return isHeadless(certificate, chainError) ? 'incomplete' : 'private';
}

/**
 * Alone it looks as one of a private root does, which nobody serves: only what it says of itself tells them apart. With an intermediate
 * it may be one of Let's Encrypt's staging, which says the same of itself and leads to no root that anybody has.
 */
function isHeadless(certificate: X509Certificate, chainError: string): boolean {
  if (!openEnds.has(chainError) || listIssuers(certificate).length > 0) return false;
  return publicPolicies.some((policy) => certificate.raw.includes(policy));
}

/** Why clients would refuse the chain, or undefined. */
export function judgeChain(subject: ChainCase): Failure | undefined {
  const { chainError, trust } = subject;
  if (trust.mode === 'report' && chainError !== undefined && privateAuthority.has(chainError)) return undefined;
  return explainChain(subject);
}

/** What is wrong with the chain, however strict anybody is; undefined where it leads to a root. */
export function explainChain({ certificate, chainError, trust }: ChainCase): Failure | undefined {
  if (chainError === undefined) return undefined;
  if (chainError === 'INVALID_PURPOSE' || chainError === 'INVALID_CA') return explainPurpose(certificate, trust.roots);
  return { reason: 'UntrustedChain', ...explainTrust(certificate, chainError) };
}

function explainTrust(certificate: X509Certificate, chainError: string): Pick<Failure, 'found' | 'cure'> {
  const issuer = quote(readAttribute(certificate.issuer, 'CN') ?? readFacts(certificate).issuer);
  if (isHeadless(certificate, chainError)) {
    return {
      found: `the certificate is one of a public authority, and that of "${issuer}" is not served along`,
      cure: 'serve the whole chain: in tls.crt the intermediates come after the certificate',
    };
  }
  if (openEnds.has(chainError)) {
    return listIssuers(certificate).length === 0
      ? {
          found: `the certificate is served without that of "${issuer}", which signed it`,
          cure: 'serve the whole chain, or give a private authority as a root',
        }
      : {
          found: `the chain ends at an authority that is not known, the certificate is signed by "${issuer}"`,
          cure: 'serve the whole chain, or give the authority as a root',
        };
  }
  switch (chainError) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return { found: 'the certificate is signed by itself', cure: 'take one of an authority, or give it as a root' };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return {
        found: `the chain leads to a private authority, its certificate is signed by "${issuer}"`,
        cure: 'give the authority as a root',
      };
    default:
      return { found: `the chain cannot be verified (${quote(chainError, 60)})`, cure: 'issue the certificate anew' };
  }
}

/** OpenSSL has one word for all of it: which certificate it means, and why, is for the certificates to tell. */
function explainPurpose(certificate: X509Certificate, roots: readonly X509Certificate[]): Failure {
  if (!isForServers(certificate)) {
    const found = 'the certificate is not made for servers';
    return { reason: 'NotForServers', found, cure: 'issue it with the usage "server auth"' };
  }
  const served = listIssuers(certificate);
  const known = roots.filter((root) => (served.at(-1) ?? certificate).checkIssued(root));
  const issuers = [...served, ...known].filter(({ fingerprint256 }) => fingerprint256 !== certificate.fingerprint256);
  const stranger = issuers.find(({ ca }) => !ca);
  if (stranger !== undefined) return explainIssuer(stranger, 'is no authority');
  const narrow = issuers.find((issuer) => !isForServers(issuer));
  if (narrow !== undefined) return explainIssuer(narrow, 'may not sign for servers');
  return {
    reason: 'NotForServers',
    found: `the ${certificate.ca ? 'certificate is that of an authority, whose key' : 'key of the certificate'} may not be used by servers`,
    cure: 'issue one for the server, with the usages "digital signature" and "server auth"',
  };
}

function explainIssuer({ subject }: X509Certificate, what: string): Failure {
  const name = quote(readAttribute(subject, 'CN') ?? (subject ?? '').replaceAll('\n', ', '));
  return {
    reason: 'IssuerNotAuthority',
    found: `the chain leads through "${name}", which ${what}`,
    cure: 'issue that one anew as an authority for servers (isCA for cert-manager), then the certificate by it',
  };
}

function isForServers({ keyUsage }: X509Certificate): boolean {
  // Node calls the extended usages so; without any a certificate is for everything.
  const usages: readonly string[] | undefined = keyUsage;
  return usages === undefined || usages.includes(serverAuth);
}
