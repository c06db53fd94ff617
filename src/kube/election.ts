import { apiVersionOf, leaseKind } from '../api/kinds.ts';
import { type Clock, sleep } from './clock.ts';
import { classify } from './errors.ts';
import { expiresAt, freeLease, holderOf, holdLease, isFree, type LeaseSpec, type SeenLease } from './lease.ts';
import { pathOf } from './path.ts';
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
}

/**
 * Leader election by a Lease, understood by everything that speaks client-go's protocol.
 *
 * A term lasts until `renewDeadline` after the *sending* of the last renewal that succeeded. Others cannot have seen that
 * renewal earlier, and wait `leaseDuration` from then on: a process that was paused finds its term over before theirs begins.
 */
export class Election {
  readonly #options: ElectionOptions;
  readonly #path: string;
  readonly #stopping = new AbortController();
  #lease: SeenLease | undefined;
  #leader: string | undefined;
  #validUntil = Number.NEGATIVE_INFINITY;
  #hasTerm = false;
  #cancelEnd: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#path = pathOf(leaseKind, options.namespace, options.name);
  }

  /** Whether this process may write, right now, by the monotonic clock. */
  get isLeader(): boolean {
    return this.#hasTerm && this.#options.clock.now() < this.#validUntil;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the term, if there is one, and frees the lease for the next one. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    const wasLeader = this.isLeader;
    this.#endTerm();
    if (!wasLeader || this.#lease === undefined) return;
    try {
      await this.#put(freeLease(this.#lease.spec, this.#options.now()), this.#lease.resourceVersion);
    } catch (error) {
      this.#options.onError(error, 1);
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
      const expiry = this.#hasTerm || this.#lease === undefined ? undefined : this.#untilExpiry(this.#lease);
      await sleep(clock, Math.min(pause, expiry ?? pause), signal);
    }
  }

  /** Milliseconds until the lease of another one ends; undefined when it has, and was not to be had. */
  #untilExpiry({ spec, seenAt }: SeenLease): number | undefined {
    const left = expiresAt(spec, seenAt) - this.#options.clock.now();
    return left > 0 ? left : undefined;
  }

  /** Renews, or looks whether the lease is to be had and takes it. */
  async #try(): Promise<void> {
    const { clock, identity } = this.#options;
    if (!this.#hasTerm || this.#lease === undefined) await this.#look();
    const lease = this.#lease;
    const isMine = lease !== undefined && holderOf(lease.spec) === identity;
    if (lease !== undefined && !isMine && !isFree(lease, clock.now())) return;
    try {
      await this.#hold(lease);
    } catch (error) {
      // Somebody was faster: what they made of it is looked at now, not at the next turn.
      if (classify(error) !== 'conflict' && classify(error) !== 'alreadyExists' && classify(error) !== 'notFound') {
        throw error;
      }
      await this.#look();
    }
  }

  async #hold(lease: SeenLease | undefined): Promise<void> {
    const { clock, identity, leaseDurationMs, renewDeadlineMs, now } = this.#options;
    const sentAt = clock.now();
    const spec = holdLease(lease?.spec ?? {}, identity, leaseDurationMs, now());
    this.#see(lease === undefined ? await this.#create(spec) : await this.#put(spec, lease.resourceVersion));
    this.#beginTerm(sentAt + renewDeadlineMs);
  }

  async #look(): Promise<void> {
    try {
      const { body } = await this.#options.transport.request<Lease>({
        method: 'GET',
        path: this.#path,
        ...this.#limits(),
      });
      this.#see(body);
    } catch (error) {
      if (classify(error) !== 'notFound') throw error;
      this.#lease = undefined;
    }
    if (this.#lease === undefined || holderOf(this.#lease.spec) !== this.#options.identity) this.#endTerm();
  }

  #see({ metadata, spec }: Lease): void {
    const { resourceVersion } = metadata;
    if (this.#lease?.resourceVersion === resourceVersion) return;
    this.#lease = { spec, resourceVersion, seenAt: this.#options.clock.now() };
    const leader = holderOf(spec);
    if (leader === this.#leader) return;
    this.#leader = leader;
    if (leader !== undefined && leader !== this.#options.identity) this.#options.onLeader(leader);
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

  async #create(spec: LeaseSpec): Promise<Lease> {
    const { transport, namespace, name } = this.#options;
    const { body } = await transport.request<Lease>({
      method: 'POST',
      path: pathOf(leaseKind, namespace),
      body: { apiVersion: apiVersionOf(leaseKind), kind: leaseKind.kind, metadata: { namespace, name }, spec },
      ...this.#limits(),
    });
    return body;
  }

  /** `conflict` when the lease is another one than was seen. */
  async #put(spec: LeaseSpec, resourceVersion: string): Promise<Lease> {
    const { transport, namespace, name } = this.#options;
    const metadata = { namespace, name, resourceVersion };
    const { body } = await transport.request<Lease>({
      method: 'PUT',
      path: this.#path,
      body: { apiVersion: apiVersionOf(leaseKind), kind: leaseKind.kind, metadata, spec },
      ...this.#limits(),
    });
    return body;
  }

  /** A request that hangs leaves time for another one within the deadline. */
  #limits(): { readonly timeoutMs: number; readonly isBesideWrites: true } {
    return { timeoutMs: this.#options.renewDeadlineMs / 2, isBesideWrites: true };
  }
}

interface Lease {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: LeaseSpec;
}
