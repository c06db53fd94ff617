import { isDeepStrictEqual } from 'node:util';
import {
  backendTlsPolicyKind,
  backendTrafficPolicyKind,
  gatewayClassKind,
  gatewayKind,
  httpRouteKind,
  type Kind,
  listenerSetKind,
  proxySettingsPolicyKind,
  referenceGrantKind,
} from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import type { Observed, ObservedChild } from '../state/observed.ts';
import type {
  ObservedGateway,
  ObservedGatewayClass,
  ObservedHttpRoute,
  ObservedListenerSet,
  ObservedReferenceGrant,
} from '../state/observed-gateway.ts';
import {
  projectGateway,
  projectGatewayClass,
  projectListenerSet,
  projectPolicy,
  projectReferenceGrant,
} from '../state/project-gateway.ts';
import { projectHttpRoute } from '../state/project-http-route.ts';
import { resolveParents } from '../state/resolve-parents.ts';
import type { Cache } from './cache.ts';
import type { Triggers } from './triggers.ts';

/** What is known of the Gateway API. */
export interface ParentCaches {
  readonly gatewayClasses: Cache<ObservedGatewayClass>;
  readonly gateways: Cache<ObservedGateway>;
  readonly listenerSets: Cache<ObservedListenerSet>;
  readonly httpRoutes: Cache<ObservedHttpRoute>;
  readonly referenceGrants: Cache<ObservedReferenceGrant>;
  readonly backendTlsPolicies: Cache<ObservedChild>;
  readonly backendTrafficPolicies: Cache<ObservedChild>;
  readonly proxySettingsPolicies: Cache<ObservedChild>;
}

/** Makes the cache of one kind. */
type Reflect = <T>(
  kind: Kind,
  project: (object: KubeObject) => T,
  onChange: (key: string, before: T | undefined, after: T | undefined) => void,
) => Cache<T>;

/** `reflectAll` watches the whole cluster, whichever namespaces are listed: Gateways are often in one of their own. */
export function createParentCaches(reflect: Reflect, reflectAll: Reflect, triggers: Triggers): ParentCaches {
  function reflectPolicies(kind: Kind): Cache<ObservedChild> {
    return reflect(kind, projectPolicy, (...change) => triggers.childChanged(kind.kind, ...change));
  }
  // A Gateway's status counts its routes: what decisions do not need is no news.
  function wakeUsers<T>({ kind }: Kind): (key: string, before: T | undefined, after: T | undefined) => void {
    return (key, before, after) => {
      if (!isDeepStrictEqual(before, after)) triggers.parentChanged(kind, key);
    };
  }
  return {
    gatewayClasses: reflectAll(gatewayClassKind, projectGatewayClass, wakeUsers(gatewayClassKind)),
    gateways: reflectAll(gatewayKind, projectGateway, wakeUsers(gatewayKind)),
    listenerSets: reflect(listenerSetKind, projectListenerSet, (key, before, after) => {
      triggers.childChanged(listenerSetKind.kind, key, before, after);
      wakeUsers(listenerSetKind)(key, before, after);
    }),
    httpRoutes: reflect(httpRouteKind, projectHttpRoute, (...change) =>
      triggers.servingChanged(httpRouteKind.kind, ...change),
    ),
    // A Gateway may use Secrets of any namespace.
    referenceGrants: reflectAll(referenceGrantKind, projectReferenceGrant, (key, before, after) => {
      triggers.grantChanged(key, after);
      wakeUsers(referenceGrantKind)(key, before, after);
    }),
    backendTlsPolicies: reflectPolicies(backendTlsPolicyKind),
    backendTrafficPolicies: reflectPolicies(backendTrafficPolicyKind),
    proxySettingsPolicies: reflectPolicies(proxySettingsPolicyKind),
  };
}

/** The Gateways and ListenerSets that a route names. */
export function observeParents(
  route: WssRoute,
  caches: ParentCaches | undefined,
  triggers: Triggers,
): Observed['parents'] {
  if (route.spec.parentRefs === undefined) return new Map();
  if (caches === undefined || caches.gateways.isAbsent) return 'absent';
  const { gateways, listenerSets, gatewayClasses, referenceGrants } = caches;
  return resolveParents(route, {
    gateway: (key) => gateways.get(key),
    listenerSet: (key) => listenerSets.get(key),
    gatewayClass: (name) => gatewayClasses.get(`/${name}`),
    grantsIn: (namespace) => [...triggers.grantsIn(namespace)].flatMap((key) => referenceGrants.get(key) ?? []),
  });
}
