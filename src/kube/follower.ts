import type { Kind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { formatKey } from '../api/objects.ts';
import type { Clock } from './clock.ts';
import { sleep, systemClock } from './clock.ts';
import { ConnectionError, classify } from './errors.ts';
import type { Outage } from './outage.ts';
import { patienceMs, worsen } from './outage.ts';
import { pathOf } from './path.ts';
import { compareResourceVersions } from './resource-version.ts';
import type { Entry } from './store.ts';
import { entryOf, Store } from './store.ts';
import type { Transport } from './transport.ts';
import type { Selection, WatchEvent } from './watch.ts';
import { list, watch } from './watch.ts';

export type ReflectorState =
  | { readonly phase: 'starting' | 'listing' | 'watching' | 'absent' }
  /** `since` is when the outage began, by the clock of the reflector. */
  | { readonly phase: 'retrying'; readonly error: unknown; readonly since: number; readonly attempt: number };

export interface ReflectorOptions<T> {
  readonly transport: Pick<Transport, 'request' | 'stream'>;
  readonly kind: Kind;
  /** All namespaces when not given. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Only `metadata` is transferred. */
  readonly metadataOnly?: boolean;
  /** What is kept of an object; the object itself is not. */
  readonly project: (object: KubeObject) => T;
  /** (key, undefined, t) added, (key, t, u) changed, (key, t, undefined) gone. */
  readonly onChange: (key: string, before: T | undefined, after: T | undefined) => void;
  readonly onState?: (state: ReflectorState) => void;
  /** `project` or `onChange` threw; the stream goes on. */
  readonly onError?: (error: unknown) => void;
  readonly random?: () => number;
  readonly clock?: Clock;
  /** `pages` never asks for a streamed list; for tests and servers before 1.34. */
  readonly mode?: 'auto' | 'pages';
  /** The longest silence of a watch, in milliseconds (75 s): more than the 60 s between two bookmarks. */
  readonly inactivityMs?: number;
  /** A watch is renewed after a random time between once and twice this, in seconds (300). */
  readonly watchSeconds?: number;
}

/** A 404 is believed at once when nothing is known, and after this time when objects would be given up for it. */
const absenceMs = 2_000;
const shortWatchMs = 1_000;

/**
 * Lists and watches one kind into a store, for ever: no error ends it, and no error makes objects vanish.
 * By streamed lists (KEP-3157) where the API server can, else by pages and watches.
 */
export class Follower<T> {
  readonly store: Store<T>;
  readonly synced: Promise<void>;
  hasSynced = false;
  /** The kind is not installed, or has not been listed again since it was not. */
  isAbsent = false;
  readonly #options: ReflectorOptions<T>;
  readonly #selection: Selection;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #resolveSynced: () => void;
  #state: ReflectorState = { phase: 'starting' };
  #mustPage: boolean;
  #mustList = true;
  #mustCheckHistory = false;
  #outage: Outage | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#selection = {
      kind: options.kind,
      ...(options.namespace !== undefined && { namespace: options.namespace }),
      ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
      isMetadataOnly: options.metadataOnly === true,
    };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#mustPage = options.mode === 'pages';
    this.store = new Store((key, before, after) => this.#guard(() => options.onChange(key, before, after)));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#resolveSynced = resolve;
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error, signal);
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    if (this.#mustCheckHistory) await this.#checkHistory(signal);
    if (this.#mustList && this.#mustPage) await this.#listPages(signal);
    await this.#watch(signal);
  }

  /**
   * A watch from a version that lies in the future stays silent instead of failing. That happens when etcd was restored
   * from a backup while the connection was down, so the present is asked for first.
   */
  async #checkHistory(signal: AbortSignal): Promise<void> {
    const known = this.store.resourceVersion;
    if (!this.#mustList && known !== undefined) {
      const options = { signal, pageSize: 1, isFirstPageEnough: true };
      const present = await list(this.#options.transport, this.#selection, options, () => {});
      if (compareResourceVersions(present, known) < 0) this.#mustList = true;
    }
    this.#mustCheckHistory = false;
  }

  async #listPages(signal: AbortSignal): Promise<void> {
    if (this.#outage === undefined) this.#setState({ phase: 'listing' });
    const found = new Map<string, Entry<T>>();
    const version = await list(this.#options.transport, this.#selection, { signal }, (object) =>
      this.#guard(() => found.set(...entryOf(object, this.#options.project))),
    );
    this.#replace(found, version);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const startedAt = this.#clock.now();
    let initial: Map<string, Entry<T>> | undefined = this.#mustList ? new Map() : undefined;
    if (initial !== undefined && this.#outage === undefined) this.#setState({ phase: 'listing' });
    let isEmpty = true;
    const events = watch(this.#options.transport, this.#selection, {
      resourceVersion: initial === undefined ? this.store.resourceVersion : undefined,
      timeoutSeconds: Math.round((this.#options.watchSeconds ?? 300) * (1 + this.#random())),
      inactivityMs: this.#options.inactivityMs ?? 75_000,
      signal,
      onOpen: () => this.#setState({ phase: initial === undefined ? 'watching' : 'listing' }),
    });
    for await (const event of events) {
      if (signal.aborted) return;
      isEmpty = false;
      if (initial === undefined) {
        this.#outage = undefined;
        if (!this.#take(event)) return;
        continue;
      }
      this.#collect(event, initial);
      if (event.type !== 'bookmark' || !event.isInitialEnd) continue;
      this.#outage = undefined;
      this.#replace(initial, event.resourceVersion);
      this.#setState({ phase: 'watching' });
      initial = undefined;
    }
    if (signal.aborted) return;
    const isShort = this.#clock.now() - startedAt < shortWatchMs;
    if (initial === undefined && !(isEmpty && isShort)) {
      this.#outage = undefined;
      return;
    }
    // A server that does not know streamed lists takes them for plain watches, and never ends the initial events.
    if (initial !== undefined && !isShort) this.#mustPage = true;
    const request = { method: 'WATCH', path: pathOf(this.#options.kind, this.#options.namespace) };
    throw new ConnectionError(request, 'the API server ended the watch before anything came');
  }

  /** False when the history has gone back and everything is to be listed again. */
  #take(event: WatchEvent): boolean {
    if (event.type === 'bookmark') {
      const known = this.store.resourceVersion;
      this.#mustList = known !== undefined && compareResourceVersions(event.resourceVersion, known) < 0;
      this.store.advance(event.resourceVersion);
      return !this.#mustList;
    }
    const { object } = event;
    const { uid = '', resourceVersion = '' } = object.metadata;
    this.#guard(() => {
      if (event.type === 'put') this.store.set(...entryOf(object, this.#options.project));
      else this.store.delete(formatKey(object.metadata), uid, resourceVersion);
    });
    this.store.advance(resourceVersion);
    return true;
  }

  #collect(event: WatchEvent, initial: Map<string, Entry<T>>): void {
    if (event.type === 'put') this.#guard(() => initial.set(...entryOf(event.object, this.#options.project)));
    if (event.type === 'delete') initial.delete(formatKey(event.object.metadata));
  }

  #replace(found: ReadonlyMap<string, Entry<T>>, resourceVersion: string): void {
    this.isAbsent = false;
    this.store.replace(found, resourceVersion);
    this.#mustList = false;
    this.#mustPage = this.#options.mode === 'pages';
    this.#sync();
  }

  #sync(): void {
    this.hasSynced = true;
    this.#resolveSynced();
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const kind = classify(error);
    // 422 from servers without streamed lists (the feature gate is off before 1.34), 400 and 403 from what stands before them.
    if (this.#mustList && !this.#mustPage && (kind === 'invalid' || kind === 'forbidden')) {
      this.#mustPage = true;
      return;
    }
    const now = this.#clock.now();
    this.#outage = worsen(this.#outage, error, now);
    if (kind === 'expired') this.#mustList = true;
    this.#mustCheckHistory = true;
    const isGone = kind === 'notFound' && (this.store.size === 0 || now - this.#outage.causeSince >= absenceMs);
    if (isGone) {
      this.store.clear();
      this.#mustList = true;
      this.isAbsent = true;
      this.#setState({ phase: 'absent' });
      this.#sync();
    } else {
      this.#setState({ phase: 'retrying', error, since: this.#outage.since, attempt: this.#outage.attempt });
    }
    await sleep(this.#clock, patienceMs(this.#outage, error, now, this.#random), signal);
  }

  #setState(state: ReflectorState): void {
    if (state.phase === this.#state.phase && state.phase !== 'retrying') return;
    this.#state = state;
    this.#guard(() => this.#options.onState?.(state));
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.onError?.(error);
    }
  }
}
