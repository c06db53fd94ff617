import { certificateKind, ingressKind, type Kind } from '../api/kinds.ts';
import { formatKey } from '../api/objects.ts';
import { apply, remove } from '../kube/apply.ts';
import { describe } from '../kube/errors.ts';
import type { Change } from '../state/diff.ts';
import type { Refusal } from '../state/facts.ts';
import type { ObservedChild } from '../state/observed.ts';
import { fieldManager } from '../state/project.ts';
import type { Cache } from './cache.ts';
import type { Caches } from './caches.ts';
import type { ReconcileContext } from './context.ts';

type ChildCache = Pick<Cache<ObservedChild>, 'get' | 'uidOf' | 'resourceVersionOf' | 'hasSeen' | 'epoch'>;

/** A change that is a write. */
export type WritableChange = Exclude<Change, { readonly action: 'blocked' }>;

export interface Failure {
  readonly refusal: Refusal;
  readonly error: unknown;
}

export interface Outcome {
  /** Whether the watch will bring something back. */
  readonly isChanged: boolean;
  readonly failures: readonly Failure[];
}

/** Makes all writes of a pass at once; one that fails stops no other. */
export async function writeChildren(
  changes: readonly WritableChange[],
  routeKey: string,
  context: ReconcileContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const results = await Promise.allSettled(changes.map((change) => write(change, routeKey, context, signal)));
  const failures = results.flatMap((result, index) => {
    const change = changes[index];
    if (result.status === 'fulfilled' || change === undefined) return [];
    return [{ error: result.reason, refusal: { ...nameTarget(change), message: describe(result.reason) } }];
  });
  return { failures, isChanged: results.some((result) => result.status === 'fulfilled' && result.value) };
}

/** Whether the object has another version now. An admission webhook may undo what was applied; then it has not. */
async function write(
  change: WritableChange,
  routeKey: string,
  { transport, caches, expectations, onWrite }: ReconcileContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { kind, name, key } = nameTarget(change);
  const { cache, address } = findTarget(kind, caches);
  if (change.action === 'delete') {
    const { uid } = change.child;
    await remove(transport, address, key, { uid }, { signal });
    expectations.expect(routeKey, () => cache.uidOf(key) !== uid || cache.get(key)?.isDeleting === true);
    onWrite({ routeKey, kind, name, action: 'deleted' });
    return true;
  }
  const options = { fieldManager, force: true, signal };
  // The watch may bring the write back before its answer is read.
  const known = cache.resourceVersionOf(key);
  const { resourceVersion, code } = await apply(transport, address, change.object, options);
  if (known === resourceVersion) return false;
  const { epoch } = cache;
  expectations.expect(routeKey, () => cache.hasSeen(resourceVersion, epoch, key));
  const action = code === 201 ? 'created' : 'configured';
  onWrite({ routeKey, kind, name, action, ...(change.action === 'configure' && { field: change.field }) });
  return true;
}

function nameTarget(change: WritableChange): { readonly kind: string; readonly name: string; readonly key: string } {
  if (change.action === 'delete')
    return { kind: change.child.kind, name: change.child.name, key: formatKey(change.child) };
  const { kind, metadata } = change.object;
  return { kind, name: metadata.name, key: formatKey(metadata) };
}

function findTarget(
  kind: string,
  { certificates, ingresses }: Caches,
): { readonly cache: ChildCache; readonly address: Kind } {
  if (kind === certificateKind.kind) return { cache: certificates, address: certificateKind };
  return { cache: ingresses, address: ingressKind };
}
