import type { WssRoute } from '../api/wssroute.ts';
import { backendsOf, describeBalancing } from '../route/balancing.ts';

/** Knows for each Service and port in which ways the routes on it want to be balanced. */
export class BalancingIndex {
  /** Backend → way of balancing → keys of the routes. */
  readonly #ways = new Map<string, Map<string, Set<string>>>();

  /** Replaces what is known of a route. Returns the keys of the routes whose company has changed. */
  change(key: string, before: WssRoute | undefined, after: WssRoute | undefined): ReadonlySet<string> {
    const concerned = new Set<string>();
    for (const { backend, way } of listWays(before)) {
      if (this.#remove(key, backend, way)) this.#collectOthers(backend, way, concerned);
    }
    for (const { backend, way } of listWays(after)) {
      if (this.#add(key, backend, way)) this.#collectOthers(backend, way, concerned);
    }
    return concerned;
  }

  /** One route for each backend on which somebody wants another way. */
  findRivals(route: WssRoute): readonly string[] {
    const own = describeBalancing(route);
    const rivals = new Set<string>();
    for (const backend of backendsOf(route)) {
      for (const [way, keys] of this.#ways.get(backend) ?? []) {
        const [rival] = keys;
        if (way !== own && rival !== undefined) rivals.add(rival);
      }
    }
    return [...rivals].sort();
  }

  /** Whether the way is new on the backend. */
  #add(key: string, backend: string, way: string): boolean {
    const ways = this.#ways.get(backend) ?? new Map<string, Set<string>>();
    this.#ways.set(backend, ways);
    const keys = ways.get(way);
    if (keys === undefined) ways.set(way, new Set([key]));
    else keys.add(key);
    return keys === undefined;
  }

  /** Whether nobody wants the way on the backend any more. */
  #remove(key: string, backend: string, way: string): boolean {
    const ways = this.#ways.get(backend);
    const keys = ways?.get(way);
    keys?.delete(key);
    if (keys === undefined || keys.size > 0) return false;
    ways?.delete(way);
    if (ways?.size === 0) this.#ways.delete(backend);
    return true;
  }

  #collectOthers(backend: string, way: string, into: Set<string>): void {
    for (const [other, keys] of this.#ways.get(backend) ?? []) {
      if (other !== way) for (const key of keys) into.add(key);
    }
  }
}

function listWays(route: WssRoute | undefined): readonly { readonly backend: string; readonly way: string }[] {
  if (route === undefined) return [];
  const way = describeBalancing(route);
  return backendsOf(route).map((backend) => ({ backend, way }));
}
