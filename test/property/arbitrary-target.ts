import fc, { type Arbitrary } from 'fast-check';
import { askedFeatures } from '../../src/dialects/gateway-api-vendors.ts';
import type { Listener, Parent } from '../../src/route/parent.ts';
import { parseVersion, type Version } from '../../src/route/version.ts';

/** Versions on both sides of everything that depends on one. */
export const arbitraryVersion: Arbitrary<Version | undefined> = fc.constantFrom(
  undefined,
  ...['0.49', '1.8.2', '1.9', '1.15.1', '5.2', '5.3', '5.4.1', '5.5.4', '6.0'].map(parseVersion),
);

const listener: Omit<Listener, 'name' | 'port' | 'protocol'> = {
  hostname: '',
  isTerminating: true,
  takesHttpRoutes: true,
  allowsRoutesFrom: 'All',
  secrets: ['infra/wildcard'],
  ungranted: [],
};

/** What a GatewayClass tells: nothing at all, or some of the features that something depends on. */
const arbitraryFeatures: Arbitrary<Parent['features']> = fc.option(
  fc.subarray([...askedFeatures]).map((told) => new Set<string>(['Gateway', 'HTTPRoute', ...told])),
  { nil: undefined },
);

/** Gateways that take every route, at the usual port and at another one, for some hosts at both. */
export const arbitraryParent: Arbitrary<Parent> = fc
  .record({
    controllerName: fc.constantFrom(
      'gateway.envoyproxy.io/gatewayclass-controller',
      'gateway.nginx.org/nginx-gateway-controller',
      'example.com/gateway-controller',
    ),
    features: arbitraryFeatures,
    port: fc.constantFrom(443, 443, 8443),
    hasExample: fc.boolean(),
  })
  .map(({ controllerName, features, port, hasExample }) => ({
    controllerName,
    features,
    listeners: [
      { ...listener, name: 'https', port, protocol: 'HTTPS' },
      ...(hasExample
        ? [{ ...listener, name: 'example', port: 443, protocol: 'HTTPS', hostname: '*.example.com' }]
        : []),
      { ...listener, name: 'http', port: 80, protocol: 'HTTP', isTerminating: false, secrets: [] },
    ],
    allowsListenersFrom: 'All',
    addresses: ['192.0.2.1'],
    gateway: { namespace: 'infra', name: 'edge' },
  }));
