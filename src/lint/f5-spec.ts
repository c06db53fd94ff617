import { quoteValue } from '../api/problem.ts';
import { judgeF5Path } from './f5-path.ts';
import { type Ingress, type IngressRule, pathOfPath } from './ingress.ts';
import type { Violation } from './violation.ts';

export const mergeableType = 'nginx.org/mergeable-ingress-type';

/**
 * What F5's controller would not take of rules and TLS (internal/k8s/validation.go `validateIngressSpec` and those for master and minion).
 * `hasWildcardSecret`: whether it has a certificate for hosts whose tls names no Secret (`-wildcard-tls-secret`).
 */
export function judgeF5Spec(ingress: Ingress, hasWildcardSecret: boolean): readonly Violation[] {
  const { rules, annotations } = ingress;
  const violations = judgeDefault(ingress);
  if (rules.length === 0) return [...violations, refuse('spec.rules', '', 'must have a rule')];
  violations.push(...rules.flatMap((rule, index) => judgeRule(rule, index, rules)));
  if (annotations[mergeableType] === 'master') violations.push(...judgeMaster(ingress));
  if (annotations[mergeableType] === 'minion') return [...violations, ...judgeMinion(ingress)];
  return [...violations, ...judgeTls(ingress, hasWildcardSecret)];
}

/** A master's locations are thrown away, and a minion's default is (internal/configs/ingress.go `generateNginxCfgForMergeableIngresses`). */
function judgeDefault({ annotations, defaultBackend }: Ingress): Violation[] {
  if (defaultBackend === undefined) return [];
  if (defaultBackend.service === undefined) {
    return [refuse('spec.defaultBackend', '', 'must be a Service: resources are not supported')];
  }
  const type = annotations[mergeableType];
  if (type !== 'master' && type !== 'minion') return [];
  const expected = `must be a path "/" of a minion: the controller ignores it on a ${type}, and nothing tells`;
  return [{ ...refuse('spec.defaultBackend', defaultBackend.service, expected), effect: 'ignored' }];
}

function judgeRule({ host, paths }: IngressRule, index: number, rules: readonly IngressRule[]): Violation[] {
  const violations: Violation[] = [];
  const place = `spec.rules[${index}].host`;
  if (host === '') violations.push(refuse(place, '', "must be a host: F5's controller takes no rule without one"));
  else if (rules.findIndex((rule) => rule.host === host) < index) {
    violations.push(refuse(place, host, 'must be in one rule only: put its paths together'));
  }
  for (const [number, { path, pathType, service }] of paths.entries()) {
    const expected = judgeF5Path(path, pathType);
    if (expected !== undefined) violations.push(refuse(pathOfPath(index, number), path, expected));
    if (service === undefined) {
      const backend = `spec.rules[${index}].http.paths[${number}].backend`;
      violations.push(refuse(backend, '', 'must be a Service: resources are not supported'));
    }
  }
  return violations;
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

/** The controller takes all of these, and clients get TLS alert 112. */
function judgeTls({ rules, tls }: Ingress, hasWildcardSecret: boolean): readonly Violation[] {
  if (tls.length === 0) return [];
  const hosts = new Set(rules.map(({ host }) => host).filter((host) => host !== ''));
  const covered = new Set(tls.flatMap((entry) => entry.hosts));
  const expected = 'must hold every host of the rules, word by word: without it clients get TLS alert 112';
  const bare = [...hosts].filter((host) => !covered.has(host));
  const violations = bare.map((host) => harm('spec.tls', `${expected}; add ${host}`));
  if (hasWildcardSecret) return violations;
  const secretless = [...tls.entries()].filter(
    ([, entry]) => entry.secretName === '' && entry.hosts.some((host) => hosts.has(host)),
  );
  const cure =
    'must name a Secret: without it clients get TLS alert 112, unless the controller has -wildcard-tls-secret';
  return [...violations, ...secretless.map(([index]) => harm(`spec.tls[${index}].secretName`, cure))];
}

function harm(path: string, expected: string): Violation {
  return { path, found: '', expected, effect: 'harmful' };
}

function refuse(path: string, found: unknown, expected: string): Violation {
  return { path, found: found === '' ? '' : quoteValue(found), expected, effect: 'rejected' };
}
