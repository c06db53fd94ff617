import type { KubeObject } from '../api/objects.ts';
import { formatKey } from '../api/objects.ts';
import { compareResourceVersions } from './resource-version.ts';

/** What is kept of an object: its projection and what tells it apart from other states of the same name. */
export interface Entry<T> {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly value: T;
}

export type OnChange<T> = (key: string, before: T | undefined, after: T | undefined) => void;

/**
 * The last known state of one kind. It never goes back: neither an older event nor the end of an earlier namesake can
 * undo what is known. An object that was deleted and made again is first reported as deleted, then as added.
 */
export class Store<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #onChange: OnChange<T>;
  #resourceVersion: string | undefined;
  #epoch = 0;

  /** `onChange` must not throw. */
  constructor(onChange: OnChange<T>) {
    this.#onChange = onChange;
  }

  /** The newest resourceVersion that was processed, from objects, bookmarks and lists. */
  get resourceVersion(): string | undefined {
    return this.#resourceVersion;
  }

  /** Grows when the history of the cluster was replaced by an older one (restored from a backup). */
  get epoch(): number {
    return this.#epoch;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Entry<T> | undefined {
    return this.#entries.get(key);
  }

  entries(): MapIterator<[string, Entry<T>]> {
    return this.#entries.entries();
  }

  /** An event of type ADDED or MODIFIED; which of them does not matter. */
  set(key: string, entry: Entry<T>): void {
    const known = this.#entries.get(key);
    if (known !== undefined && compareResourceVersions(entry.resourceVersion, known.resourceVersion) <= 0) return;
    this.advance(entry.resourceVersion);
    this.#put(key, entry);
  }

  /** An event of type DELETED; `resourceVersion` is that of the deletion. */
  delete(key: string, uid: string, resourceVersion: string): void {
    this.advance(resourceVersion);
    const known = this.#entries.get(key);
    if (known === undefined) return;
    const order = compareResourceVersions(resourceVersion, known.resourceVersion);
    if (order < 0 || (order === 0 && known.uid !== uid)) return;
    this.#drop(key, known);
  }

  /** A bookmark, or any event: everything up to `resourceVersion` is known. */
  advance(resourceVersion: string): void {
    if (this.#resourceVersion === undefined || compareResourceVersions(resourceVersion, this.#resourceVersion) > 0) {
      this.#resourceVersion = resourceVersion;
    }
  }

  /** A whole list: what is not in it is gone. Unlike an event it is believed even when it is older than what is known. */
  replace(entries: ReadonlyMap<string, Entry<T>>, resourceVersion: string): void {
    if (this.#resourceVersion !== undefined && compareResourceVersions(resourceVersion, this.#resourceVersion) < 0) {
      this.#epoch += 1;
    }
    this.#resourceVersion = resourceVersion;
    for (const [key, known] of this.#entries) {
      if (!entries.has(key)) this.#drop(key, known);
    }
    for (const [key, entry] of entries) {
      const known = this.#entries.get(key);
      if (known?.uid === entry.uid && known.resourceVersion === entry.resourceVersion) continue;
      this.#put(key, entry);
    }
  }

  /** The kind is not installed: nothing of it is left, and its versions start anew. */
  clear(): void {
    for (const [key, known] of this.#entries) this.#drop(key, known);
    this.#resourceVersion = undefined;
  }

  #put(key: string, entry: Entry<T>): void {
    const known = this.#entries.get(key);
    if (known !== undefined && known.uid !== entry.uid) {
      this.#drop(key, known);
      this.#entries.set(key, entry);
      this.#onChange(key, undefined, entry.value);
      return;
    }
    this.#entries.set(key, entry);
    this.#onChange(key, known?.value, entry.value);
  }

  #drop(key: string, known: Entry<T>): void {
    this.#entries.delete(key);
    this.#onChange(key, known.value, undefined);
  }
}

/** What the store keeps of an object that the API server sent. */
export function entryOf<T>(object: KubeObject, project: (object: KubeObject) => T): [key: string, entry: Entry<T>] {
  const { uid = '', resourceVersion = '' } = object.metadata;
  return [formatKey(object.metadata), { uid, resourceVersion, value: project(object) }];
}
