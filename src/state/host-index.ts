import type { WssRoute } from '../api/wssroute.ts';
import { attachmentsOf, scopeOf } from '../route/attachment.ts';
import { type Claimant, compareAge, describeRoute, hostsOf } from '../route/claims.ts';
import { Groups } from './groups.ts';

/** One host at one attachment, as `scope host`. */
export type Place = string;

/**
 * What a route is to a host. `ready`: its certificate is in place, and so is taken to be that of a route at which nobody has looked yet; `bare`: there is none
 * yet; `idle`: nothing is written for it.
 */
export type Presence = 'ready' | 'bare' | 'idle';

export interface HostStanding {
  /** 0: no older route serves the host; 1: one does. */
  readonly rank: number;
  /** Whether the route is one of those that write what the host has as a whole. */
  readonly leads: boolean;
}

/** What is kept of a route: not the route itself, whose status would stay in memory with it. */
interface Entry {
  readonly key: string;
  readonly claimant: Claimant;
  readonly presence: Presence;
}

/** Those that serve a host first, as far as anything is written for them. */
interface Front {
  readonly oldest: Entry | undefined;
  /** The one that has the host as a whole and the one that stands by: the two oldest with a certificate; the oldest alone while nobody has one. */
  readonly leaders: readonly Entry[];
}

/** Knows of each host which route is the oldest that serves it, who leads it, and who would follow when that route went. */
export class HostIndex {
  readonly #routes = new Groups<Entry>(({ key }) => key);
  /** Of the hosts that several routes serve. */
  readonly #fronts = new Map<Place, Front>();

  /** Replaces what is known of a route. Returns the keys of the other routes whose standing is another now. */
  change(key: string, before: WssRoute | undefined, after: WssRoute | undefined): ReadonlySet<string> {
    const concerned = new Set<string>();
    const taken = new Set(listPlaces(after));
    const isSame = before?.metadata.uid === after?.metadata.uid;
    for (const place of new Set([...listPlaces(before), ...taken])) {
      const presence = (isSame ? this.#routes.find(place, key)?.presence : undefined) ?? 'ready';
      const entry = after && taken.has(place) ? { key, claimant: describeRoute(after), presence } : undefined;
      this.#set(place, key, entry, concerned);
    }
    return concerned;
  }

  /** Says what a route is to each of its hosts. Returns the keys of the other routes whose standing is another now. */
  setPresence(key: string, route: WssRoute, presenceAt: (place: Place) => Presence): ReadonlySet<string> {
    const concerned = new Set<string>();
    for (const place of listPlaces(route)) {
      const entry = this.#routes.find(place, key);
      const presence = presenceAt(place);
      if (entry !== undefined && entry.presence !== presence) this.#set(place, key, { ...entry, presence }, concerned);
    }
    return concerned;
  }

  standingsOf(key: string, route: WssRoute): ReadonlyMap<Place, HostStanding> {
    const self = describeRoute(route);
    return new Map(
      listPlaces(route).map((place) => {
        const { oldest, leaders } = this.#frontOf(place);
        const rank = oldest !== undefined && compareAge(oldest.claimant, self) < 0 ? 1 : 0;
        return [place, { rank, leads: leaders.some((leader) => leader.key === key) }];
      }),
    );
  }

  /** Keys of the route that has a host first as a whole, and of the oldest; as long as nothing is written for them, by age. */
  findFirst(place: Place): { readonly leader: string | undefined; readonly oldest: string | undefined } {
    const { leaders, oldest } = this.#frontOf(place);
    return { leader: leaders[0]?.key, oldest: oldest?.key };
  }

  #frontOf(place: Place): Front {
    return this.#fronts.get(place) ?? chooseFront(this.#routes.membersOf(place));
  }

  /** Thousands of routes may share a host: all of them are looked at only when one that was in front is another. */
  #set(place: Place, key: string, entry: Entry | undefined, concerned: Set<string>): void {
    const before = this.#frontOf(place);
    if (entry === undefined) this.#routes.delete(place, key);
    else this.#routes.set(place, entry);
    const wasInFront = [before.oldest, ...before.leaders].some((each) => each?.key === key);
    const candidates = [before.oldest, ...before.leaders, entry].filter((each) => each !== undefined);
    const after = chooseFront(wasInFront ? this.#routes.membersOf(place) : candidates);
    if (this.#routes.isCrowded(place)) this.#fronts.set(place, after);
    else this.#fronts.delete(place);
    for (const other of listMoved(before, after)) if (other !== key) concerned.add(other);
  }
}

function chooseFront(entries: Iterable<Entry>): Front {
  let oldest: Entry | undefined;
  let first: Entry | undefined;
  let second: Entry | undefined;
  for (const entry of entries) {
    if (entry.presence === 'idle') continue;
    if (isOlder(entry, oldest)) oldest = entry;
    if (entry.presence !== 'ready' || entry.key === first?.key || entry.key === second?.key) continue;
    if (isOlder(entry, first)) [first, second] = [entry, first];
    else if (isOlder(entry, second)) second = entry;
  }
  return { oldest, leaders: [first ?? oldest, second].filter((each) => each !== undefined) };
}

function isOlder(entry: Entry, other: Entry | undefined): boolean {
  return other === undefined || compareAge(entry.claimant, other.claimant) < 0;
}

/** Keys of the routes that are in front in one of two ways only. */
function listMoved(before: Front, after: Front): readonly string[] {
  const [left, right] = [before, after].map(({ oldest, leaders }) => [
    ...(oldest === undefined ? [] : [`oldest ${oldest.key}`]),
    ...leaders.map(({ key }) => `leader ${key}`),
  ]);
  const moved = [...(left ?? []), ...(right ?? [])].filter((each) => !left?.includes(each) || !right?.includes(each));
  return moved.map((each) => each.slice(each.indexOf(' ') + 1));
}

/** The hosts of a route, at each of its attachments. */
export function listPlaces(route: WssRoute | undefined): readonly Place[] {
  if (route === undefined) return [];
  return attachmentsOf(route).flatMap((attachment) => hostsOf(route).map((host) => `${scopeOf(attachment)} ${host}`));
}
