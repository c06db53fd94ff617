import type { ConditionType } from './conditions.ts';
import type { KubeObject } from './objects.ts';
import type { Condition, WssRouteSpec, WssRouteStatus } from './wssroute.generated.ts';

/** A WssRoute as the API server returns it: validated, and with defaults filled in. */
export interface WssRoute extends KubeObject {
  readonly spec: WssRouteSpec;
  readonly status?: WssRouteStatus;
}

/** A condition of a route's status; a status that somebody has spoilt need not have any. */
export function findCondition(status: WssRouteStatus | undefined, type: ConditionType): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** A condition of one attachment (`Gateway/infra/edge`): its own, or the route's where there is one attachment only. */
export function findConditionAt(
  status: WssRouteStatus | undefined,
  ref: string,
  type: ConditionType,
): Condition | undefined {
  if (status?.attachments === undefined) return findCondition(status, type);
  const attachment = status.attachments.find((each) => each.ref === ref);
  return attachment?.conditions?.find((condition) => condition.type === type);
}
