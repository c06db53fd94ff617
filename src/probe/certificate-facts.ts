import type { X509Certificate } from 'node:crypto';
import { quote } from './quote.ts';

export interface CertificateFacts {
  readonly names: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  readonly issuer: string;
  readonly fingerprint256: string;
}

const mostNames = 100;

/** What there is to tell of a certificate, cleaned: whoever made it chose the words. */
export function readFacts(certificate: X509Certificate): CertificateFacts {
  return {
    names: listNames(certificate.subjectAltName ?? ''),
    notBefore: toTimestamp(certificate.validFromDate),
    notAfter: toTimestamp(certificate.validToDate),
    issuer: quote((certificate.issuer ?? '').replaceAll('\n', ', ')),
    fingerprint256: certificate.fingerprint256,
  };
}

/** Names and addresses of a subjectAltName as Node writes it, `DNS:a.example, IP Address:192.0.2.1`; odd values are in quotes. */
export function listNames(subjectAltName: string): readonly string[] {
  const names: string[] = [];
  for (const [, kind, value = ''] of subjectAltName.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    if (names.length === mostNames) break;
    if (kind === 'DNS' || kind === 'IP Address') names.push(quote(value, 253));
  }
  return names;
}

/** The value of one attribute of a subject as Node writes it: lines of `CN=…`. */
export function readAttribute(subject: string | undefined, name: string): string | undefined {
  return subject
    ?.split('\n')
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

function toTimestamp(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace('.000Z', 'Z');
}
