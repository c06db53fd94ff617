import { prerequisites } from '../api/conditions.ts';
import { findCondition, type WssRoute } from '../api/wssroute.ts';
import type { Target } from '../probe/target.ts';
import { findHandshake, verificationOf } from '../route/proof.ts';

/**
 * The handshake that proves a route, as a client of it would make it, at the address that the ingress controller has published.
 * Undefined when there is nothing to prove: something else is missing yet, it asks for no proof, or has no name to ask for.
 */
export function findTarget({ metadata, spec, status }: WssRoute): Target | undefined {
  const isServed = prerequisites.every((type) => {
    const condition = findCondition(status, type);
    return condition?.status === 'True' && condition.observedGeneration === metadata.generation;
  });
  const [address] = status?.addresses ?? [];
  const handshake = findHandshake(spec);
  if (!verificationOf(spec).enabled || !isServed || address === undefined || handshake === undefined) return undefined;
  // Backends need not answer a ping for browsers to work with them.
  return { ...handshake, connect: { address, port: handshake.port }, isPinged: false };
}
