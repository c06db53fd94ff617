import { prerequisites } from '../api/conditions.ts';
import { findCondition, findConditionAt, type WssRoute } from '../api/wssroute.ts';
import type { Target } from '../probe/target.ts';
import { findProofs, verificationOf } from '../route/proof.ts';

/** One for each host and path; at least one. */
export type Targets = readonly [Target, ...Target[]];

/**
 * The handshakes that are to prove a route now, by attachment (`Gateway/infra/edge`). None where it asks for none, has no name to ask
 * for, or something else is missing there yet.
 */
export function findTargets(route: WssRoute): ReadonlyMap<string, Targets> {
  const targets = new Map<string, [Target, ...Target[]]>();
  if (!verificationOf(route.spec).enabled) return targets;
  for (const { ref, target } of findProofs(route)) {
    if (target === undefined || !isServed(route, ref)) continue;
    const known = targets.get(ref);
    if (known === undefined) targets.set(ref, [target]);
    else known.push(target);
  }
  return targets;
}

function isServed({ metadata, status }: WssRoute, ref: string): boolean {
  return prerequisites.every((type) => {
    // Some conditions are the route's own, wherever it is attached.
    const condition = findConditionAt(status, ref, type) ?? findCondition(status, type);
    return condition?.status === 'True' && condition.observedGeneration === metadata.generation;
  });
}
