import type { KubeObject } from '../api/objects.ts';
import { type AnnotationRule, f5Annotations } from './f5-annotations.ts';
import { type FormName, forms, isZeroTime } from './f5-forms.ts';
import { judgeServiceList, type Refusal } from './f5-service-lists.ts';
import { judgeF5Spec, mergeableType } from './f5-spec.ts';
import { type Ingress, readIngress } from './ingress.ts';
import { type Violation, violate } from './violation.ts';

export interface F5Options {
  /** `-enable-snippets`. */
  readonly allowsSnippets?: boolean;
  /** Whether it is NGINX Plus, which alone takes `nginx.com/…`. */
  readonly isPlus?: boolean;
  /** `-wildcard-tls-secret`. */
  readonly hasWildcardSecret?: boolean;
}

/** Time-outs of which 0 is taken, and every request then gets 504. */
const neverZero: ReadonlySet<string> = new Set(
  ['connect', 'read', 'send'].map((each) => `nginx.org/proxy-${each}-timeout`),
);

/** What F5's controller 5.5 would not take of an Ingress. A rejected update is an outage: what served before goes away, too. */
export function judgeF5(object: KubeObject, options: F5Options = {}): readonly Violation[] {
  const ingress = readIngress(object);
  return [...judgeAnnotations(ingress, options), ...judgeF5Spec(ingress, options.hasWildcardSecret ?? false)];
}

function judgeAnnotations(ingress: Ingress, options: F5Options): readonly Violation[] {
  const services = listServices(ingress);
  const type = ingress.annotations[mergeableType];
  const violations: Violation[] = [];
  for (const [name, value] of Object.entries(ingress.annotations)) {
    const rule = f5Annotations.get(name);
    if (rule === undefined) {
      if (!/^nginx\.(?:org|com)\//.test(name)) continue;
      violations.push(
        violate(name, value, "must be an annotation that F5's controller knows: this one does nothing", 'ignored'),
      );
      continue;
    }
    const refusal = judgeValue(value, rule, { ingress, services, options });
    if (refusal !== undefined) {
      const end = refusal.effect === 'rejected' ? '' : ', or the controller goes on without it; only its log tells';
      violations.push(violate(name, value, refusal.because + end, refusal.effect));
    } else if (neverZero.has(name) && isZeroTime(value)) {
      violations.push(violate(name, value, 'must be more than 0: every request would get 504', 'harmful'));
    } else if ((type === 'minion' && rule.place === 'master') || (type === 'master' && rule.place === 'minion')) {
      const expected = `must stand on the ${rule.place}: the controller ignores it on a ${type}, and only its log tells`;
      violations.push(violate(name, value, expected, 'ignored'));
    }
  }
  return violations;
}

interface Context {
  readonly ingress: Ingress;
  readonly services: ReadonlySet<string>;
  readonly options: F5Options;
}

function judgeValue(value: string, rule: AnnotationRule, context: Context): Refusal | undefined {
  const { ingress, services } = context;
  const { form, effect } = rule;
  if (form === 'services' || form === 'rewrites' || form === 'stickyServices') {
    if (value === '') return { because: 'must have a value, or be removed', effect };
    return judgeServiceList(form, value, services);
  }
  const because = judgeWord(value, rule, form, context.options) ?? judgeNeed(rule.needs, ingress);
  return because === undefined ? undefined : { because, effect };
}

function judgeWord(
  value: string,
  { isEmptyAllowed }: AnnotationRule,
  form: FormName | 'plus' | 'snippet',
  { isPlus = false, allowsSnippets = false }: F5Options,
): string | undefined {
  if (form === 'plus') return isPlus ? undefined : 'must be removed: it takes NGINX Plus';
  if (form === 'snippet')
    return allowsSnippets ? undefined : 'must be removed: snippets are off by default (-enable-snippets)';
  if (value === '') return isEmptyAllowed ? undefined : `must be ${forms[form].words}`;
  return forms[form].accepts(value) ? undefined : `must be ${forms[form].words}`;
}

function judgeNeed(needs: string | undefined, { annotations }: Ingress): string | undefined {
  return needs === undefined || annotations[needs] !== undefined ? undefined : `must have ${needs} beside it`;
}

/** Services that annotations of an Ingress may name: those of its own paths, and its default (`getSpecServices`). */
export function listServices({ rules, defaultBackend }: Ingress): ReadonlySet<string> {
  const named = rules.flatMap(({ paths }) => paths.map(({ service }) => service));
  return new Set([...named, defaultBackend?.service].filter((service) => service !== undefined));
}
