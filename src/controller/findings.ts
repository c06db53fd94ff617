import { isDeepStrictEqual } from 'node:util';
import type { Evidence } from '../state/observed.ts';

/** What fails for less than this, in milliseconds, is no news: a proxy reloads, a Pod is replaced. */
const firstPatienceMs = 10_000;
/** What fails in ever other ways is less and less news, up to this: each piece of it is a status write, and a backend may answer as it likes. */
const longestPatienceMs = 3_600_000;

/** What handshakes have found out, and what they have found so far without it being believed yet. */
export class Findings {
  #evidence: Evidence | undefined;
  /** When the first of the failures since the last success was found. */
  #failingSince: number | undefined;
  /** Another failure than the one that is known, and when it was found first. */
  #rumour: { readonly evidence: Evidence; readonly since: number } | undefined;
  /** For how long it must last to be news. */
  #patienceMs = firstPatienceMs;

  constructor(evidence: Evidence | undefined) {
    this.#evidence = evidence;
  }

  /** What is known. */
  get evidence(): Evidence | undefined {
    return this.#evidence;
  }

  /** Milliseconds until another failure than the known one would be news; undefined where there is none. */
  get doubtMs(): number | undefined {
    return this.#rumour === undefined ? undefined : this.#patienceMs;
  }

  /** Takes in what a handshake has found, at `now`; whether it is news. */
  note(evidence: Evidence, now: number): boolean {
    const isBelieved = isFailure(evidence) ? this.#isLasting(evidence, now) : this.#recover();
    if (!isBelieved) return false;
    this.#rumour = undefined;
    if (isDeepStrictEqual(this.#evidence, evidence)) return false;
    this.#evidence = evidence;
    return true;
  }

  #recover(): true {
    this.#failingSince = undefined;
    this.#patienceMs = firstPatienceMs;
    return true;
  }

  /** Of a route that was well any failure lasts; of one that fails already, another failure must last in the very same way. */
  #isLasting(evidence: Evidence, now: number): boolean {
    this.#failingSince ??= now;
    const known = this.#evidence;
    if (known === undefined || !isFailure(known)) return now - this.#failingSince >= firstPatienceMs;
    if (isDeepStrictEqual(known, evidence)) return true;
    if (!isDeepStrictEqual(this.#rumour?.evidence, evidence)) this.#rumour = { evidence, since: now };
    if (now - (this.#rumour?.since ?? now) < this.#patienceMs) return false;
    this.#patienceMs = Math.min(2 * this.#patienceMs, longestPatienceMs);
    return true;
  }
}

function isFailure({ reason }: Evidence): boolean {
  return reason !== 'Connected';
}
