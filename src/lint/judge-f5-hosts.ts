import type { KubeObject } from '../api/objects.ts';
import { quoteValue } from '../api/problem.ts';
import { mergeableType } from './f5-spec.ts';
import { type Ingress, pathOfPath, readIngress } from './ingress.ts';
import { judgeF5 } from './judge-f5.ts';
import type { Violation } from './violation.ts';

/** A mistake of one Ingress that only another one shows. */
export interface HostViolation extends Violation {
  readonly ingress: KubeObject;
  /** `host`: another one holds it. `master`: a minion has none. `path`: an older minion serves it. */
  readonly lacks: 'host' | 'master' | 'path';
}

interface Candidate {
  readonly object: KubeObject;
  readonly ingress: Ingress;
  readonly type: 'master' | 'minion' | 'plain';
}

/**
 * What F5's controller would refuse of the Ingresses of one class together: it merges no two Ingresses of a host, but minions into a master.
 * The oldest holds a host, a tie goes by uid; those that no API server has seen count as younger, in the order given.
 */
export function judgeF5Hosts(objects: readonly KubeObject[]): readonly HostViolation[] {
  const candidates = objects.filter(isAccepted).map(toCandidate).sort(compareAge);
  const holders = new Map<string, Candidate>();
  const violations: HostViolation[] = [];
  for (const candidate of candidates.filter(({ type }) => type !== 'minion')) {
    const { rules } = candidate.ingress;
    const free = rules.filter(({ host }) => !holders.has(host));
    for (const [index, { host }] of rules.entries()) {
      const holder = holders.get(host);
      if (holder === undefined || isStandby(candidate, holder)) continue;
      // It is rejected only when no host is left to it; else its Event has a warning (`addProblemsForResourcesWithoutActiveHost`).
      const effect = free.length === 0 ? 'rejected' : 'ignored';
      violations.push({ ...loseHost(candidate, index, host, holder), effect });
    }
    for (const { host } of free) holders.set(host, candidate);
  }
  const takenPaths = new Map<string, Candidate>();
  for (const minion of candidates.filter(({ type }) => type === 'minion')) {
    violations.push(...judgeMinion(minion, holders, takenPaths));
  }
  return violations;
}

function judgeMinion(
  { object, ingress }: Candidate,
  holders: ReadonlyMap<string, Candidate>,
  takenPaths: Map<string, Candidate>,
): readonly HostViolation[] {
  const [{ host, paths } = { host: '', paths: [] }] = ingress.rules;
  const holder = holders.get(host);
  if (holder?.type !== 'master') {
    const rest = holder === undefined ? '' : `; ${describe(holder)} holds it and is no master`;
    const expected = `must have a master: an Ingress of the class with ${mergeableType}: master and no paths${rest}`;
    const found = quoteValue(host);
    return [{ ingress: object, lacks: 'master', path: 'spec.rules[0].host', found, expected, effect: 'rejected' }];
  }
  const violations: HostViolation[] = [];
  for (const [index, { path }] of paths.entries()) {
    const key = `${host}${path === '' ? '/' : path}`;
    const older = takenPaths.get(key);
    if (older === undefined) {
      takenPaths.set(key, { object, ingress, type: 'minion' });
      continue;
    }
    if (older.object === object) continue;
    const expected = `must be no other minion's: ${describe(older)} is older and serves it`;
    violations.push({
      ingress: object,
      lacks: 'path',
      path: pathOfPath(0, index),
      found: quoteValue(path),
      expected,
      effect: 'ignored',
    });
  }
  return violations;
}

/** The operator keeps a second master of a host in reserve: the controller takes it over at once when the first is gone. */
function isStandby(candidate: Candidate, holder: Candidate): boolean {
  return candidate.type === 'master' && holder.type === 'master' && candidate.ingress.isMadeForRoute;
}

function loseHost(
  { object, type }: Candidate,
  index: number,
  host: string,
  holder: Candidate,
): Omit<HostViolation, 'effect'> {
  const cure =
    type === 'plain' && holder.type === 'plain'
      ? `make one of them a master and the others minions (${mergeableType})`
      : holder.type === 'master' && type === 'plain'
        ? `make this one a minion (${mergeableType})`
        : 'delete one of them';
  const expected = `must be no other's: ${describe(holder)} is older and holds the host, and F5's controller does not merge them; ${cure}`;
  return {
    ingress: object,
    lacks: 'host',
    path: `spec.rules[${index}].host`,
    found: quoteValue(host),
    expected,
  };
}

/** A rejected Ingress holds nothing. */
function isAccepted(object: KubeObject): boolean {
  return judgeF5(object, { allowsSnippets: true, isPlus: true }).every(({ effect }) => effect !== 'rejected');
}

function toCandidate(object: KubeObject): Candidate {
  const ingress = readIngress(object);
  const type = ingress.annotations[mergeableType];
  return { object, ingress, type: type === 'master' || type === 'minion' ? type : 'plain' };
}

function compareAge({ ingress: left }: Candidate, { ingress: right }: Candidate): number {
  if (left.createdAt === '' || right.createdAt === '')
    return Number(left.createdAt === '') - Number(right.createdAt === '');
  return compare(left.createdAt, right.createdAt) || compare(left.uid, right.uid);
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

function describe({ ingress, type }: Candidate): string {
  return `${type === 'plain' ? '' : `${type} `}Ingress ${ingress.namespace}/${ingress.name}`;
}
