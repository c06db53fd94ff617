import type { Kind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { apply, applyNew, type Written } from '../kube/apply.ts';
import { classify } from '../kube/errors.ts';
import { read } from '../kube/read.ts';
import type { ObservedChild } from '../state/observed.ts';
import { isOurs } from '../state/ownership.ts';
import { fieldManager, projectChild } from '../state/project.ts';
import type { ReconcileContext } from './context.ts';

/**
 * Of ConfigMaps only those with the operator's label are known, so that one which seems to be missing may be somebody else's. It is
 * looked at before it is written to: the route's own may have lost its label.
 *
 * @throws NameTaken when it is somebody else's
 */
export async function applyUnseen(
  object: KubeObject,
  address: Kind,
  routeKey: string,
  { transport, caches }: ReconcileContext,
  signal: AbortSignal,
): Promise<Written> {
  const options = { fieldManager, force: true, signal };
  try {
    return await applyNew(transport, address, object, options);
  } catch (error) {
    if (classify(error) !== 'conflict') throw error;
    const { metadata } = object;
    const { namespace = '', name } = metadata;
    const found = await read(transport, address, { namespace, name }, { metadataOnly: true, signal });
    const route = caches.routes.get(routeKey);
    // It has gone meanwhile: the pass is repeated.
    if (found === undefined || route === undefined) throw error;
    const child = projectChild(found);
    if (!isOurs(route, child)) throw new NameTaken(child, { cause: error });
    return apply(transport, address, { ...object, metadata: { ...metadata, uid: child.uid } }, options);
  }
}

/** The object that has the name is not the route's; `cause` is the API server's answer. */
export class NameTaken extends Error {
  readonly child: ObservedChild;

  constructor(child: ObservedChild, options: ErrorOptions) {
    super(`${child.kind} "${child.name}" does not belong to the route`, options);
    this.child = child;
  }
}
