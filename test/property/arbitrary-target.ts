import fc, { type Arbitrary } from 'fast-check';
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

/** Gateways that take every route. */
export const arbitraryParent: Arbitrary<Parent> = fc
  .constantFrom(
    'gateway.envoyproxy.io/gatewayclass-controller',
    'gateway.nginx.org/nginx-gateway-controller',
    'example.com/gateway-controller',
  )
  .map((controllerName) => ({
    controllerName,
    features: undefined,
    listeners: [
      { ...listener, name: 'https', port: 443, protocol: 'HTTPS' },
      { ...listener, name: 'http', port: 80, protocol: 'HTTP', isTerminating: false, secrets: [] },
    ],
    allowsListenersFrom: 'All',
    addresses: ['192.0.2.1'],
    gateway: { namespace: 'infra', name: 'edge' },
  }));
