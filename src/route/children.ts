import { apiVersionOf, wssRouteKind } from '../api/kinds.ts';
import type { ObjectMeta, OwnerReference } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { labelRoute, nameChildren } from './names.ts';

/** The label by which everything that the operator writes is found. */
export const managedBy = { label: 'app.kubernetes.io/managed-by', value: 'wss-operator' } as const;

/** The label that names the route of what is written. */
export const routeLabel = 'wssroute.dev/route';

/**
 * Metadata of everything that is written for a route: its name, its labels and its owner. Nothing of the route's own labels and
 * annotations is copied: they may be a GitOps tool's tracking marks. A route that is not in a cluster yet has no uid to refer to.
 */
export function describeChild(route: WssRoute): ObjectMeta {
  const { name, namespace } = route.metadata;
  const owner = referToOwner(route);
  return {
    name: nameChildren(name),
    ...(namespace !== undefined && { namespace }),
    labels: { [managedBy.label]: managedBy.value, [routeLabel]: labelRoute(name) },
    ...(owner !== undefined && { ownerReferences: [owner] }),
  };
}

function referToOwner(route: WssRoute): OwnerReference | undefined {
  const { name, uid } = route.metadata;
  if (uid === undefined) return undefined;
  return {
    apiVersion: apiVersionOf(wssRouteKind),
    kind: wssRouteKind.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
