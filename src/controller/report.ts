import { conditionTypes, type Reason } from '../api/conditions.ts';
import { apiVersionOf, wssRouteKind } from '../api/kinds.ts';
import type { Condition, WssRouteStatus } from '../api/wssroute.generated.ts';
import { findCondition, type WssRoute } from '../api/wssroute.ts';
import type { EventInput } from '../kube/events.ts';

/** Reasons that say that something is under way, or that are a choice. */
const quietReasons: ReadonlySet<string> = new Set<Reason>([
  'Issuing',
  'AwaitingAddress',
  'NotEmitted',
  'Pending',
  'PrivateAuthority',
]);

/**
 * The Events that a change of status deserves: one for each condition that turned bad, or bad for another reason, and one when
 * the route became Ready. Nothing is said twice, and nothing while work is under way.
 */
export function listEvents(
  route: WssRoute,
  before: WssRouteStatus | undefined,
  after: WssRouteStatus,
): readonly EventInput[] {
  const events: EventInput[] = [];
  for (const type of conditionTypes) {
    const now = findCondition(after, type);
    const earlier = findCondition(before, type);
    const isNews = now?.status !== earlier?.status || now?.reason !== earlier?.reason;
    const isSaid = events.some(({ reason }) => reason === now?.reason);
    if (now?.status === 'False' && isNews && !isSaid && !quietReasons.has(now.reason)) {
      events.push(compose(route, 'Warning', now));
    }
  }
  const ready = findCondition(after, 'Ready');
  if (ready?.status === 'True' && findCondition(before, 'Ready')?.status !== 'True')
    events.push(compose(route, 'Normal', ready));
  return events;
}

function compose({ metadata }: WssRoute, type: EventInput['type'], { reason, message }: Condition): EventInput {
  const { name, namespace = '', uid = '' } = metadata;
  const regarding = { apiVersion: apiVersionOf(wssRouteKind), kind: wssRouteKind.kind, name, namespace, uid };
  return { regarding, type, reason, action: 'Reconcile', note: message };
}
