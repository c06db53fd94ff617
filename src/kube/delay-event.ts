import { backoffMs } from './backoff.ts';
import { ApiError, classify, type ErrorClass, retryAfterMs } from './errors.ts';

/** As client-go's recorder: twelve attempts, ten seconds apart in the end; the first ones come sooner. */
const maximumAttempts = 12;
const retry = { baseMs: 500, capMs: 10_000 };

/**
 * What a restart or a change of leader may cure. An API server that has just started denies what its roles allow, until it has read
 * them; `aborted` is a write outside a term.
 */
const passing: ReadonlySet<ErrorClass> = new Set(['unavailable', 'throttled', 'unauthorized', 'forbidden', 'aborted']);

/** How long to wait before an Event that has failed so many times is tried again, in milliseconds; undefined: it is given up. */
export function delayEvent(error: unknown, failures: number, random: () => number): number | undefined {
  if (!passing.has(classify(error)) || isTerminating(error) || failures >= maximumAttempts) return undefined;
  return Math.max(backoffMs(retry, failures - 1, random), retryAfterMs(error) ?? 0);
}

/** Nothing new is let into a namespace that is being deleted (k8s.io/api/core/v1 `NamespaceTerminatingCause`). */
function isTerminating(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
}
