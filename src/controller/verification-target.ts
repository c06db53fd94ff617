import { specSchema } from '../api/schema.generated.ts';
import type { WssRouteSpec, WssRouteVerification } from '../api/wssroute.generated.ts';
import { findCondition, type WssRoute } from '../api/wssroute.ts';
import type { Target } from '../probe/target.ts';
import { fillDefaults } from '../route/defaults.ts';

const unsaid = {};
fillDefaults(specSchema.properties?.verification ?? {}, unsaid);

/** What a route says of its verification, or the schema's defaults where it says nothing. */
export function verificationOf({ verification }: WssRouteSpec): WssRouteVerification {
  return verification ?? (unsaid as WssRouteVerification);
}

/**
 * The handshake that proves a route, as a client of it would make it, at the address that the ingress controller has published.
 * Undefined when there is nothing to prove: the route is not ready, asks for no proof, or has no name to ask for.
 */
export function findTarget({ metadata, spec, status }: WssRoute): Target | undefined {
  const { enabled, host, port, path, origin, subprotocols } = verificationOf(spec);
  const ready = findCondition(status, 'Ready');
  const isReady = ready?.status === 'True' && ready.observedGeneration === metadata.generation;
  const [address] = status?.addresses ?? [];
  const name = host ?? (spec.hosts ?? []).find((each) => !each.startsWith('*'));
  if (!enabled || !isReady || address === undefined || name === undefined) return undefined;
  return {
    host: name,
    port,
    path: path ?? spec.paths[0]?.path ?? '/',
    connect: { address, port },
    // Backends need not answer a ping for browsers to work with them.
    isPinged: false,
    ...(origin !== undefined && { origin }),
    ...(subprotocols !== undefined && { subprotocols }),
  };
}
