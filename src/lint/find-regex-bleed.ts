import { quoteValue } from '../api/problem.ts';
import { type Finding, report } from './finding.ts';
import { pathOfAnnotation } from './ingress.ts';
import type { Scene, Subject } from './scene.ts';
import { isTrue } from './value-forms.ts';

const prefix = 'nginx.ingress.kubernetes.io/';

/** One such annotation, and every location of the server block is a regular expression (`needsRewrite`, `enforceRegex` in template.go). */
export function findRegexBleed({ subjects }: Scene): readonly Finding[] {
  return subjects.flatMap((subject) => {
    const name = subject.dialect === 'ingress-nginx' ? findRegexAnnotation(subject) : undefined;
    if (name === undefined) return [];
    const [hit] = subjects.flatMap((other) => listShared(subject, other));
    if (hit === undefined) return [];
    const { namespace, name: other } = hit.victim.ingress;
    const expected = `must be on a host of its own: it turns all paths of ${quoteValue(hit.host)} into regular expressions that match beginnings in any case, those of Ingress ${namespace}/${other} too`;
    const found = quoteValue(subject.ingress.annotations[name]);
    return [report(subject.object, 'RegexBleed', { path: pathOfAnnotation(name), found, expected })];
  });
}

function findRegexAnnotation({ ingress: { annotations } }: Subject): string | undefined {
  if (isTrue(annotations[`${prefix}use-regex`])) return `${prefix}use-regex`;
  return annotations[`${prefix}rewrite-target`] ? `${prefix}rewrite-target` : undefined;
}

/** Hosts that another Ingress of the class has as well, with paths that are no regular expressions by themselves. */
function listShared(subject: Subject, victim: Subject): readonly { readonly host: string; readonly victim: Subject }[] {
  if (victim === subject || victim.ingress.className !== subject.ingress.className) return [];
  if (findRegexAnnotation(victim) !== undefined) return [];
  const hosts = new Set(subject.ingress.rules.map(({ host }) => host));
  return victim.ingress.rules
    .filter(({ host, paths }) => hosts.has(host) && paths.length > 0)
    .map(({ host }) => ({ host, victim }));
}
