import type { Kind } from '../api/kinds.ts';
import type { ReflectorOptions, ReflectorState } from './follower.ts';
import { Follower } from './follower.ts';
import { compareResourceVersions } from './resource-version.ts';

export type { ReflectorOptions, ReflectorState } from './follower.ts';

/** A projection of all objects of one kind that keeps itself up to date. */
export class Reflector<T> {
  readonly kind: Kind;
  readonly #follower: Follower<T>;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.kind = options.kind;
    this.#follower = new Follower(options);
  }

  get state(): ReflectorState {
    return this.#follower.state;
  }

  /** The first list is complete, or the kind is not installed; stays true. */
  get hasSynced(): boolean {
    return this.#follower.hasSynced;
  }

  /** The kind was not installed when the API server was last asked; an outage since changes nothing of it. */
  get isAbsent(): boolean {
    return this.#follower.isAbsent;
  }

  /** Grows when the cluster was restored from a backup, so that older resourceVersions are news. */
  get epoch(): number {
    return this.#follower.store.epoch;
  }

  get size(): number {
    return this.#follower.store.size;
  }

  get(key: string): T | undefined {
    return this.#follower.store.get(key)?.value;
  }

  uidOf(key: string): string | undefined {
    return this.#follower.store.get(key)?.uid;
  }

  resourceVersionOf(key: string): string | undefined {
    return this.#follower.store.get(key)?.resourceVersion;
  }

  *entries(): Generator<[key: string, value: T], void, void> {
    for (const [key, entry] of this.#follower.store.entries()) yield [key, entry.value];
  }

  *values(): Generator<T, void, void> {
    for (const [, entry] of this.#follower.store.entries()) yield entry.value;
  }

  /**
   * Whether a write that returned `resourceVersion` is in what is known here (read your own writes). `epoch` is the
   * reflector's at the time of the write: in another epoch the old version means nothing any more.
   */
  hasSeen(resourceVersion: string, epoch: number = this.epoch): boolean {
    if (this.isAbsent || epoch !== this.epoch) return true;
    const known = this.#follower.store.resourceVersion;
    return known !== undefined && compareResourceVersions(known, resourceVersion) >= 0;
  }

  /** Resolves with the first complete list; rejects when `signal` is aborted before. */
  whenSynced(signal?: AbortSignal): Promise<void> {
    if (signal === undefined) return this.#follower.synced;
    return new Promise((resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      void this.#follower.synced.then(resolve);
    });
  }

  /** Begins; a second call does nothing. */
  start(signal?: AbortSignal): void {
    if (this.#running !== undefined) return;
    const all = signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal]);
    this.#running = this.#follower.run(all);
  }

  /** Ends; nothing is called any more once it has resolved. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}
