import { prerequisites } from '../api/conditions.ts';
import { findCondition, findConditionAt, type WssRoute } from '../api/wssroute.ts';
import type { Target } from '../probe/target.ts';
import { findProofs, verificationOf } from '../route/proof.ts';

/**
 * The handshakes that are to prove a route now, by attachment (`Gateway/infra/edge`). None where it asks for none, has no name to ask
 * for, or something else is missing there yet.
 */
export function findTargets(route: WssRoute): ReadonlyMap<string, Target> {
  if (!verificationOf(route.spec).enabled) return new Map();
  return new Map(
    findProofs(route).flatMap(({ ref, target }) =>
      target !== undefined && isServed(route, ref) ? [[ref, target] as const] : [],
    ),
  );
}

function isServed({ metadata, status }: WssRoute, ref: string): boolean {
  return prerequisites.every((type) => {
    // Some conditions are the route's own, wherever it is attached.
    const condition = findConditionAt(status, ref, type) ?? findCondition(status, type);
    return condition?.status === 'True' && condition.observedGeneration === metadata.generation;
  });
}
