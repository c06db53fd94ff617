import type { KubeObject } from '../api/objects.ts';
import { quoteValue } from '../api/problem.ts';
import { isRecord } from '../api/record.ts';
import { type Finding, report } from './finding.ts';
import { pathOfAnnotation } from './ingress.ts';
import type { Scene, Subject } from './scene.ts';

/** Annotations that make cert-manager's ingress-shim write a Certificate for each Secret of `spec.tls`. */
const asking = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer', 'kubernetes.io/tls-acme'];

export function findCertificatesTwice({ subjects, certificates }: Scene): readonly Finding[] {
  return subjects.flatMap((subject) => findIn(subject, certificates));
}

function findIn({ object, ingress }: Subject, certificates: readonly KubeObject[]): readonly Finding[] {
  const name = asking.find((each) => ingress.annotations[each] && ingress.annotations[each] !== 'false');
  if (name === undefined) return [];
  const secrets = new Set(ingress.tls.map(({ secretName }) => secretName));
  const rivals = certificates.filter(
    ({ metadata, spec }) =>
      (metadata.namespace ?? '') === ingress.namespace &&
      isRecord(spec) &&
      secrets.has(String(spec.secretName)) &&
      !(metadata.ownerReferences ?? []).some(({ kind }) => kind === 'Ingress'),
  );
  return rivals.map(({ metadata, spec }) => {
    const secret = quoteValue(isRecord(spec) ? spec.secretName : '');
    const expected = `must be removed, or Certificate ${metadata.name} deleted: both write into Secret ${secret}, each in turn`;
    const problem = { path: pathOfAnnotation(name), found: quoteValue(ingress.annotations[name]), expected };
    return report(object, 'CertificateTwice', problem);
  });
}
