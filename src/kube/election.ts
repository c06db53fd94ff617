import { type Clock, sleep } from './clock.ts';
import { classify } from './errors.ts';
import { expiresAt, freeLease, holderOf, holdLease, isUnchanged } from './lease.ts';
import { type Lease, type LeaseLimits, LeaseStore } from './lease-store.ts';
import type { Transport } from './transport.ts';

/** As the flags `--leader-elect-*` of Kubernetes' own components; all times in milliseconds. */
export interface ElectionSettings {
  readonly namespace: string;
  readonly name: string;
  /** How long others wait after the last renewal that they saw. */
  readonly leaseDurationMs: number;
  /** How long a leader that cannot renew goes on; shorter, so that its last write is over when another one begins. */
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

export interface ElectionOptions extends ElectionSettings {
  readonly transport: Transport;
  /** Unique for each process, not only for each Pod. */
  readonly identity: string;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly random: () => number;
  /** A term begins. */
  readonly onElected: () => void;
  /** It is over; nothing is written any more. */
  readonly onDeposed: () => void;
  /** Somebody else leads now. */
  readonly onLeader: (identity: string) => void;
  /** The lease could be neither read nor written; `attempt` counts from 1 until it succeeds again. */
  readonly onError: (error: unknown, attempt: number) => void;
  /** The lease could not be freed: the next one has to wait for its end. */
  readonly onNotReleased: (error: unknown) => void;
}

/** A request that is not answered by then is tried again; in milliseconds. */
const longestRequest = 5_000;
/** How long each of the two requests may take that free the lease. */
const longestRelease = 1_500;

/**
 * Leader election by a Lease, understood by everything that speaks client-go's protocol.
 *
 * A term lasts until `renewDeadline` after the *sending* of the last renewal that succeeded. Others cannot have seen that
 * renewal earlier, and wait `leaseDuration` from then on: a process that was paused finds its term over before theirs begins.
 */
export class Election {
  readonly #options: ElectionOptions;
  readonly #store: LeaseStore;
  readonly #stopping = new AbortController();
  #lease: Lease | undefined;
  /** When the lease was first seen as it is. */
  #seenAt = 0;
  #leader: string | undefined;
  /** Whether a write of ours may have made us its holder, even if nobody has told us so. */
  #mayHold = false;
  #validUntil = Number.NEGATIVE_INFINITY;
  #hasTerm = false;
  #cancelEnd: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#store = new LeaseStore(options);
  }

  /** Whether this process may write, right now, by the monotonic clock. */
  get isLeader(): boolean {
    return this.#hasTerm && this.#options.clock.now() < this.#validUntil;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the term, if there is one, and frees the lease for the next one. Takes 3 s at most. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#endTerm();
    if (!this.#mayHold) return;
    try {
      const lease = await this.#store.read({ timeoutMs: longestRelease });
      if (lease === undefined || holderOf(lease.spec ?? {}) !== this.#options.identity) return;
      await this.#store.write(lease, freeLease(lease.spec ?? {}, this.#options.now()), { timeoutMs: longestRelease });
    } catch (error) {
      this.#options.onNotReleased(error);
    }
  }

  async #run(): Promise<void> {
    const { clock, onError, retryPeriodMs, random } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#try();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!signal.aborted) onError(error, failures);
      }
      // Candidates look twice as often as the leader renews, so that a lease that was freed is not free for long.
      const pause = this.#hasTerm ? retryPeriodMs : (retryPeriodMs / 2) * (0.8 + 0.2 * random());
      const expiry = this.#expiresAt - clock.now();
      await sleep(clock, !this.#hasTerm && expiry > 0 ? Math.min(pause, expiry) : pause, signal);
    }
  }

  /** Renews, or looks whether the lease is to be had and takes it. */
  async #try(): Promise<void> {
    if (!this.#hasTerm || this.#lease === undefined) await this.#look();
    if (!this.#isMine && this.#options.clock.now() < this.#expiresAt) return;
    const isKnown = this.#lease !== undefined;
    try {
      await this.#hold();
    } catch (error) {
      const reason = classify(error);
      const isRace = reason === 'conflict' || reason === 'alreadyExists' || (isKnown && reason === 'notFound');
      if (!isRace) throw error;
      // Somebody was faster, or only the answer to our last write was lost: then there is no time to lose.
      await this.#look();
      if (this.#isMine) await this.#hold();
    }
  }

  async #hold(): Promise<void> {
    const { clock, identity, leaseDurationMs, renewDeadlineMs, now } = this.#options;
    const sentAt = clock.now();
    const spec = holdLease(this.#lease?.spec ?? {}, identity, leaseDurationMs, now());
    this.#mayHold = true;
    this.#see(await this.#store.write(this.#lease, spec, this.#limits()));
    this.#beginTerm(sentAt + renewDeadlineMs);
  }

  async #look(): Promise<void> {
    this.#see(await this.#store.read(this.#limits()));
    if (this.#isMine) return;
    this.#mayHold = false;
    this.#endTerm();
  }

  #see(lease: Lease | undefined): void {
    const { clock, identity, onLeader } = this.#options;
    if (!isUnchanged(this.#lease?.spec ?? {}, lease?.spec ?? {})) this.#seenAt = clock.now();
    this.#lease = lease;
    const leader = holderOf(lease?.spec ?? {});
    if (leader === this.#leader) return;
    this.#leader = leader;
    if (leader !== undefined && leader !== identity) onLeader(leader);
  }

  get #isMine(): boolean {
    return this.#leader === this.#options.identity;
  }

  get #expiresAt(): number {
    return expiresAt(this.#lease?.spec ?? {}, this.#seenAt, this.#options.leaseDurationMs);
  }

  #beginTerm(validUntil: number): void {
    const { clock, onElected } = this.#options;
    // A renewal whose answer lay unread for too long, because the process was paused, is worth nothing.
    if (clock.now() >= validUntil) return;
    // Writes have been refused since the last one ended: that term is over, even if its timer is late.
    if (clock.now() >= this.#validUntil) this.#endTerm();
    this.#validUntil = validUntil;
    this.#cancelEnd();
    this.#cancelEnd = clock.setTimer(() => this.#endTerm(), validUntil - clock.now());
    if (this.#hasTerm) return;
    this.#hasTerm = true;
    onElected();
  }

  #endTerm(): void {
    this.#cancelEnd();
    if (!this.#hasTerm) return;
    this.#hasTerm = false;
    this.#options.onDeposed();
  }

  /** A request that hangs leaves time for another one within the deadline. */
  #limits(): LeaseLimits {
    const timeoutMs = Math.min(this.#options.renewDeadlineMs / 2, longestRequest);
    return { timeoutMs, signal: this.#stopping.signal };
  }
}
