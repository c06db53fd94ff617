import type { KubeObject } from '../../../src/api/objects.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { attachmentsOf, formatAttachment } from '../../../src/route/attachment.ts';
import type { Listener, Parent } from '../../../src/route/parent.ts';
import { desire } from '../../../src/state/desired.ts';
import type { Facts } from '../../../src/state/facts.ts';
import type { Observed, ObservedChild } from '../../../src/state/observed.ts';
import { projectListenerSet, projectPolicy } from '../../../src/state/project-gateway.ts';
import { projectHttpRoute } from '../../../src/state/project-http-route.ts';
import { exampleRoute, gather, observe, store } from './example.ts';

export const controllerName = 'gateway.envoyproxy.io/gatewayclass-controller';

/** The route `chat/chat`, attached to the Gateway `infra/edge` and to no class. */
export function attachedRoute(parentRef: object = {}, changes: object = {}): WssRoute {
  const parentRefs = [{ name: 'edge', namespace: 'infra', ...parentRef }];
  return exampleRoute({ ingressClassName: undefined, parentRefs, ...changes });
}

export function exampleListener(changes: Partial<Listener> = {}): Listener {
  return {
    ...{ name: 'https', hostname: '', port: 443, protocol: 'HTTPS', isTerminating: true, takesHttpRoutes: true },
    ...{ allowsRoutesFrom: 'All', secrets: ['chat/chat-wss'], ungranted: [] },
    ...changes,
  };
}

export const plainListener = exampleListener({
  ...{ name: 'http', port: 80, protocol: 'HTTP', isTerminating: false, secrets: [] },
});

/** A Gateway of Envoy Gateway where the route fits. */
export function exampleParent(changes: Partial<Parent> = {}): Parent {
  return {
    controllerName,
    features: undefined,
    listeners: [plainListener, exampleListener()],
    allowsListenersFrom: 'All',
    addresses: ['192.0.2.7'],
    gateway: { namespace: 'infra', name: 'edge' },
    ...changes,
  };
}

/** The Services of a route, with every port that it names; ports by name are 80. */
export function listServices({ spec }: WssRoute): Observed['services'] {
  const byName = Map.groupBy(spec.paths, ({ service }) => service.name);
  return new Map(
    [...byName].map(([name, paths]) => {
      const ports = [...new Set(paths.map(({ service }) => service.port))];
      const described = ports.map((port) => (typeof port === 'number' ? { name: '', port } : { name: port, port: 80 }));
      return [name, { ports: described.map((port) => ({ ...port, appProtocol: '' })), isExternal: false }];
    }),
  );
}

/** A cluster where each of the route's parents is such a Gateway. */
export function observeAttached(route: WssRoute, parent = exampleParent(), changes: Partial<Observed> = {}): Observed {
  const names = attachmentsOf(route).map(formatAttachment);
  const parents = new Map(names.map((name) => [name, parent]));
  return observe(route, { parents, services: listServices(route), ...changes });
}

/** What an implementation says of an object that it has taken over. */
export const accepted: readonly object[] = ['Accepted', 'ResolvedRefs', 'Programmed'].map((type) => ({
  ...{ type, status: 'True', reason: type, message: '', observedGeneration: 1 },
}));

/** A cluster where the route's objects are there, with these conditions of the implementation. */
export function takeOver(
  route: WssRoute,
  {
    conditions = accepted,
    parent = exampleParent(),
  }: { readonly conditions?: readonly object[]; readonly parent?: Parent } = {},
): Facts {
  const { objects } = desire(observeAttached(route, parent));
  const children = objects.map((object) => projectAny(withConditions(store(object), conditions)));
  return gather(observeAttached(route, parent, { children }));
}

function withConditions(object: KubeObject, conditions: readonly object[]): KubeObject {
  const { parentRefs = [] } = object.spec as { readonly parentRefs?: readonly object[] };
  const parents = parentRefs.map((parentRef) => ({ parentRef, controllerName, conditions }));
  const ancestors = [{ controllerName, conditions }];
  return { ...object, status: object.kind === 'HTTPRoute' ? { parents } : { ancestors, conditions } };
}

function projectAny(object: KubeObject): ObservedChild {
  if (object.kind === 'HTTPRoute') return projectHttpRoute(object);
  return object.kind === 'ListenerSet' ? projectListenerSet(object) : projectPolicy(object);
}
