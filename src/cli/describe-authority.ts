import type { X509Certificate } from 'node:crypto';
import { toOneLine } from '../api/text.ts';
import { readFacts } from '../probe/certificate-facts.ts';
import type { Finding } from './find-authority.ts';
import { isSelfSigned } from './judge-authority.ts';

/** What `wss ca --json` prints. */
export interface AuthorityFacts {
  readonly subject: string;
  readonly issuer: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the whole certificate, colon separated, as browsers show it. */
  readonly fingerprint256: string;
  /** A root. Otherwise most clients need the certificate of `issuer` instead. */
  readonly isSelfSigned: boolean;
  /** Whether it may sign others. */
  readonly isAuthority: boolean;
  /** It is a root that browsers bring along: nothing need be installed. */
  readonly isPubliclyTrusted: boolean;
  readonly source: string;
  readonly pem: string;
}

type Found = Extract<Finding, { readonly isFound: true }>;

/** What there is to tell of a certificate; whoever made it chose the words, so they are cleaned. */
export function readAuthority({ certificate, source, isPubliclyTrusted }: Found): AuthorityFacts {
  const { issuer, notBefore, notAfter, fingerprint256 } = readFacts(certificate);
  return {
    subject: nameSubject(certificate),
    issuer,
    notBefore,
    notAfter,
    fingerprint256,
    isSelfSigned: isSelfSigned(certificate),
    isAuthority: certificate.ca,
    isPubliclyTrusted,
    source: toOneLine(source),
    pem: certificate.toString(),
  };
}

/** The facts, a line each, and what to think of them. */
export function describeAuthority(facts: AuthorityFacts, now: Date): readonly string[] {
  const { subject, issuer, notBefore, notAfter, fingerprint256, source } = facts;
  return [
    `subject      ${subject}`,
    `issuer       ${facts.isSelfSigned ? 'itself: it is a root' : issuer}`,
    `valid        ${notBefore} to ${notAfter}`,
    `SHA-256      ${fingerprint256}`,
    `source       ${source}`,
    ...listWarnings(facts, now).map((warning) => `warning: ${warning}`),
  ];
}

function listWarnings(
  { isSelfSigned: isRoot, isAuthority, isPubliclyTrusted, issuer, notBefore, notAfter }: AuthorityFacts,
  now: Date,
): readonly string[] {
  if (isPubliclyTrusted) return [];
  return [
    ...(isRoot
      ? []
      : [
          `it is no root, but issued by ${issuer}, whose certificate is neither told nor served: ask for that one; browsers, Windows and Apple’s systems do not take this one for it`,
        ]),
    ...(isRoot && !isAuthority
      ? ['it is no authority, but the certificate of a server that signed itself: Firefox and Android do not import it']
      : []),
    ...(now.getTime() > Date.parse(notAfter) ? [`it expired at ${notAfter}: no client takes it any more`] : []),
    ...(now.getTime() < Date.parse(notBefore) ? [`it is not valid before ${notBefore}`] : []),
  ];
}

/** cert-manager makes certificates without any subject. */
function nameSubject({ subject }: X509Certificate): string {
  const words: string | undefined = subject;
  return toOneLine((words ?? '').replaceAll('\n', ', ')).slice(0, 200) || '(none)';
}
