import { quoteValue } from '../api/problem.ts';
import { type Ingress, type IngressRule, pathOfPath } from './ingress.ts';
import type { Effect, Violation } from './violation.ts';

export const mergeableType = 'nginx.org/mergeable-ingress-type';

/** What F5's controller would not take of rules and TLS (internal/k8s/validation.go `validateIngressSpec` and those for master and minion). */
export function judgeF5Spec(ingress: Ingress): readonly Violation[] {
  const { rules, annotations } = ingress;
  if (rules.length === 0) return [refuse('spec.rules', '', 'must have a rule')];
  const violations = rules.flatMap((rule, index) => judgeRule(rule, index, rules));
  if (annotations[mergeableType] === 'master') violations.push(...judgeMaster(ingress));
  if (annotations[mergeableType] === 'minion') return [...violations, ...judgeMinion(ingress)];
  return [...violations, ...judgeTls(ingress)];
}

function judgeRule({ host, paths }: IngressRule, index: number, rules: readonly IngressRule[]): Violation[] {
  const violations: Violation[] = [];
  const place = `spec.rules[${index}].host`;
  if (host === '') violations.push(refuse(place, '', "must be a host: F5's controller takes no rule without one"));
  else if (rules.findIndex((rule) => rule.host === host) < index) {
    violations.push(refuse(place, host, 'must be in one rule only: put its paths together'));
  }
  for (const [number, { path, pathType, service }] of paths.entries()) {
    const expected = judgePath(path, pathType);
    if (expected !== undefined) violations.push(refuse(pathOfPath(index, number), path, expected));
    if (service === undefined) {
      const backend = `spec.rules[${index}].http.paths[${number}].backend`;
      violations.push(refuse(backend, '', 'must be a Service: resources are not supported'));
    }
  }
  return violations;
}

function judgePath(path: string, pathType: string): string | undefined {
  if (path === '') return pathType === 'ImplementationSpecific' ? undefined : 'must be given for Exact and Prefix';
  if (!/^\/[^\s;]*$/.test(path)) return 'must begin with / and have no blanks and no ;';
  if (/\{[^}]*[A-Za-z][^}]*\}/.test(path)) return 'must have no letters in curly braces';
  if (!/^(?:[^"\\]|\\.)*$/.test(path)) return "must have every '\"' escaped and no \\ at its end";
  return undefined;
}

function judgeMaster({ rules }: Ingress): readonly Violation[] {
  if (rules.length !== 1) return [refuse('spec.rules', rules.length, 'must be exactly 1 on a master')];
  const paths = rules[0]?.paths.length ?? 0;
  if (paths === 0) return [];
  return [refuse('spec.rules[0].http.paths', paths, 'must be none on a master: they belong to its minions')];
}

function judgeMinion({ rules, tls }: Ingress): readonly Violation[] {
  const violations: Violation[] = [];
  if (tls.length > 0)
    violations.push(refuse('spec.tls', tls.length, 'must be none on a minion: TLS belongs to the master'));
  if (rules.length !== 1) violations.push(refuse('spec.rules', rules.length, 'must be exactly 1 on a minion'));
  else if (rules[0]?.paths.length === 0) {
    violations.push(refuse('spec.rules[0].http.paths', '', 'must be at least one on a minion'));
  }
  return violations;
}

/** The controller takes both of these with a normal Event, and clients get TLS alert 112. */
function judgeTls({ rules, tls }: Ingress): readonly Violation[] {
  if (tls.length === 0) return [];
  const covered = new Set(tls.flatMap(({ hosts }) => hosts));
  const bare = [...new Set(rules.map(({ host }) => host))].filter((host) => host !== '' && !covered.has(host));
  const expected = 'must hold every host of the rules, word by word: without it clients get TLS alert 112';
  return bare.map((host) => ({ ...refuse('spec.tls', '', `${expected}; add ${host}`), effect: 'harmful' as Effect }));
}

function refuse(path: string, found: unknown, expected: string): Violation {
  return { path, found: found === '' ? '' : quoteValue(found), expected, effect: 'rejected' };
}
