type Expectation = () => boolean;

/**
 * Read your own writes: what was written for a route and has not come back through the watch yet. A route is not looked at
 * again before, or the same change would be found and written twice.
 */
export class Expectations {
  readonly #pending = new Map<string, readonly Expectation[]>();

  /** To be called when a write has succeeded: `isMet` tells whether the cache has it. */
  expect(routeKey: string, isMet: Expectation): void {
    this.#pending.set(routeKey, [...(this.#pending.get(routeKey) ?? []), isMet]);
  }

  /** Whether every write for the route is visible in the caches. */
  areMet(routeKey: string): boolean {
    const open = (this.#pending.get(routeKey) ?? []).filter((isMet) => !isMet());
    if (open.length > 0) this.#pending.set(routeKey, open);
    else this.#pending.delete(routeKey);
    return open.length === 0;
  }

  /** Whether the route has not been looked at since its last write. */
  isWaiting(routeKey: string): boolean {
    return this.#pending.has(routeKey);
  }

  /** All routes that have not been looked at since their last write. */
  waiting(): Iterable<string> {
    return this.#pending.keys();
  }

  /** The route is gone. */
  forget(routeKey: string): void {
    this.#pending.delete(routeKey);
  }
}
