/** The part of a cache that tells how far it has come. */
export interface Progress {
  readonly epoch: number;
  hasSeen(resourceVersion: string, epoch?: number): boolean;
  uidOf(key: string): string | undefined;
}

type Expectation = () => boolean;

/**
 * Read your own writes: what was written for a route and has not come back through the watch yet. A route is not looked at
 * again before, or the same change would be found and written twice.
 */
export class Expectations {
  readonly #pending = new Map<string, readonly Expectation[]>();

  /** A write that gave the object a new version. */
  expectVersion(routeKey: string, cache: Progress, resourceVersion: string): void {
    const { epoch } = cache;
    this.#add(routeKey, () => cache.hasSeen(resourceVersion, epoch));
  }

  /** A deletion: the cache must have lost the object. */
  expectGone(routeKey: string, cache: Progress, objectKey: string, uid: string): void {
    this.#add(routeKey, () => cache.uidOf(objectKey) !== uid);
  }

  /** Whether every write for the route is visible in the caches. */
  isMet(routeKey: string): boolean {
    const open = (this.#pending.get(routeKey) ?? []).filter((isMet) => !isMet());
    if (open.length > 0) this.#pending.set(routeKey, open);
    else this.#pending.delete(routeKey);
    return open.length === 0;
  }

  /** The route is gone. */
  forget(routeKey: string): void {
    this.#pending.delete(routeKey);
  }

  #add(routeKey: string, expectation: Expectation): void {
    this.#pending.set(routeKey, [...(this.#pending.get(routeKey) ?? []), expectation]);
  }
}
