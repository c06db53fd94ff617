import type { Reason } from '../api/conditions.ts';
import { certificateKind } from '../api/kinds.ts';
import { hostsOf } from '../route/claims.ts';
import { findUncovered } from '../route/coverage.ts';
import { isServing } from './desired.ts';
import { explainIssuance } from './explain-issuance.ts';
import type { Facts, Verdict } from './facts.ts';
import { findUnread } from './find-unread.ts';
import type { Observed, ObservedCertificate } from './observed.ts';

/** Whether clients will be shown a certificate that fits. */
export function judgeCertificate({ observed, desired }: Facts): Verdict {
  const { tls } = observed.route.spec;
  if (tls.secretName !== undefined) {
    return verdict('True', 'SecretProvided', `Secret "${tls.secretName}" is used as it is; Secrets are not read`);
  }
  const unread = findUnread([certificateKind], observed);
  if (unread !== undefined) return verdict('False', unread.reason, unread.message);
  if (!observed.isCertManagerInstalled) {
    return verdict('False', 'CertManagerNotInstalled', 'Certificates are unknown to the cluster: install cert-manager');
  }
  if (tls.certificateRef !== undefined) return judgeShared(observed, tls.certificateRef.name);
  if (!isServing(desired)) {
    return verdict('False', 'NotEmitted', 'no certificate is requested; see Accepted');
  }
  const { certificate } = observed;
  if (certificate === undefined) return verdict('False', 'Issuing', 'the Certificate is being created');
  return judgeIssuance(observed, certificate);
}

function judgeShared(observed: Observed, name: string): Verdict {
  const { route, certificate } = observed;
  if (certificate === undefined)
    return verdict('False', 'CertificateNotFound', `Certificate "${name}" is not in the namespace`);
  const uncovered = findUncovered(hostsOf(route), certificate.dnsNames);
  if (uncovered.length > 0) {
    return verdict('False', 'NamesNotCovered', `Certificate "${name}" does not hold ${uncovered.join(', ')}`);
  }
  return judgeIssuance(observed, certificate);
}

function judgeIssuance(observed: Observed, { name, issuance, notAfter }: ObservedCertificate): Verdict {
  // cert-manager ends a sentence with ": " where it has no words to add.
  const compose = (steps: readonly string[]) =>
    `Certificate "${name}": ${steps.map((step) => step.replace(/[:\s]+$/, '')).join('; ')}`;
  switch (issuance.state) {
    case 'issued':
      return verdict('True', 'Issued', `Certificate "${name}" is valid until ${notAfter ?? 'an unknown time'}`);
    case 'failed':
      return verdict('False', 'IssuanceFailed', compose([issuance.message, ...explainIssuance(observed)]));
    case 'issuing': {
      const steps = explainIssuance(observed);
      return verdict('False', 'Issuing', compose(steps.length > 0 ? steps : [issuance.message]));
    }
  }
}

function verdict(status: Verdict['status'], reason: Reason, message: string): Verdict {
  return { type: 'CertificateReady', status, reason, message };
}
