import { wssRouteKind } from '../api/kinds.ts';
import { formatKey, type KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { applyStatus } from '../kube/apply.ts';
import { ApiError, classify } from '../kube/errors.ts';
import { validateRoute } from '../route/validate.ts';
import { desire } from '../state/desired.ts';
import { diff } from '../state/diff.ts';
import { judgeAbility } from '../state/judge-ability.ts';
import { fieldManager } from '../state/project.ts';
import { composeRejection, composeStatus, isNews } from '../state/status.ts';
import type { ReconcileContext } from './context.ts';
import { gatherChildren, observe } from './observe.ts';
import { listEvents } from './report.ts';
import { writeChildren } from './write-children.ts';

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
  if (!expectations.areMet(routeKey)) return;
  const now = toTimestamp(context.now());
  if (!triggers.isValid(routeKey)) {
    const validation = validateRoute(route);
    const problems = validation.isValid ? [] : validation.problems;
    await writeStatus(route, composeRejection(route, problems, now), context, signal);
    return;
  }
  const observed = observe(route, caches, triggers, {
    policy: context.policy,
    proofs: context.proofsOf(routeKey),
  });
  const desired = desire(observed, context.policy);
  const children = gatherChildren(desired.objects, observed, caches, triggers);
  const changes = diff(route, desired, children);
  triggers.judged(routeKey, route, judgeAbility(route, desired.placements, changes));
  const writes = changes.filter((change) => change.action !== 'blocked');
  const { isChanged, failures } = await writeChildren(writes, routeKey, context, signal);
  // Everything is on its way: the status is judged when it has come back, so that it is written once.
  if (isChanged && failures.length === 0) return;
  if (failures.every(({ error, blockedBy }) => blockedBy !== undefined || isRefusal(error))) {
    const blocked = failures.flatMap(({ blockedBy: child }) => (child ? [{ action: 'blocked', child } as const] : []));
    const refusals = failures.filter(({ blockedBy }) => blockedBy === undefined).map(({ refusal }) => refusal);
    const status = composeStatus({ observed, desired, changes: [...changes, ...blocked], refusals }, now);
    await writeStatus(route, status, context, signal);
  }
  const [first] = failures;
  if (first !== undefined) throw first.error;
}

/**
 * The server understood the write and will not have it; anything else is a failure of the world. A webhook that cannot be
 * reached is one as well: the API server answers 500 for it, and it may last until somebody acts.
 */
function isRefusal(error: unknown): boolean {
  if (['invalid', 'forbidden', 'notFound'].includes(classify(error))) return true;
  return error instanceof ApiError && error.status === 500 && /\bwebhook\b/.test(error.serverMessage);
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
  const { epoch } = context.caches.routes;
  context.expectations.expect(routeKey, () => context.caches.routes.hasSeen(resourceVersion, epoch, routeKey));
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
