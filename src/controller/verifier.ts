import { findCondition, type WssRoute } from '../api/wssroute.ts';
import { backoffMs } from '../kube/backoff.ts';
import type { Clock } from '../kube/clock.ts';
import { Slots } from '../kube/slots.ts';
import type { FailureReason, ProbeResult } from '../probe/result.ts';
import type { Target } from '../probe/target.ts';
import { parseSeconds } from '../route/duration.ts';
import { findTarget, verificationOf } from './verification-target.ts';

export interface VerifierOptions {
  /** Opens the handshake. Rejects when this machine could not even try. */
  readonly probe: (target: Target, signal: AbortSignal) => Promise<ProbeResult>;
  /** Handshakes that may be under way at once. */
  readonly concurrency: number;
  /** Routes that ask for more frequent handshakes get this, in milliseconds. */
  readonly minIntervalMs: number;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly random: () => number;
  /** A handshake has ended; `before` is the one of the same route before it. */
  readonly onResult: (routeKey: string, result: ProbeResult, before: ProbeResult | undefined) => void;
  readonly onError: (routeKey: string, error: unknown) => void;
}

interface Verification {
  readonly target: Target;
  readonly intervalMs: number;
  failures: number;
  result: ProbeResult | undefined;
  cancel: () => void;
}

/** Until the controller has taken a change over: it publishes an address before its proxy has reloaded. */
const settleMs = 5_000;
/** A route that has been ready for longer than this is not waited for by anybody. */
const freshMs = 60_000;
const retry = { baseMs: 5_000, capMs: 300_000 };

/** Proves routes by handshakes: soon after a change, and then each interval. Lives as long as a term. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #verifications = new Map<string, Verification>();
  readonly #slots: Slots;
  readonly #stopping = new AbortController();

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency);
  }

  /** The route as it is now; undefined when it is gone. */
  update(routeKey: string, route: WssRoute | undefined): void {
    if (this.#stopping.signal.aborted) return;
    const target = route === undefined ? undefined : findTarget(route);
    const known = this.#verifications.get(routeKey);
    if (route === undefined || target === undefined) {
      known?.cancel();
      this.#verifications.delete(routeKey);
      return;
    }
    const intervalMs = Math.max(parseSeconds(verificationOf(route.spec).interval) * 1000, this.#options.minIntervalMs);
    if (known !== undefined && known.intervalMs === intervalMs && isSame(known.target, target)) return;
    known?.cancel();
    // What was last found stands until the changed route has been asked.
    const verification: Verification = { target, intervalMs, failures: 0, result: known?.result, cancel: () => {} };
    this.#verifications.set(routeKey, verification);
    const isAwaited = known !== undefined || this.#isFresh(route);
    this.#schedule(routeKey, verification, isAwaited ? settleMs : intervalMs * this.#options.random());
  }

  /** Routes whose latest handshake failed, by what was broken. */
  countUnreachable(): ReadonlyMap<FailureReason, number> {
    const counts = new Map<FailureReason, number>();
    for (const { result } of this.#verifications.values()) {
      if (result === undefined || result.reason === 'Connected') continue;
      counts.set(result.reason, (counts.get(result.reason) ?? 0) + 1);
    }
    return counts;
  }

  /** Ends what is under way and forgets everything. */
  stop(): void {
    this.#stopping.abort();
    for (const { cancel } of this.#verifications.values()) cancel();
    this.#verifications.clear();
  }

  /** At the beginning of a term the routes that were ready before are spread over their interval. */
  #isFresh({ status }: WssRoute): boolean {
    const ready = findCondition(status, 'Ready');
    return this.#options.now().getTime() - Date.parse(ready?.lastTransitionTime ?? '') < freshMs;
  }

  #schedule(routeKey: string, verification: Verification, ms: number): void {
    verification.cancel = this.#options.clock.setTimer(() => void this.#verify(routeKey, verification), ms);
  }

  async #verify(routeKey: string, verification: Verification): Promise<void> {
    const { probe, random, onResult, onError } = this.#options;
    const { signal } = this.#stopping;
    const isCurrent = () => this.#verifications.get(routeKey) === verification;
    await this.#slots.take();
    try {
      if (!isCurrent()) return;
      const result = await probe(verification.target, signal);
      if (!isCurrent()) return;
      const before = verification.result;
      verification.result = result;
      verification.failures = result.isReachable ? 0 : verification.failures + 1;
      onResult(routeKey, result, before);
    } catch (error) {
      if (!isCurrent()) return;
      verification.failures += 1;
      onError(routeKey, error);
    } finally {
      this.#slots.give();
    }
    const { intervalMs, failures } = verification;
    const steady = intervalMs * (0.9 + 0.2 * random());
    this.#schedule(
      routeKey,
      verification,
      failures === 0 ? steady : Math.min(steady, backoffMs(retry, failures - 1, random)),
    );
  }
}

function isSame(before: Target, after: Target): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
