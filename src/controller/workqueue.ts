import type { BackoffSettings } from '../kube/backoff.ts';
import { backoffMs } from '../kube/backoff.ts';
import type { Clock } from '../kube/clock.ts';

/** `live`: something has just changed. `background`: start-up, resync. Live goes first. */
export type Lane = 'live' | 'background';

export interface WorkqueueOptions {
  readonly random: () => number;
  readonly clock: Clock;
  readonly metrics?: WorkqueueMetrics;
  /** Of repeated failures of one key: 5 ms … 5 min when not given. */
  readonly backoff?: BackoffSettings;
}

/** Called as things happen; must not throw. */
export interface WorkqueueMetrics {
  depth?(keys: number): void;
  added?(key: string, lane: Lane): void;
  /** From ready to begun. */
  queued?(seconds: number, lane: Lane): void;
  worked?(seconds: number): void;
  retried?(key: string): void;
  failed?(key: string, error: unknown): void;
}

export type Reconcile = (key: string, signal: AbortSignal) => Promise<void>;

interface Ready {
  readonly lane: Lane;
  readonly since: number;
}

interface Delayed {
  readonly lane: Lane;
  readonly dueAt: number;
  readonly cancel: () => void;
}

interface Running {
  readonly lane: Lane;
  /** Set when the key was added meanwhile: it runs again afterwards. */
  again: Lane | undefined;
  isRetried: boolean;
}

const defaultBackoff: BackoffSettings = { baseMs: 5, capMs: 300_000 };

/**
 * Which keys are to be reconciled. A key waits at most once and runs at most once at a time; one that is added while it
 * runs, runs again afterwards. A key that fails comes back for ever, ever more slowly.
 */
export class Workqueue {
  readonly #options: WorkqueueOptions;
  readonly #ready = new Map<string, Ready>();
  /** The order of the ready keys; a key that is ready in another lane (or no more) is skipped. */
  readonly #lanes: Readonly<Record<Lane, Fifo>> = { live: new Fifo(), background: new Fifo() };
  readonly #delayed = new Map<string, Delayed>();
  readonly #running = new Map<string, Running>();
  readonly #failures = new Map<string, number>();
  readonly #abort = new AbortController();
  #reconcile: Reconcile | undefined;
  #workers = 0;
  #isStopped = false;
  #isPumping = false;
  #onIdle: (() => void) | undefined;

  constructor(options: WorkqueueOptions) {
    this.#options = options;
  }

  /** Keys that wait and could run now; without those that wait for their time. */
  get depth(): number {
    return this.#ready.size;
  }

  get inFlight(): number {
    return this.#running.size;
  }

  /** Adds a key: now, or after a time. Of several times the earliest counts, of several lanes `live`. */
  add(key: string, options: { readonly lane?: Lane; readonly afterMs?: number } = {}): void {
    if (this.#isStopped) return;
    const { lane = 'live', afterMs = 0 } = options;
    this.#options.metrics?.added?.(key, lane);
    if (afterMs > 0) this.#delay(key, lane, afterMs);
    else this.#makeReady(key, lane);
  }

  /** Adds a key after a failure: later each time, until {@link forget}; not before `minimumMs`. */
  retry(key: string, options: { readonly minimumMs?: number } = {}): void {
    if (this.#isStopped) return;
    const attempt = this.#failures.get(key) ?? 0;
    this.#failures.set(key, attempt + 1);
    const running = this.#running.get(key);
    if (running !== undefined) running.isRetried = true;
    this.#options.metrics?.retried?.(key);
    const wait = backoffMs(this.#options.backoff ?? defaultBackoff, attempt, this.#options.random);
    this.#delay(key, running?.lane ?? 'live', Math.max(wait, options.minimumMs ?? 0));
  }

  /** The next failure of the key counts as its first. Also done when it succeeds without a {@link retry}. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Begins. A rejection of `reconcile` is a failure: it is retried. `signal` is aborted when the time to stop is over. */
  run(workers: number, reconcile: Reconcile): void {
    this.#workers = workers;
    this.#reconcile = reconcile;
    this.#pump();
  }

  /** Takes nothing more; waits for what is under way, then aborts it. */
  async stop(deadlineMs: number): Promise<{ readonly unfinished: readonly string[] }> {
    this.#isStopped = true;
    for (const delayed of this.#delayed.values()) delayed.cancel();
    this.#delayed.clear();
    this.#ready.clear();
    this.#options.metrics?.depth?.(0);
    if (this.#running.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onIdle = resolve;
      const cancel = this.#options.clock.setTimer(resolve, deadlineMs);
      await promise;
      cancel();
    }
    const unfinished = [...this.#running.keys()];
    this.#abort.abort();
    return { unfinished };
  }

  #makeReady(key: string, lane: Lane): void {
    const delayed = this.#delayed.get(key);
    delayed?.cancel();
    this.#delayed.delete(key);
    const wanted = delayed === undefined ? lane : higher(lane, delayed.lane);
    const running = this.#running.get(key);
    if (running !== undefined) {
      running.again = running.again === undefined ? wanted : higher(wanted, running.again);
      return;
    }
    const known = this.#ready.get(key);
    if (known !== undefined && higher(known.lane, wanted) === known.lane) return;
    this.#ready.set(key, { lane: wanted, since: known?.since ?? this.#options.clock.now() });
    this.#lanes[wanted].push(key);
    this.#options.metrics?.depth?.(this.#ready.size);
    this.#pump();
  }

  #delay(key: string, lane: Lane, ms: number): void {
    // It runs before that anyhow; only its lane may rise.
    if (this.#ready.has(key)) {
      this.#makeReady(key, lane);
      return;
    }
    const now = this.#options.clock.now();
    const known = this.#delayed.get(key);
    known?.cancel();
    const dueAt = Math.min(now + ms, known?.dueAt ?? Number.POSITIVE_INFINITY);
    const wanted = known === undefined ? lane : higher(lane, known.lane);
    const cancel = this.#options.clock.setTimer(() => {
      this.#delayed.delete(key);
      this.#makeReady(key, wanted);
    }, dueAt - now);
    this.#delayed.set(key, { lane: wanted, dueAt, cancel });
  }

  /** In a microtask, so that `add` returns before anything runs. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      while (this.#reconcile !== undefined && !this.#isStopped && this.#running.size < this.#workers) {
        const key = this.#take('live') ?? this.#take('background');
        if (key === undefined) return;
        void this.#work(key, this.#reconcile);
      }
    });
  }

  #take(lane: Lane): string | undefined {
    for (let key = this.#lanes[lane].shift(); key !== undefined; key = this.#lanes[lane].shift()) {
      if (this.#ready.get(key)?.lane === lane) return key;
    }
    return undefined;
  }

  async #work(key: string, reconcile: Reconcile): Promise<void> {
    const { clock, metrics } = this.#options;
    const ready = this.#ready.get(key);
    const lane = ready?.lane ?? 'live';
    const startedAt = clock.now();
    const running: Running = { lane, again: undefined, isRetried: false };
    this.#ready.delete(key);
    this.#running.set(key, running);
    metrics?.depth?.(this.#ready.size);
    metrics?.queued?.((startedAt - (ready?.since ?? startedAt)) / 1000, lane);
    try {
      await reconcile(key, this.#abort.signal);
      if (!running.isRetried) this.forget(key);
    } catch (error) {
      metrics?.failed?.(key, error);
      if (!running.isRetried) this.retry(key);
    }
    metrics?.worked?.((clock.now() - startedAt) / 1000);
    this.#running.delete(key);
    if (running.again !== undefined && !this.#isStopped) this.#makeReady(key, running.again);
    if (this.#running.size === 0) this.#onIdle?.();
    this.#pump();
  }
}

function higher(a: Lane, b: Lane): Lane {
  return a === 'live' ? a : b;
}

/** An array that is consumed from its front without being moved each time. */
class Fifo {
  #items: string[] = [];
  #head = 0;

  push(item: string): void {
    this.#items.push(item);
  }

  shift(): string | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
