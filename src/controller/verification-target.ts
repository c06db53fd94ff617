import { prerequisites } from '../api/conditions.ts';
import { findCondition, type WssRoute } from '../api/wssroute.ts';
import type { Target } from '../probe/target.ts';
import { findProof, verificationOf } from '../route/proof.ts';

/** The handshake that is to prove a route now. Undefined when it asks for none, has no name to ask for, or something else is missing yet. */
export function findTarget(route: WssRoute): Target | undefined {
  const { metadata, spec, status } = route;
  const isServed = prerequisites.every((type) => {
    const condition = findCondition(status, type);
    return condition?.status === 'True' && condition.observedGeneration === metadata.generation;
  });
  return isServed && verificationOf(spec).enabled ? findProof(route).target : undefined;
}
