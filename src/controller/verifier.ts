import { isDeepStrictEqual } from 'node:util';
import { findConditionAt, type WssRoute } from '../api/wssroute.ts';
import { backoffMs } from '../kube/backoff.ts';
import type { Clock } from '../kube/clock.ts';
import type { ProbeResult } from '../probe/result.ts';
import type { Target } from '../probe/target.ts';
import { parseSeconds } from '../route/duration.ts';
import { formatUrl, verificationOf } from '../route/proof.ts';
import type { Evidence } from '../state/observed.ts';
import { Findings } from './findings.ts';
import { type Lane, Pace } from './pace.ts';
import { findTargets, type Targets } from './verification-target.ts';

export interface VerifierOptions {
  /** Opens the handshake. Rejects when this machine could not even try. */
  readonly probe: (target: Target, signal: AbortSignal) => Promise<ProbeResult>;
  /** Handshakes that may be under way at once. */
  readonly concurrency: number;
  /** Handshakes that may begin in a second, on average. */
  readonly perSecond: number;
  /** Routes that ask for more frequent handshakes get this, in milliseconds. */
  readonly minIntervalMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** A handshake has ended. */
  readonly onResult: (result: ProbeResult) => void;
  /** What is known of a route at one attachment has changed; {@link Verifier.proofsOf} tells. */
  readonly onNews: (routeKey: string, attachment: string, evidence: Evidence) => void;
  readonly onError: (routeKey: string, attachment: string, error: unknown) => void;
}

interface Verification {
  readonly routeKey: string;
  /** `Gateway/infra/edge` */
  readonly attachment: string;
  readonly subject: Subject;
  readonly intervalMs: number;
  /** Handshakes that have failed, or could not be made, since the last one that succeeded. */
  failures: number;
  /** Whether one has succeeded after the proxy has surely taken the subject over. */
  isSettled: boolean;
  readonly findings: Findings;
  cancel: () => void;
}

/** What handshakes are about: as soon as any of it is another, they have to be made again. */
interface Subject {
  readonly targets: Targets;
  readonly generation: number | undefined;
  /** When the certificate ends: a renewed one ends at another time. */
  readonly notAfter: string | undefined;
}

/** A new route is served as soon as its proxy has reloaded, which may be at once. */
const firstMs = 500;
/** Until the proxy has surely taken a change over: an address is published before, and the old configuration goes on answering. */
const settleMs = 5_000;
/** A success is looked at once more after this: nobody says when the proxy of a large cluster has taken a change over. */
const secondLookMs = 30_000;
const retry = { baseMs: 1_000, capMs: 300_000 };

/**
 * Proves routes by handshakes: soon after a change, and then each interval. Lives as long as a term. It keeps what is known of each
 * route, and says so only when that has changed.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  /** By route, then by attachment. */
  readonly #verifications = new Map<string, Map<string, Verification>>();
  readonly #pace: Pace;
  readonly #stopping = new AbortController();

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#pace = new Pace(options);
  }

  /** What handshakes of this term say of a route, by attachment. */
  proofsOf(routeKey: string): ReadonlyMap<string, Evidence> {
    const verifications = this.#verifications.get(routeKey)?.values() ?? [];
    return new Map(
      [...verifications].flatMap(({ attachment, findings: { evidence } }) =>
        evidence === undefined ? [] : [[attachment, evidence] as const],
      ),
    );
  }

  /** The route as it is now; undefined when it is gone. */
  update(routeKey: string, route: WssRoute | undefined): void {
    if (this.#stopping.signal.aborted) return;
    const targets = route === undefined ? new Map<string, Targets>() : findTargets(route);
    const known = this.#verifications.get(routeKey) ?? new Map<string, Verification>();
    for (const [attachment, { cancel }] of known) {
      if (targets.has(attachment)) continue;
      cancel();
      known.delete(attachment);
    }
    if (route === undefined || targets.size === 0) {
      this.#verifications.delete(routeKey);
      return;
    }
    this.#verifications.set(routeKey, known);
    for (const [attachment, each] of targets) {
      const next = this.#renew({ routeKey, attachment, targets: each }, route, known.get(attachment));
      known.set(attachment, next);
    }
  }

  /** The verification of what is to be proved now: the known one, where it is the same. */
  #renew(
    { routeKey, attachment, targets }: Pick<Verification, 'routeKey' | 'attachment'> & Pick<Subject, 'targets'>,
    route: WssRoute,
    known: Verification | undefined,
  ): Verification {
    const { generation } = route.metadata;
    const subject: Subject = { targets, generation, notAfter: route.status?.certificate?.notAfter };
    const intervalMs = Math.max(parseSeconds(verificationOf(route.spec).interval) * 1000, this.#options.minIntervalMs);
    if (known !== undefined && known.intervalMs === intervalMs && isDeepStrictEqual(known.subject, subject))
      return known;
    known?.cancel();
    const verification: Verification = {
      ...{ routeKey, attachment, subject, intervalMs },
      failures: 0,
      isSettled: known === undefined && isJudged(route, attachment),
      // Of the same generation what was last found stands, until the new address or certificate has been asked for.
      findings: new Findings(known?.subject.generation === generation ? known?.findings.evidence : undefined),
      cancel: () => {},
    };
    this.#schedule(
      verification,
      known === undefined ? delayFirst(route, attachment, intervalMs, this.#options.random) : settleMs,
    );
    return verification;
  }

  /** Ends what is under way and forgets everything. */
  stop(): void {
    this.#stopping.abort();
    this.#pace.stop();
    for (const known of this.#verifications.values()) for (const { cancel } of known.values()) cancel();
    this.#verifications.clear();
  }

  #schedule(verification: Verification, ms: number): void {
    verification.cancel = this.#options.clock.setTimer(() => void this.#verify(verification), ms);
  }

  /** Makes the handshakes in their order; the first one that fails speaks for all. */
  async #verify(verification: Verification): Promise<void> {
    const { probe, onResult, onError } = this.#options;
    const { signal } = this.#stopping;
    const { routeKey, attachment, subject } = verification;
    const isCurrent = () => this.#verifications.get(routeKey)?.get(attachment) === verification;
    let evidence: Evidence | undefined;
    for (const target of subject.targets) {
      await this.#pace.take(chooseLane(verification), isCurrent);
      try {
        const result = await probe(target, signal);
        if (!isCurrent()) return;
        onResult(result);
        evidence = toEvidence(subject, result.isReachable ? subject.targets[0] : target, result);
      } catch (error) {
        if (!isCurrent()) return;
        verification.failures += 1;
        evidence = undefined;
        onError(routeKey, attachment, error);
      } finally {
        this.#pace.give();
      }
      if (evidence?.reason !== 'Connected') break;
    }
    if (evidence !== undefined) this.#note(verification, evidence);
    this.#schedule(verification, this.#delayNext(verification));
  }

  #note(verification: Verification, evidence: Evidence): void {
    const { clock, onNews } = this.#options;
    verification.failures = evidence.reason === 'Connected' ? 0 : verification.failures + 1;
    if (!verification.findings.note(evidence, clock.now())) return;
    onNews(verification.routeKey, verification.attachment, evidence);
  }

  /** Milliseconds. Before a failure is news it is tried often; afterwards ever more rarely, but never more rarely than a success. */
  #delayNext(verification: Verification): number {
    const { random } = this.#options;
    const { intervalMs, failures, isSettled, findings } = verification;
    const steady = intervalMs * (0.9 + 0.2 * random());
    if (findings.doubtMs !== undefined) return Math.min(steady, findings.doubtMs);
    if (failures > 0) return Math.min(steady, backoffMs(retry, failures - 1, random));
    verification.isSettled = true;
    return isSettled ? steady : Math.min(steady, secondLookMs);
  }
}

/** Milliseconds. What an earlier leader has proved is spread over the interval; what it found broken is asked for sooner. */
function delayFirst(route: WssRoute, attachment: string, intervalMs: number, random: () => number): number {
  if (!isJudged(route, attachment)) return route.metadata.generation === 1 ? firstMs : settleMs;
  const isProved = findConditionAt(route.status, attachment, 'Reachable')?.status === 'True';
  return (isProved ? intervalMs : Math.min(intervalMs, 30_000)) * random();
}

/** Whether an earlier leader has found something out about this generation. */
function isJudged({ metadata, status }: WssRoute, attachment: string): boolean {
  const reachable = findConditionAt(status, attachment, 'Reachable');
  return (
    reachable !== undefined && reachable.status !== 'Unknown' && reachable.observedGeneration === metadata.generation
  );
}

function chooseLane({ findings, failures }: Verification): Lane {
  // The first failures of a new route are those of a proxy that has not reloaded yet.
  if (findings.evidence === undefined && failures < 5) return 'new';
  return failures === 0 ? 'proved' : 'failing';
}

function toEvidence({ generation }: Subject, target: Target, { reason, message, steps, tls }: ProbeResult): Evidence {
  const shown = steps.find(({ name }) => name === 'certificate')?.result ?? 'skipped';
  return {
    generation,
    url: formatUrl(target),
    address: target.connect.address,
    reason,
    message,
    certificate: shown === 'skipped' ? 'unseen' : shown === 'passed' ? 'right' : 'wrong',
    chain: tls?.chain ?? 'broken',
  };
}
