import type { WssRoute } from '../api/wssroute.ts';

/** How a route wants its connections to be spread, as a text to compare; empty for the default. */
export function describeBalancing({ spec }: WssRoute): string {
  const { affinity, loadBalancing } = spec;
  switch (affinity?.type) {
    case 'Cookie':
      return `Cookie ${affinity.cookie?.name ?? ''} ${affinity.cookie?.maxAge ?? ''}`;
    case 'SourceIP':
      return 'SourceIP';
    default:
      return loadBalancing === 'LeastConnections' ? loadBalancing : '';
  }
}

/** What a route's connections are spread over: each Service and port of a class, as the route writes them. */
export function backendsOf({ metadata, spec }: WssRoute): readonly string[] {
  const backends = spec.paths.map(
    ({ service: { name, port } }) => `${spec.ingressClassName} ${metadata.namespace ?? ''}/${name}:${port}`,
  );
  return [...new Set(backends)];
}
