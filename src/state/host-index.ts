import type { WssRoute } from '../api/wssroute.ts';
import { attachmentsOf, scopeOf } from '../route/attachment.ts';
import { type Claimant, compareAge, describeRoute, formatClaim, hostsOf } from '../route/claims.ts';

/** One host at one attachment, as `scope host`. */
type Place = string;

/** What is kept of a route: not the route itself, whose status would stay in memory with it. */
interface Entry {
  readonly claimant: Claimant;
  readonly paths: readonly string[];
}

interface Host {
  readonly routes: Map<string, Entry>;
  /** Keys of the oldest route, and of the oldest of those that serve a path beside it. */
  leaders: readonly string[];
}

/** Ranks from here on are alike: nobody needs more than one successor. */
const lastRank = 2;

/** Knows of each host who serves it first, by age, and who would follow when that route went; of those for which anything can be written. */
export class HostIndex {
  readonly #hosts = new Map<Place, Host>();
  /** Keys of the routes for which nothing can be written. */
  readonly #idle = new Set<string>();

  /** Replaces what is known of a route. Returns the keys of the routes whose rank is another now. */
  change(key: string, before: WssRoute | undefined, after: WssRoute | undefined): ReadonlySet<string> {
    const entry = after && describeEntry(after);
    const taken = new Set(listPlaces(after));
    const concerned = this.#compareRanks(key, [...listPlaces(before), ...taken], (place) =>
      this.#set(key, place, taken.has(place) ? entry : undefined),
    );
    if (after === undefined) this.#idle.delete(key);
    return concerned;
  }

  /**
   * Says whether anything can be written for a route: one that only stands there leads nobody. Returns the keys of the other routes whose
   * rank is another now.
   */
  setIdle(key: string, route: WssRoute, isIdle: boolean): ReadonlySet<string> {
    if (this.#idle.has(key) === isIdle) return new Set();
    if (isIdle) this.#idle.add(key);
    else this.#idle.delete(key);
    return this.#compareRanks(key, listPlaces(route), (place) => {
      const host = this.#hosts.get(place);
      if (host === undefined || (isIdle && !host.leaders.includes(key))) return;
      host.leaders = isIdle ? this.#chooseLeaders(host.routes.keys(), host.routes) : this.#addCandidate(key, host);
    });
  }

  /** Place of a route among those that serve its hosts, as `scope host`; from 2 on all are alike. */
  ranksOf(key: string, route: WssRoute): ReadonlyMap<Place, number> {
    return new Map(
      listPlaces(route).map((place) => {
        const rank = this.#findLeaders(place).indexOf(key);
        return [place, rank === -1 ? lastRank : rank];
      }),
    );
  }

  #compareRanks(key: string, places: readonly Place[], change: (place: Place) => void): ReadonlySet<string> {
    const concerned = new Set<string>();
    for (const place of new Set(places)) {
      const old = this.#findLeaders(place);
      change(place);
      const now = this.#findLeaders(place);
      for (let rank = 0; rank < lastRank; rank += 1) {
        if (old[rank] === now[rank]) continue;
        for (const other of [old[rank], now[rank]]) if (other !== undefined) concerned.add(other);
      }
    }
    concerned.delete(key);
    return concerned;
  }

  #findLeaders(place: Place): readonly string[] {
    return this.#hosts.get(place)?.leaders ?? [];
  }

  /** Thousands of routes may share a host: all of them are looked at only when one that leads is another. */
  #set(key: string, place: Place, entry: Entry | undefined): void {
    const host = this.#hosts.get(place) ?? { routes: new Map<string, Entry>(), leaders: [] };
    // What an idle one claims decides who serves, too.
    const isDecisive = host.leaders.includes(key) || this.#idle.has(key);
    if (entry === undefined) host.routes.delete(key);
    else host.routes.set(key, entry);
    if (host.routes.size === 0) {
      this.#hosts.delete(place);
      return;
    }
    this.#hosts.set(place, host);
    if (isDecisive) host.leaders = this.#chooseLeaders(host.routes.keys(), host.routes);
    else if (entry !== undefined) host.leaders = this.#addCandidate(key, host);
  }

  /** The leaders when another route has come. Where the oldest is another, and the one before cannot follow it, somebody else may. */
  #addCandidate(key: string, { leaders, routes }: Host): readonly string[] {
    const found = this.#chooseLeaders([...leaders, key, ...this.#idle], routes);
    const isSure = found[0] !== key || found[1] === leaders[0];
    return isSure ? found : this.#chooseLeaders(routes.keys(), routes);
  }

  /** The leaders of a host among some of its routes: those that serve a path, which no older one claims, idle or not. */
  #chooseLeaders(keys: Iterable<string>, routes: ReadonlyMap<string, Entry>): readonly string[] {
    const entries = [...new Set(keys)].flatMap((key) => {
      const entry = routes.get(key);
      return entry === undefined ? [] : [{ key, ...entry }];
    });
    const leaders: string[] = [];
    const claimed = new Set<string>();
    for (const { key, paths } of entries.sort((left, right) => compareAge(left.claimant, right.claimant))) {
      if (!this.#idle.has(key) && paths.some((path) => !claimed.has(path))) leaders.push(key);
      if (leaders.length === lastRank) break;
      for (const path of paths) claimed.add(path);
    }
    return leaders;
  }
}

function describeEntry(route: WssRoute): Entry {
  // Of a claim only the path counts here.
  return { claimant: describeRoute(route), paths: route.spec.paths.map(({ path }) => formatClaim('', '', path)) };
}

function listPlaces(route: WssRoute | undefined): readonly Place[] {
  if (route === undefined) return [];
  return attachmentsOf(route).flatMap((attachment) => hostsOf(route).map((host) => `${scopeOf(attachment)} ${host}`));
}
