import { quoteValue } from '../api/problem.ts';
import type { DialectName } from './controllers.ts';
import { type Finding, report } from './finding.ts';
import { type Ingress, pathOfAnnotation } from './ingress.ts';
import { dialectOf, type Scene, type Subject } from './scene.ts';

const names: Readonly<Record<DialectName, string>> = { 'ingress-nginx': 'ingress-nginx', f5: "F5's controller" };

/** The annotation that does the same in the other dialect, where there is one; what is left out has none, or needs none. */
const translations: readonly (readonly [ingressNginx: string, f5: string])[] = [
  ['nginx.ingress.kubernetes.io/proxy-read-timeout', 'nginx.org/proxy-read-timeout'],
  ['nginx.ingress.kubernetes.io/proxy-send-timeout', 'nginx.org/proxy-send-timeout'],
  ['nginx.ingress.kubernetes.io/proxy-connect-timeout', 'nginx.org/proxy-connect-timeout'],
  ['nginx.ingress.kubernetes.io/ssl-redirect', 'nginx.org/ssl-redirect'],
  ['nginx.ingress.kubernetes.io/force-ssl-redirect', 'nginx.org/redirect-to-https'],
  ['nginx.ingress.kubernetes.io/affinity', 'nginx.org/sticky-cookie-services'],
  ['nginx.ingress.kubernetes.io/upstream-hash-by', 'nginx.org/lb-method'],
  ['nginx.ingress.kubernetes.io/load-balance', 'nginx.org/lb-method'],
  ['nginx.ingress.kubernetes.io/limit-rps', 'nginx.org/limit-req-rate'],
  ['nginx.ingress.kubernetes.io/proxy-body-size', 'nginx.org/client-max-body-size'],
  ['nginx.ingress.kubernetes.io/proxy-buffering', 'nginx.org/proxy-buffering'],
  ['nginx.ingress.kubernetes.io/rewrite-target', 'nginx.org/rewrite-target'],
  ['nginx.ingress.kubernetes.io/ssl-ciphers', 'nginx.org/ssl-ciphers'],
  ['nginx.ingress.kubernetes.io/backend-protocol', 'nginx.org/ssl-services'],
];

/** Annotations for another controller than that of the class. Only `IngressClass.spec.controller` tells whose it is. */
export function findForeignDialect({ subjects }: Scene): readonly Finding[] {
  return subjects.flatMap(findIn);
}

function findIn({ object, ingress, dialect, isClassKnown }: Subject): readonly Finding[] {
  const spoken = Object.keys(ingress.annotations).filter((name) => dialectOf(name) !== undefined);
  if (!isClassKnown) return findUndecidable(object, spoken);
  const isMixed = spoken.some((name) => dialectOf(name) === dialect);
  return spoken.flatMap((name) => {
    const foreign = dialectOf(name);
    if (foreign === undefined || foreign === dialect) return [];
    const owner = `class ${quoteValue(ingress.className)} ${dialect === undefined ? 'has another' : `belongs to ${names[dialect]}`}`;
    const expected = `${advise(name, dialect, ingress)}: ${names[foreign]} alone reads it, and ${owner}`;
    const problem = { path: pathOfAnnotation(name), found: quoteValue(ingress.annotations[name]), expected };
    return [report(object, isMixed ? 'MixedDialects' : 'ForeignDialect', problem)];
  });
}

/** Nobody tells whose the class is: with annotations of both, half of them do nothing, whichever it is. */
function findUndecidable(object: Subject['object'], spoken: readonly string[]): readonly Finding[] {
  const [first] = spoken;
  const other = spoken.find((name) => first !== undefined && dialectOf(name) !== dialectOf(first));
  if (first === undefined || other === undefined) return [];
  const expected =
    'must be for one controller: give the IngressClass along, or --controller, to be told which to remove';
  return [
    report(object, 'MixedDialects', { path: 'metadata.annotations', found: `${first} beside ${other}`, expected }),
  ];
}

function advise(name: string, dialect: DialectName | undefined, { annotations }: Ingress): string {
  if (name === 'nginx.org/websocket-services' && dialect === 'ingress-nginx') {
    return 'must be removed, ingress-nginx passes upgrades on by itself';
  }
  const from = dialect === 'f5' ? 0 : 1;
  const other = translations.find((pair) => pair[from] === name)?.[1 - from];
  const isThere = other === undefined || annotations[other] !== undefined;
  return isThere || dialect === undefined ? 'must be removed' : `must be ${other}`;
}
