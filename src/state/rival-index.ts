import type { WssRoute } from '../api/wssroute.ts';

/** Knows for each Service and port in which ways the routes on it want to have it, and who wants another one. */
export class RivalIndex {
  /** Backend → way → keys of the routes. */
  readonly #ways = new Map<string, Map<string, Set<string>>>();
  readonly #describe: (route: WssRoute) => ReadonlyMap<string, string>;

  /** `describe` says for each backend of a route in which way the route wants to have it. */
  constructor(describe: (route: WssRoute) => ReadonlyMap<string, string>) {
    this.#describe = describe;
  }

  /** Replaces what is known of a route. Returns the keys of the routes whose rivals are others now. */
  change(key: string, before: WssRoute | undefined, after: WssRoute | undefined): ReadonlySet<string> {
    const left = this.#listWays(before);
    const taken = this.#listWays(after);
    const concerned = new Set<string>();
    if (JSON.stringify(left) === JSON.stringify(taken)) return concerned;
    const backends = new Set([...left, ...taken].map(({ backend }) => backend));
    const named = new Map([...backends].map((backend) => [backend, this.#nameRivals(backend)]));
    for (const { backend, way } of left) this.#remove(key, backend, way);
    for (const { backend, way } of taken) this.#add(key, backend, way);
    for (const backend of backends) {
      if (named.get(backend) === this.#nameRivals(backend)) continue;
      for (const keys of this.#ways.get(backend)?.values() ?? []) for (const each of keys) concerned.add(each);
    }
    return concerned;
  }

  /** One route, always the same, for each other way in which somebody wants a backend of the route. */
  findRivals(route: WssRoute): readonly string[] {
    const rivals = new Set<string>();
    for (const { backend, way: own } of this.#listWays(route)) {
      for (const [way, keys] of this.#ways.get(backend) ?? []) {
        if (way !== own) rivals.add(findSmallest(keys));
      }
    }
    return [...rivals].sort();
  }

  /** Whether another route wants a backend of the route, in whatever way. */
  isShared(key: string, route: WssRoute): boolean {
    return this.#listWays(route).some(({ backend }) =>
      [...(this.#ways.get(backend)?.values() ?? [])].some((keys) => keys.size > 1 || !keys.has(key)),
    );
  }

  /** Who stands for each way on a backend; nobody, while all agree. */
  #nameRivals(backend: string): string {
    const ways = this.#ways.get(backend);
    if (ways === undefined || ways.size < 2) return '';
    return [...ways]
      .map(([way, keys]) => `${way}=${findSmallest(keys)}`)
      .sort()
      .join();
  }

  #add(key: string, backend: string, way: string): void {
    const ways = this.#ways.get(backend) ?? new Map<string, Set<string>>();
    this.#ways.set(backend, ways);
    const keys = ways.get(way);
    if (keys === undefined) ways.set(way, new Set([key]));
    else keys.add(key);
  }

  #remove(key: string, backend: string, way: string): void {
    const ways = this.#ways.get(backend);
    const keys = ways?.get(way);
    keys?.delete(key);
    if (keys?.size === 0) ways?.delete(way);
    if (ways?.size === 0) this.#ways.delete(backend);
  }

  #listWays(route: WssRoute | undefined): readonly { readonly backend: string; readonly way: string }[] {
    return route === undefined ? [] : [...this.#describe(route)].map(([backend, way]) => ({ backend, way }));
  }
}

function findSmallest(keys: Iterable<string>): string {
  let smallest: string | undefined;
  for (const key of keys) if (smallest === undefined || key < smallest) smallest = key;
  return smallest ?? '';
}
