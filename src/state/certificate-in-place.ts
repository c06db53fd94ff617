import type { Observed } from './observed.ts';

/**
 * Whether the Secret of a route has a certificate, as far as that can be known without reading it; undefined while nobody tells. A Secret that is brought along
 * is taken to have one, unless a Certificate is to fill it.
 */
export function isCertificateInPlace({
  route,
  certificate,
  fillers,
}: Pick<Observed, 'route' | 'certificate' | 'fillers'>): boolean | undefined {
  if (route.spec.tls.secretName === undefined) return isInPlace(certificate);
  const told = fillers.map(isInPlace);
  if (told.length === 0 || told.includes(true)) return true;
  return told.includes(undefined) ? undefined : false;
}

/**
 * Undefined while there is no Certificate, or one that cert-manager has not looked at: the
 * Secret may be there all the same. While another one is issued, or when it has run out, it is still there: what is
 * written must not turn back and forth with each renewal. cert-manager tells `notAfter` as long as there is a certificate in the
 * Secret (pkg/controller/certificates/readiness/readiness_controller.go).
 */
function isInPlace(certificate: Observed['certificate']): boolean | undefined {
  if (certificate === undefined || !certificate.isJudged) return undefined;
  return certificate.issuance.state === 'issued' || certificate.notAfter !== undefined;
}
