import type { WssRoute } from '../api/wssroute.ts';
import { parseSeconds } from './duration.ts';
import { defaultCookieName } from './plan.ts';

/** How a route wants its connections to be spread, as a text to compare; empty for the default. */
export function describeBalancing({ spec }: WssRoute): string {
  const { affinity, loadBalancing } = spec;
  const { name = defaultCookieName, maxAge } = affinity?.cookie ?? {};
  switch (affinity?.type) {
    case 'Cookie':
      return `Cookie ${name} ${maxAge === undefined ? '' : parseSeconds(maxAge)}`;
    case 'SourceIP':
      return 'SourceIP';
    default:
      return loadBalancing === 'LeastConnections' ? loadBalancing : '';
  }
}

/** How a route wants the connections of each of its backends to be spread. */
export function describeBackends(route: WssRoute): ReadonlyMap<string, string> {
  const way = describeBalancing(route);
  return new Map(backendsOf(route).map((backend) => [backend, way]));
}

/** What a route's connections are spread over: each Service and port of a class, as the route writes them. */
export function backendsOf({ metadata, spec }: WssRoute): readonly string[] {
  if (spec.ingressClassName === undefined) return [];
  const backends = spec.paths.map(
    ({ service: { name, port } }) => `${spec.ingressClassName} ${metadata.namespace ?? ''}/${name}:${port}`,
  );
  return [...new Set(backends)];
}
