import { backoffMs } from './backoff.ts';
import { classify, retryAfterMs } from './errors.ts';

/** A row of failures without a success in between. */
export interface Outage {
  /** No answer at all; the kind is not there; or the API server refuses. */
  readonly cause: 'connection' | 'absent' | 'refusal';
  /** When the first failure happened, and when the first one of this cause. */
  readonly since: number;
  readonly causeSince: number;
  /** Failures of this cause, counted from 0. */
  readonly attempt: number;
}

/** After a restart the API server must be found again within about a second; a refused connection costs nothing. */
const soon = { baseMs: 50, capMs: 1_000 };
const longOutageMs = 120_000;
const settings = {
  connection: { baseMs: 1_000, capMs: 10_000 },
  absent: { baseMs: 250, capMs: 5_000 },
  refusal: { baseMs: 100, capMs: 20_000 },
} as const satisfies Record<Outage['cause'], { baseMs: number; capMs: number }>;

/** The outage after one more failure. Another cause is news (the server is back, but not ready): patience starts anew. */
export function worsen(outage: Outage | undefined, error: unknown, now: number): Outage {
  const cause = causeOf(error);
  if (outage === undefined) return { cause, since: now, causeSince: now, attempt: 0 };
  if (outage.cause !== cause) return { cause, since: outage.since, causeSince: now, attempt: 0 };
  return { ...outage, attempt: outage.attempt + 1 };
}

/** How long to wait before the next try, in milliseconds; never less than the API server asked for. */
export function patienceMs(outage: Outage, error: unknown, now: number, random: () => number): number {
  const isSoon = outage.cause === 'connection' && now - outage.causeSince < longOutageMs;
  const wait = backoffMs(isSoon ? soon : settings[outage.cause], outage.attempt, random);
  return Math.max(wait, retryAfterMs(error) ?? 0);
}

function causeOf(error: unknown): Outage['cause'] {
  if (classify(error) === 'notFound') return 'absent';
  return error instanceof Error && error.name === 'ConnectionError' ? 'connection' : 'refusal';
}
