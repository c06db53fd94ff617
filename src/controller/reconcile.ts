import { certificateKind, ingressKind, type Kind, wssRouteKind } from '../api/kinds.ts';
import { formatKey, type KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { apply, applyStatus, remove } from '../kube/apply.ts';
import { classify, describe } from '../kube/errors.ts';
import type { EventInput } from '../kube/events.ts';
import type { Transport } from '../kube/transport.ts';
import { desire } from '../state/desired.ts';
import { type Change, diff } from '../state/diff.ts';
import type { Refusal } from '../state/facts.ts';
import { fieldManager } from '../state/project.ts';
import { composeStatus, isNews } from '../state/status.ts';
import type { Caches } from './caches.ts';
import type { Expectations, Progress } from './expectations.ts';
import { observe } from './observe.ts';
import { listEvents } from './report.ts';
import type { Triggers } from './triggers.ts';

/** What a pass needs besides the route's key. */
export interface ReconcileContext {
  readonly transport: Transport;
  readonly caches: Caches;
  readonly triggers: Triggers;
  readonly expectations: Expectations;
  readonly now: () => Date;
  readonly onWrite: (write: Write) => void;
  readonly onEvent: (event: EventInput) => void;
}

/** A write that has been made. */
export interface Write {
  readonly routeKey: string;
  readonly kind: string;
  readonly name: string;
  readonly action: 'created' | 'configured' | 'deleted' | 'status';
  /** The first field that differed. */
  readonly field?: string;
}

/** The server understood the write and will not have it; anything else is a failure of the world. */
const refusals = new Set(['invalid', 'forbidden', 'notFound']);

/**
 * One pass over a route: observe, decide, write what differs, judge, report. Throws when a write failed, so that the pass is
 * repeated; what could be written has been written by then, and what is refused is told in the status.
 */
export async function reconcile(routeKey: string, context: ReconcileContext, signal: AbortSignal): Promise<void> {
  const { caches, triggers, expectations } = context;
  const route = caches.routes.get(routeKey);
  if (route === undefined) expectations.forget(routeKey);
  if (route === undefined || route.metadata.deletionTimestamp !== undefined) return;
  // The watch will bring the write back and wake the route again.
  if (!expectations.isMet(routeKey)) return;
  const observed = observe(route, caches, triggers);
  const desired = desire(observed);
  const changes = desired.isDecided ? diff(route, desired.objects, observed.children) : [];
  const writes = changes.filter((change) => change.action !== 'blocked');
  const failures = await writeAll(writes, routeKey, context, signal);
  // Everything is on its way: the status is judged when it has come back, so that it is written once.
  if (writes.length > 0 && failures.length === 0) return;
  const passing = failures.filter(({ error }) => !refusals.has(classify(error)));
  if (passing.length === 0) {
    const refused = failures.map(({ refusal }) => refusal);
    await writeStatus(
      route,
      composeStatus({ observed, desired, changes, refusals: refused }, toTimestamp(context.now())),
      context,
      signal,
    );
  }
  const [first] = failures;
  if (first !== undefined) throw first.error;
}

interface Failure {
  readonly refusal: Refusal;
  readonly error: unknown;
}

type Writable = Exclude<Change, { readonly action: 'blocked' }>;

async function writeAll(
  changes: readonly Writable[],
  routeKey: string,
  context: ReconcileContext,
  signal: AbortSignal,
): Promise<readonly Failure[]> {
  const results = await Promise.allSettled(changes.map((change) => write(change, routeKey, context, signal)));
  return results.flatMap((result, index) => {
    const change = changes[index];
    if (result.status === 'fulfilled' || change === undefined) return [];
    const { kind, name } = nameTarget(change);
    return [{ error: result.reason, refusal: { kind, name, message: describe(result.reason) } }];
  });
}

async function write(
  change: Writable,
  routeKey: string,
  context: ReconcileContext,
  signal: AbortSignal,
): Promise<void> {
  const { transport, expectations, onWrite } = context;
  const { kind, name } = nameTarget(change);
  const { cache, address } = findTarget(kind, context.caches);
  if (change.action === 'delete') {
    const { namespace, uid } = change.child;
    const key = formatKey({ namespace, name });
    expectations.expectGone(routeKey, cache, key, uid);
    await remove(transport, address, key, { uid }, { signal });
    onWrite({ routeKey, kind, name, action: 'deleted' });
    return;
  }
  const { resourceVersion, code } = await apply(transport, address, change.object, {
    fieldManager,
    force: true,
    signal,
  });
  expectations.expectVersion(routeKey, cache, resourceVersion);
  const action = code === 201 ? 'created' : 'configured';
  onWrite({ routeKey, kind, name, action, ...(change.action === 'configure' && { field: change.field }) });
}

function nameTarget(change: Writable): { readonly kind: string; readonly name: string } {
  if (change.action === 'delete') return change.child;
  return { kind: change.object.kind, name: change.object.metadata.name };
}

function findTarget(kind: string, caches: Caches): { readonly cache: Progress; readonly address: Kind } {
  if (kind === certificateKind.kind) return { cache: caches.certificates, address: certificateKind };
  return { cache: caches.ingresses, address: ingressKind };
}

async function writeStatus(
  route: WssRoute,
  status: NonNullable<WssRoute['status']>,
  context: ReconcileContext,
  signal: AbortSignal,
): Promise<void> {
  if (!isNews(route.status, status)) return;
  const { apiVersion, kind, metadata } = route;
  const { name, namespace = '', resourceVersion: judged = '' } = metadata;
  const routeKey = formatKey(metadata);
  // The verdict is on this version. The status of a custom resource does not heed a uid, so the version is the guard as well
  // against another route of the same name.
  const object: KubeObject = { apiVersion, kind, metadata: { name, namespace, resourceVersion: judged }, status };
  const options = { fieldManager, force: true, signal };
  const written = await applyStatus(context.transport, wssRouteKind, object, options).catch(passOver);
  if (written === undefined) return;
  const { resourceVersion } = written;
  context.expectations.expectVersion(routeKey, context.caches.routes, resourceVersion);
  context.onWrite({ routeKey, kind, name, action: 'status' });
  for (const event of listEvents(route, route.status, status)) context.onEvent(event);
}

/** The route has changed or gone meanwhile: the watch brings the news and wakes it again. */
function passOver(error: unknown): undefined {
  if (classify(error) !== 'conflict' && classify(error) !== 'notFound') throw error;
}

/** RFC 3339 without fractions, as Kubernetes writes times. */
function toTimestamp(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
