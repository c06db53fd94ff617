import { configMapKind, type Kind } from '../api/kinds.ts';
import { formatKey } from '../api/objects.ts';
import { apply, applyNew, remove, type Written } from '../kube/apply.ts';
import { describe } from '../kube/errors.ts';
import type { Change } from '../state/diff.ts';
import type { Refusal } from '../state/facts.ts';
import type { ObservedChild } from '../state/observed.ts';
import { fieldManager } from '../state/project.ts';
import { applyUnseen, NameTaken } from './apply-unseen.ts';
import { childCacheOf } from './caches.ts';
import type { ReconcileContext } from './context.ts';

/** A change that is a write. */
export type WritableChange = Exclude<Change, { readonly action: 'blocked' }>;

export interface Failure {
  readonly refusal: Refusal;
  readonly error: unknown;
  /** An object that is not the route's, and that no cache knows, has the name. */
  readonly blockedBy?: ObservedChild;
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
    const taken = result.reason instanceof NameTaken ? result.reason : undefined;
    const error = taken?.cause ?? result.reason;
    const refusal = { ...nameTarget(change), message: describe(error) };
    return [{ error, refusal, ...(taken !== undefined && { blockedBy: taken.child }) }];
  });
  return { failures, isChanged: results.some((result) => result.status === 'fulfilled' && result.value) };
}

/** Whether the object has another version now. An admission webhook may undo what was applied; then it has not. */
async function write(
  change: WritableChange,
  routeKey: string,
  context: ReconcileContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { transport, caches, expectations, onWrite } = context;
  const { kind, name, key } = nameTarget(change);
  const cache = childCacheOf(kind, caches);
  if (cache === undefined) throw new Error(`${kind} is not a kind that is written`);
  const address = cache.kind;
  if (change.action === 'delete') {
    const { uid } = change.child;
    await remove(transport, address, key, { uid }, { signal });
    expectations.expect(routeKey, () => cache.uidOf(key) !== uid || cache.get(key)?.isDeleting === true);
    onWrite({ routeKey, kind, name, action: 'deleted' });
    return true;
  }
  // The watch may bring the write back before its answer is read.
  const known = cache.resourceVersionOf(key);
  const { resourceVersion, code } = await applyChange(change, address, routeKey, context, signal);
  if (known === resourceVersion) return false;
  const { epoch } = cache;
  expectations.expect(routeKey, () => cache.hasSeen(resourceVersion, epoch, key));
  const action = code === 201 ? 'created' : 'configured';
  onWrite({ routeKey, kind, name, action, ...(change.action === 'configure' && { field: change.field }) });
  return true;
}

function applyChange(
  { action, object }: Exclude<WritableChange, { readonly action: 'delete' }>,
  address: Kind,
  routeKey: string,
  context: ReconcileContext,
  signal: AbortSignal,
): Promise<Written> {
  const options = { fieldManager, force: true, signal };
  if (action === 'configure') return apply(context.transport, address, object, options);
  if (address === configMapKind) return applyUnseen(object, address, routeKey, context, signal);
  // A watch may be behind, and what it has not brought yet be somebody else's: a conflict lasts until it has.
  return applyNew(context.transport, address, object, options);
}

function nameTarget(change: WritableChange): { readonly kind: string; readonly name: string; readonly key: string } {
  if (change.action === 'delete')
    return { kind: change.child.kind, name: change.child.name, key: formatKey(change.child) };
  const { kind, metadata } = change.object;
  return { kind, name: metadata.name, key: formatKey(metadata) };
}
