import type { ConditionType, Reason } from '../api/conditions.ts';
import type { Desired } from './desired.ts';
import type { Change } from './diff.ts';
import type { Observed } from './observed.ts';

/** What is said of a route, before it is known whether it is news. */
export interface Verdict {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: Reason;
  readonly message: string;
}

/** A write that the API server refused. */
export interface Refusal {
  readonly kind: string;
  readonly name: string;
  readonly message: string;
}

export interface Facts {
  readonly observed: Observed;
  readonly desired: Desired;
  readonly changes: readonly Change[];
  readonly refusals: readonly Refusal[];
}
