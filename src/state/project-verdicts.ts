import type { ParentVerdict } from './observed-gateway.ts';

/** A condition as Kubernetes has it (`metav1.Condition`). */
export interface ConditionShape {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** What an implementation has against an object, in its words; some have none. */
export function describeRefusal(what: string, { type, reason, message }: ParentVerdict): string {
  return `${what} has ${type} False, ${reason}${message === '' ? '' : `: ${message}`}`;
}

/**
 * What is kept of conditions. Words are kept of what is False only: what Envoy Gateway says of a Gateway that works counts its replicas, and
 * would wake all routes.
 */
export function projectVerdicts(conditions: readonly ConditionShape[] = [], generation = 0): readonly ParentVerdict[] {
  return conditions.map(({ type, status, reason = '', message = '', observedGeneration = generation }) => ({
    ...{ type, status },
    ...(status === 'False' ? { reason, message } : { reason: '', message: '' }),
    isCurrent: observedGeneration >= generation,
  }));
}
