import type { Kind } from '../api/kinds.ts';
import type { ReflectorState } from '../kube/reflector.ts';

/** What is known of one kind, by one reflector or by several. A Reflector is one. */
export interface Cache<T> {
  readonly kind: Kind;
  readonly state: ReflectorState;
  readonly hasSynced: boolean;
  /** The kind is not installed. */
  readonly isAbsent: boolean;
  /** Grows when the cluster was restored from a backup, so that older resourceVersions are news. */
  readonly epoch: number;
  readonly size: number;
  get(key: string): T | undefined;
  uidOf(key: string): string | undefined;
  resourceVersionOf(key: string): string | undefined;
  entries(): Iterable<[key: string, value: T]>;
  values(): Iterable<T>;
  /** Whether a write of `key` that returned `resourceVersion` is in what is known here; `epoch` is that of the time of the write. */
  hasSeen(resourceVersion: string, epoch: number, key: string): boolean;
  whenSynced(signal?: AbortSignal): Promise<void>;
  start(signal?: AbortSignal): void;
  stop(): Promise<void>;
}

/** The part of a cache that is wanted; the rest is as if it were not there. */
export function filterCache<T>(cache: Cache<T>, isWanted: (value: T) => boolean): Cache<T> {
  function get(key: string): T | undefined {
    const value = cache.get(key);
    return value !== undefined && isWanted(value) ? value : undefined;
  }
  function* entries(): Generator<[key: string, value: T]> {
    for (const entry of cache.entries()) if (isWanted(entry[1])) yield entry;
  }
  function* values(): Generator<T> {
    for (const [, value] of entries()) yield value;
  }
  return {
    kind: cache.kind,
    get state() {
      return cache.state;
    },
    get hasSynced() {
      return cache.hasSynced;
    },
    get isAbsent() {
      return cache.isAbsent;
    },
    get epoch() {
      return cache.epoch;
    },
    get size() {
      return [...values()].length;
    },
    get,
    uidOf: (key) => (get(key) === undefined ? undefined : cache.uidOf(key)),
    resourceVersionOf: (key) => (get(key) === undefined ? undefined : cache.resourceVersionOf(key)),
    entries,
    values,
    hasSeen: (...write) => cache.hasSeen(...write),
    whenSynced: (signal) => cache.whenSynced(signal),
    start: (signal) => cache.start(signal),
    stop: () => cache.stop(),
  };
}
