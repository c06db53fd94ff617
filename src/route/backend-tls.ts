import type { WssRoute } from '../api/wssroute.ts';

/** How a route attached to Gateways wants each port of a Service to be spoken to, as texts to compare: one policy holds for all routes on it. */
export function describeBackendTls({ metadata, spec }: WssRoute): ReadonlyMap<string, string> {
  const ways = new Map<string, string>();
  for (const { service, backendTLS } of spec.parentRefs === undefined ? [] : spec.paths) {
    const backend = `${metadata.namespace ?? ''}/${service.name}:${service.port}`;
    if (backendTLS === undefined || ways.has(backend)) continue;
    const { serverName, caRef } = backendTLS;
    ways.set(backend, [serverName, caRef?.kind, caRef?.name].join(' '));
  }
  return ways;
}
