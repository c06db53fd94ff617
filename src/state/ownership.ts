import { wssRouteKind } from '../api/kinds.ts';
import { formatKey, type KubeObject, type OwnerReference } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { routeLabel } from '../route/children.ts';
import { labelRoute } from '../route/names.ts';
import type { ObservedChild } from './observed.ts';

/** What tells whose an object is. */
type Marks = Pick<ObservedChild, 'owner' | 'isApplied'>;

/** Whether an object is a route's: a WssRoute of that name owns it, or nobody does and the operator has applied it. Nothing else is taken over. */
export function isOurs(route: WssRoute, child: ObservedChild): boolean {
  if (child.owner === undefined) return child.isApplied;
  return isRoute(child.owner) && child.owner.name === route.metadata.name;
}

/** Whether an object was written for some route and has lost its owner since. */
export function isLeft({ isApplied, owner }: Marks): boolean {
  return owner === undefined && isApplied;
}

/** Whether an object was written for some route, be its owner lost or not. Only of those anything is ever compared. */
export function isWritten(child: Marks): boolean {
  return isRoutes(child) || isLeft(child);
}

/** Whether an object was written for a route and has lost its owner since. Its label tells for which: of a long name too little is in its own. */
export function isLeftOf({ metadata }: WssRoute, child: ObservedChild): boolean {
  if (!isLeft(child) || child.namespace !== (metadata.namespace ?? '')) return false;
  const { metadata: marks } = JSON.parse(child.content) as Pick<KubeObject, 'metadata'>;
  return marks.labels?.[routeLabel] === labelRoute(metadata.name);
}

/** Whether some route owns an object. */
export function isRoutes({ owner }: Pick<Marks, 'owner'>): boolean {
  return owner !== undefined && isRoute(owner);
}

/** Key of the route that owns an object. */
export function ownerOf({ owner, namespace }: ObservedChild): string | undefined {
  return owner !== undefined && isRoute(owner) ? formatKey({ namespace, name: owner.name }) : undefined;
}

function isRoute(owner: OwnerReference): boolean {
  return owner.kind === wssRouteKind.kind && owner.apiVersion.startsWith(`${wssRouteKind.group}/`);
}
