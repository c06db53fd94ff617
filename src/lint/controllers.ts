/** The ingress controllers whose validators are known. */
export type DialectName = 'ingress-nginx' | 'f5';

/** `IngressClass.spec.controller` of each. */
export const controllers: Readonly<Record<string, DialectName>> = {
  'k8s.io/ingress-nginx': 'ingress-nginx',
  'nginx.org/ingress-controller': 'f5',
};
