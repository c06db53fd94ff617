import type { WssRoute } from '../api/wssroute.ts';
import { attachmentsOf, scopeOf } from '../route/attachment.ts';
import { compareAge, describeRoute, formatClaim, hostsOf } from '../route/claims.ts';

/** One host at one attachment, as `scope host`. */
type Place = string;

/** Ranks from here on are alike: nobody needs more than one successor. */
const lastRank = 2;

/** Knows of each host who serves it first, by age, and who would follow when that route went. */
export class HostIndex {
  readonly #routes = new Map<Place, Map<string, WssRoute>>();

  /** Replaces what is known of a route. Returns the keys of the routes whose rank is another now. */
  change(key: string, before: WssRoute | undefined, after: WssRoute | undefined): ReadonlySet<string> {
    const places = new Set([...listPlaces(before), ...listPlaces(after)]);
    const earlier = new Map([...places].map((place) => [place, this.#findLeaders(place)]));
    for (const place of listPlaces(before)) this.#remove(key, place);
    if (after !== undefined) for (const place of listPlaces(after)) this.#add(key, place, after);
    const concerned = new Set<string>();
    for (const place of places) {
      const old = earlier.get(place) ?? [];
      const now = this.#findLeaders(place);
      for (let rank = 0; rank < lastRank; rank += 1) {
        if (old[rank] === now[rank]) continue;
        for (const other of [old[rank], now[rank]]) if (other !== undefined) concerned.add(other);
      }
    }
    concerned.delete(key);
    return concerned;
  }

  /**
   * Place of a route among those that serve its hosts, as `scope host`; from 2 on all are alike. One that stands for the host already
   * (`isStanding`) goes on until one of those before it does: when two older ones come at once, the host is not left alone meanwhile.
   */
  ranksOf(
    key: string,
    route: WssRoute,
    isStanding: (place: Place, key: string) => boolean = () => false,
  ): ReadonlyMap<Place, number> {
    return new Map(
      listPlaces(route).map((place) => {
        const leaders = this.#findLeaders(place);
        const rank = leaders.indexOf(key);
        if (rank !== -1) return [place, rank];
        const isNeeded = isStanding(place, key) && !leaders.some((leader) => isStanding(place, leader));
        return [place, isNeeded ? lastRank - 1 : lastRank];
      }),
    );
  }

  /** The oldest route, and the oldest of those that serve a path beside it. */
  #findLeaders(place: Place): readonly string[] {
    const routes = this.#routes.get(place);
    if (routes === undefined) return [];
    const first = findOldest(routes, () => true);
    if (first === undefined) return [];
    const taken = new Set(listPaths(routes.get(first), place));
    const second = findOldest(routes, (route) => listPaths(route, place).some((path) => !taken.has(path)));
    return second === undefined ? [first] : [first, second];
  }

  #add(key: string, place: Place, route: WssRoute): void {
    const routes = this.#routes.get(place);
    if (routes === undefined) this.#routes.set(place, new Map([[key, route]]));
    else routes.set(key, route);
  }

  #remove(key: string, place: Place): void {
    const routes = this.#routes.get(place);
    routes?.delete(key);
    if (routes?.size === 0) this.#routes.delete(place);
  }
}

function listPlaces(route: WssRoute | undefined): readonly Place[] {
  if (route === undefined) return [];
  return attachmentsOf(route).flatMap((attachment) => hostsOf(route).map((host) => `${scopeOf(attachment)} ${host}`));
}

function listPaths(route: WssRoute | undefined, place: Place): readonly string[] {
  return (route?.spec.paths ?? []).map(({ path }) => formatClaim(place, '', path));
}

function findOldest(routes: ReadonlyMap<string, WssRoute>, isWanted: (route: WssRoute) => boolean): string | undefined {
  let oldest: { readonly key: string; readonly route: WssRoute } | undefined;
  for (const [key, route] of routes) {
    if (oldest !== undefined && compareAge(describeRoute(route), describeRoute(oldest.route)) >= 0) continue;
    if (isWanted(route)) oldest = { key, route };
  }
  return oldest?.key;
}
