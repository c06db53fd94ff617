import type { KubeObject } from '../api/objects.ts';
import { quoteValue } from '../api/problem.ts';
import { pathOfPath, readIngress } from './ingress.ts';
import { ingressNginxAnnotations, type Risk } from './ingress-nginx-annotations.ts';
import { forms } from './ingress-nginx-forms.ts';
import { type Effect, type Violation, violate } from './violation.ts';

export const ingressNginxPrefix = 'nginx.ingress.kubernetes.io/';

const risks: readonly Risk[] = ['Low', 'Medium', 'High', 'Critical'];

/** What a value of another form does, said in the message: some cost the whole Ingress, most are passed over without a word. */
const consequences: Readonly<Record<Effect, string>> = {
  rejected: 'or ingress-nginx drops the whole Ingress',
  denied: 'or ingress-nginx answers 503 at all its paths',
  ignored: 'or ingress-nginx goes on with its default, without a word',
  harmful: '',
};

export interface IngressNginxOptions {
  /** `annotations-risk-level` of the controller's ConfigMap. */
  readonly riskLevel?: Risk;
  /** `allow-snippet-annotations` of it. */
  readonly allowsSnippets?: boolean;
  /** `strict-validate-path-type` of it. */
  readonly isPathStrict?: boolean;
}

/** What ingress-nginx 1.15 would not take of an Ingress. */
export function judgeIngressNginx(
  object: KubeObject,
  { riskLevel = 'High', allowsSnippets = false, isPathStrict = true }: IngressNginxOptions = {},
): readonly Violation[] {
  const { annotations, rules } = readIngress(object);
  const violations: Violation[] = [];
  for (const [name, value] of Object.entries(annotations)) {
    if (!name.startsWith(ingressNginxPrefix)) continue;
    const violation = judgeAnnotation(name, value, riskLevel, allowsSnippets);
    if (violation !== undefined) violations.push(violation);
  }
  if (!isPathStrict) return violations;
  // internal/ingress/inspector/rules.go `validPathType`; the webhook asks it.
  for (const [index, { paths }] of rules.entries()) {
    for (const [place, { path, pathType }] of paths.entries()) {
      if (path === '' || pathType === 'ImplementationSpecific' || /^\/[A-Za-z0-9._\-/]*$/.test(path)) continue;
      const expected = `must be / and letters, digits or any of . _ - / where pathType is ${pathType || 'Prefix'} (strict-validate-path-type), or the webhook refuses the Ingress`;
      violations.push({ path: pathOfPath(index, place), found: quoteValue(path), expected, effect: 'rejected' });
    }
  }
  return violations;
}

function judgeAnnotation(name: string, value: string, riskLevel: Risk, allowsSnippets: boolean): Violation | undefined {
  const key = name.slice(ingressNginxPrefix.length);
  const rule = ingressNginxAnnotations.get(key);
  if (rule === undefined) {
    return violate(name, value, 'must be an annotation that ingress-nginx knows: this one does nothing', 'ignored');
  }
  if (name.endsWith('-snippet') && !allowsSnippets) {
    const expected =
      'must be removed: snippets are off by default (allow-snippet-annotations), and then the webhook refuses the Ingress';
    return violate(name, value, expected, 'rejected');
  }
  if (risks.indexOf(rule.risk) > risks.indexOf(riskLevel)) {
    const expected = `must be removed: its risk is ${rule.risk}, annotations-risk-level is ${riskLevel}, and ingress-nginx drops the whole Ingress`;
    return violate(name, value, expected, 'rejected');
  }
  // An empty value is not validated (parser/validators.go `checkAnnotation`); as a source range it is none, and nobody gets in.
  const form = forms[rule.form];
  if (value === '' ? rule.effect !== 'denied' || key.startsWith('whitelist') : form.accepts(value)) return undefined;
  return violate(name, value, `must be ${form.words}, ${consequences[rule.effect]}`, rule.effect);
}
