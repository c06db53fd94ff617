import type { Clock } from '../kube/clock.ts';
import { TokenBucket } from '../kube/token-bucket.ts';

export interface PaceOptions {
  /** How much may be under way at once. */
  readonly concurrency: number;
  /** How much may begin in a second, on average. */
  readonly perSecond: number;
  readonly clock: Clock;
}

/** `new`: somebody may be waiting for it. `proved`: it worked. `failing`: it takes long, and keeps others from their turn. */
export type Lane = (typeof lanes)[number];

const lanes = ['new', 'proved', 'failing'] as const;

/** One turn of this many goes the other way round, so that nobody waits for ever, however many come. */
const fairEach = 4;

/**
 * Bounds how many handshakes are made, at once and in a second. What is new goes first, and of that what came last: a route that
 * somebody has just written does not wait behind thousands that fail slowly. Of the others the longest waiting goes first.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  readonly #refillMs: number;
  readonly #waiting: Readonly<Record<Lane, Waiting[]>> = { new: [], proved: [], failing: [] };
  #turns = 0;
  #free: number;
  #cancelTimer: (() => void) | undefined;

  constructor({ concurrency, perSecond, clock }: PaceOptions) {
    this.#clock = clock;
    this.#free = concurrency;
    this.#refillMs = 1000 / perSecond;
    this.#bucket = new TokenBucket(perSecond, this.#refillMs, clock.now());
  }

  /** Resolves when it may begin; every turn that was taken is to be given back. Never resolves when it is not wanted any more by then. */
  take(lane: Lane, isWanted: () => boolean): Promise<void> {
    return new Promise((begin) => {
      this.#waiting[lane].push({ begin, isWanted });
      this.#serve();
    });
  }

  give(): void {
    this.#free += 1;
    this.#serve();
  }

  /** Nobody gets a turn any more. */
  stop(): void {
    for (const lane of lanes) this.#waiting[lane].length = 0;
    this.#cancelTimer?.();
  }

  #serve(): void {
    while (this.#free > 0 && this.#cancelTimer === undefined) {
      const isFair = this.#turns % fairEach === fairEach - 1;
      const lane = (isFair ? lanes.toReversed() : lanes).find((each) => this.#waiting[each].length > 0);
      if (lane === undefined) return;
      const isLastFirst = lane === 'new' && !isFair;
      const next = isLastFirst ? this.#waiting[lane].pop() : this.#waiting[lane].shift();
      if (next === undefined || !next.isWanted()) continue;
      if (!this.#bucket.take(this.#clock.now())) {
        if (isLastFirst) this.#waiting[lane].push(next);
        else this.#waiting[lane].unshift(next);
        this.#awaitToken();
        return;
      }
      this.#free -= 1;
      this.#turns += 1;
      next.begin();
    }
  }

  #awaitToken(): void {
    this.#cancelTimer = this.#clock.setTimer(() => {
      this.#cancelTimer = undefined;
      this.#serve();
    }, this.#refillMs);
  }
}

interface Waiting {
  readonly begin: () => void;
  readonly isWanted: () => boolean;
}
