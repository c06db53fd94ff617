import { apiVersionOf, gatewayKind, listenerSetKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { describeChild } from '../route/children.ts';
import type { Parent } from '../route/parent.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Dialect, Target } from './dialect.ts';
import {
  findSecurePort,
  findSecureSeats,
  type OwnListener,
  parentOf,
  splitListeners,
} from './gateway-api-listeners.ts';
import { findObstacle } from './gateway-api-obstacles.ts';
import { emitBackendTls, emitPolicies } from './gateway-api-policies.ts';
import { findRemarks } from './gateway-api-remarks.ts';
import { emitRedirects, emitRoutes } from './gateway-api-routes.ts';
import { gatewaySupport } from './gateway-api-support.ts';

/**
 * The Gateway API, https://gateway-api.sigs.k8s.io, standard channel, of any implementation; and the policies of those whose words for
 * an idle time-out are known. A WebSocket needs no field there. Names end in a hash of route and parent.
 *
 * ```yaml
 * apiVersion: gateway.networking.k8s.io/v1
 * kind: HTTPRoute
 * metadata: { name: chat-wss-edge-1f2e3d4c }
 * spec:
 *   parentRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, namespace: infra, name: edge, sectionName: https }]
 *   hostnames: [chat.example.com]
 *   rules:
 *     - matches: [{ path: { type: PathPrefix, value: /ws } }]
 *       backendRefs: [{ group: '', kind: Service, name: chat, port: 8080, weight: 1 }]
 * ---
 * apiVersion: gateway.envoyproxy.io/v1alpha1
 * kind: BackendTrafficPolicy
 * metadata: { name: chat-wss-edge-1f2e3d4c }
 * spec:
 *   targetRefs: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, name: chat-wss-edge-1f2e3d4c }]
 *   timeout: { http: { streamIdleTimeout: 1h }, tcp: { connectTimeout: 5s } }
 * ```
 */
export const gatewayApi: Dialect = {
  name: 'gateway-api',
  balancing: 'per-route',
  hosts: 'shared',
  support: gatewaySupport,
  findObstacle,
  findRemarks,
  findPorts,
  emit,
};

function findPorts(plan: RoutePlan, { parent }: Target): ReadonlyMap<string, number> {
  const seats = parent === undefined ? [] : findSecureSeats(plan, parent);
  return new Map(plan.hosts.map(({ host }) => [host, findSecurePort(seats, host)]));
}

function emit(plan: RoutePlan, target: Target): readonly KubeObject[] {
  const { parent } = target;
  if (parent === undefined) return [];
  const routes = emitRoutes(plan, target, parent);
  return [
    ...(parentOf(plan).createsListener ? emitListenerSets(plan, parent) : []),
    ...emitBackendTls(plan, target),
    ...routes,
    ...emitRedirects(plan, parent),
    ...emitPolicies(plan, parent, routes),
  ];
}

/** The Secret is of the route's namespace, as the ListenerSet is, so that no ReferenceGrant is needed. */
function emitListenerSets(plan: RoutePlan, parent: Parent): readonly KubeObject[] {
  const { namespace, name } = parent.gateway;
  return splitListeners(plan, parent).map((set) => ({
    apiVersion: apiVersionOf(listenerSetKind),
    kind: listenerSetKind.kind,
    metadata: { ...describeChild(plan.route), name: set.name },
    spec: {
      parentRef: { group: gatewayKind.group, kind: gatewayKind.kind, ...(namespace !== '' && { namespace }), name },
      listeners: set.listeners.map((listener) => describeListener(listener, plan.secretName)),
    },
  }));
}

function describeListener({ name, protocol, hostname, port }: OwnListener, secretName: string): object {
  return {
    name,
    ...(hostname !== '' && { hostname }),
    port,
    protocol,
    ...(protocol === 'HTTPS' && {
      tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: secretName }] },
    }),
    allowedRoutes: { namespaces: { from: 'Same' } },
  };
}
