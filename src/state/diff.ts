import type { KubeObject } from '../api/objects.ts';
import { isRecord } from '../api/record.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { keepChallengePaths } from './challenge-paths.ts';
import type { Desired } from './desired.ts';
import type { ObservedChild } from './observed.ts';
import { findAbandoned, type OwnedFields } from './owned-fields.ts';
import { isOurs } from './ownership.ts';

/** One write, or the reason why there is none. In the words of Flux: created, configured, unchanged, deleted. */
export type Change =
  | { readonly action: 'create'; readonly object: KubeObject }
  /** `field` is the first one that differs. */
  | { readonly action: 'configure'; readonly object: KubeObject; readonly field: string }
  | { readonly action: 'delete'; readonly child: ObservedChild }
  /** An object that is not the route's has the name. */
  | { readonly action: 'blocked'; readonly child: ObservedChild };

/** What must be written so that the children are as desired. Empty when nothing must: every spurious write may cut live sockets. */
export function diff(
  route: WssRoute,
  { objects, kept }: Pick<Desired, 'objects' | 'kept'>,
  children: readonly ObservedChild[],
): readonly Change[] {
  const changes: Change[] = [];
  for (const object of objects) {
    const child = children.find(({ kind, name }) => kind === object.kind && name === object.metadata.name);
    const change = child === undefined ? ({ action: 'create', object } as const) : compare(route, object, child);
    if (change !== undefined) changes.push(change);
  }
  for (const child of children) {
    const isDesired = objects.some(({ kind, metadata }) => kind === child.kind && metadata.name === child.name);
    if (!isDesired && !kept.has(child.kind) && !child.isDeleting && child.owner?.uid === route.metadata.uid)
      changes.push({ action: 'delete', child });
  }
  return changes;
}

function compare(route: WssRoute, desired: KubeObject, child: ObservedChild): Change | undefined {
  if (!isOurs(route, child)) return { action: 'blocked', child };
  // What is going is not held up; it is made again when it has gone.
  if (child.isDeleting) return undefined;
  const observed: unknown = JSON.parse(child.content);
  const object = keepChallengePaths(desired, observed);
  const { metadata, spec, data } = object;
  const { labels, annotations, ownerReferences } = metadata;
  const wanted = { metadata: { labels, annotations, ownerReferences }, spec, data };
  const field = findDifference(wanted, observed) ?? findAbandoned(JSON.parse(child.ownedFields) as OwnedFields, wanted);
  if (field === undefined) return undefined;
  // What was judged is this object as it was: the write is refused for another one, and when it comes late, for what others wrote meanwhile.
  const { uid, resourceVersion } = child;
  return { action: 'configure', object: { ...object, metadata: { ...metadata, uid, resourceVersion } }, field };
}

/** The first field of `desired` that `observed` does not have. Fields that only `observed` has are other people's. */
function findDifference(desired: unknown, observed: unknown, path = ''): string | undefined {
  if (desired === undefined) return undefined;
  if (path === 'metadata.ownerReferences') return findMissingOwner(desired, observed, path);
  if (!isRecord(desired)) return areEqual(desired, observed) ? undefined : path;
  if (!isRecord(observed)) return path;
  for (const [name, value] of Object.entries(desired)) {
    const found = findDifference(value, observed[name], path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The list is merged by uid: other owners may stand beside the route. */
function findMissingOwner(desired: unknown, observed: unknown, path: string): string | undefined {
  const present = Array.isArray(observed) ? observed : [];
  const isComplete = (desired as readonly unknown[]).every((owner) => present.some((other) => areEqual(owner, other)));
  return isComplete ? undefined : path;
}

/**
 * What items of lists have for some routes and not for others; no API server fills any of it in. Where one is there without being wanted,
 * it is from before a change, or somebody else's. `test/property/rewrite.test.ts` tells what is missing here.
 */
const optionalInLists: ReadonlySet<string> = new Set(['host', 'hosts', 'filters', 'headers', 'port']);

/**
 * Lists are atomic in what is written. Whatever else an item has is taken for a default of the API server, which may be of a newer
 * version: to write against that would never end.
 */
function areEqual(desired: unknown, observed: unknown): boolean {
  if (Array.isArray(desired)) {
    return (
      Array.isArray(observed) &&
      desired.length === observed.length &&
      desired.every((item, index) => areEqual(item, observed[index]))
    );
  }
  if (isRecord(desired)) {
    return (
      isRecord(observed) &&
      Object.entries(desired).every(([name, value]) => areEqual(value, observed[name])) &&
      Object.keys(observed).every((name) => name in desired || !optionalInLists.has(name))
    );
  }
  return desired === observed;
}
