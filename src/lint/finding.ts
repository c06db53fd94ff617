import type { KubeObject } from '../api/objects.ts';
import type { Problem } from '../api/problem.ts';
import { type FindingReason, findingReasons, type Severity } from './finding-reasons.ts';

/** Something wrong, or unwise, in one field of one object. */
export interface Finding extends Problem {
  readonly object: KubeObject;
  readonly reason: FindingReason;
  readonly severity: Severity;
}

/** `severity` is that of the reason, where nothing else is known. */
export function report(
  object: KubeObject,
  reason: FindingReason,
  { path, found, expected }: Problem,
  severity: Severity = findingReasons[reason].severity,
): Finding {
  return { object, reason, severity, path, found, expected };
}
