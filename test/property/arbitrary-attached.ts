import fc, { type Arbitrary } from 'fast-check';
import type { Parent } from '../../src/route/parent.ts';
import { exampleListener, plainListener } from '../unit/state/gateway-example.ts';
import { arbitraryRoute, type Manifest } from './arbitrary-route.ts';

/** A route that is attached to one Gateway or ListenerSet where it fits, and what is known of that. */
export interface Attached {
  readonly manifest: Manifest;
  readonly parent: Parent;
}

const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index));

const origins = fc
  .integer({ min: 1, max: 16 })
  .map((count) => many(count, (index) => `https://o${index}.example.com${index % 2 === 0 ? '' : ':8443'}`));

/** More than one object of the API holds. */
const manyHosts = fc.integer({ min: 1, max: 50 }).map((count) => many(count, (index) => `h${index}.example.com`));
const manyPaths = fc
  .integer({ min: 1, max: 16 })
  .map((count) =>
    many(count, (index) => `/p${index}`).map((path) => ({ path, service: { name: 'chat', port: 8080 } })),
  );

const backendTLS = fc.option(
  fc.record(
    {
      serverName: fc.constantFrom('a.internal', 'b.internal'),
      caRef: fc.record({ kind: fc.constantFrom('ConfigMap', 'Secret'), name: fc.constant('ca') }),
    },
    { requiredKeys: ['serverName'] },
  ),
  { nil: undefined },
);

const parent: Arbitrary<Parent> = fc
  .record({
    controllerName: fc.constantFrom(
      'gateway.envoyproxy.io/gatewayclass-controller',
      'gateway.nginx.org/nginx-gateway-controller',
      'example.com/gateway',
    ),
    hasFeatures: fc.boolean(),
    hasPlain: fc.boolean(),
    port: fc.constantFrom(443, 8443),
    spare: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ controllerName, hasFeatures, hasPlain, port, spare }) => ({
    ...{ controllerName, allowsListenersFrom: 'All', addresses: [], gateway: { namespace: 'infra', name: 'edge' } },
    features: hasFeatures ? new Set(['HTTPRouteResponseHeaderModification', 'HTTPRouteSchemeRedirect']) : undefined,
    listeners: [
      exampleListener({ port }),
      ...many(spare, (index) => `spare-${index}`).map((name, index) => exampleListener({ name, port: 9000 + index })),
      ...(hasPlain ? [plainListener] : []),
    ],
  }));

export const arbitraryAttached: Arbitrary<Attached> = fc
  .record({
    route: arbitraryRoute,
    parent,
    kind: fc.constantFrom('Gateway', 'ListenerSet', 'createListener'),
    origins: fc.option(origins, { nil: undefined }),
    hosts: fc.option(manyHosts, { nil: undefined }),
    paths: fc.option(manyPaths, { nil: undefined }),
    backendTLS,
  })
  .map(({ route, kind, backendTLS: tls, ...rest }) => {
    const { ingressClassName: _, ...spec } = route.spec;
    const parentRef =
      kind === 'createListener'
        ? { name: 'edge', namespace: 'infra', createListener: true }
        : { kind, name: 'edge', namespace: 'infra' };
    const paths = (rest.paths ?? spec.paths).map((each) => ({ ...each, ...(tls && { backendTLS: tls }) }));
    // What the Gateway has itself cannot be brought along.
    const listeners = rest.parent.listeners.map((each) =>
      kind === 'createListener' && each.protocol === 'HTTPS' ? { ...each, hostname: 'gateway.example.org' } : each,
    );
    return {
      parent: { ...rest.parent, listeners },
      manifest: {
        ...route,
        spec: {
          ...spec,
          ...{ parentRefs: [parentRef], paths },
          ...(rest.hosts && { hosts: rest.hosts }),
          ...(rest.origins && { allowedOrigins: rest.origins }),
        },
      },
    };
  });
