import type { KubeObject } from '../api/objects.ts';
import { type Claimant, compareAge } from '../route/claims.ts';
import type { Serving } from './holders.ts';
import type { Place } from './host-index.ts';
import { ownerOf } from './ownership.ts';

/** The Ingress that a controller takes what a host has as a whole from. */
export interface TlsHolder {
  readonly ingress: Claimant;
  /** Key of the route that owns it. */
  readonly owner: string | undefined;
  /** Empty where its `tls` does not name the host. */
  readonly secretName: string;
}

/**
 * Knows for each host of a class which Ingress has its TLS: the oldest with a `tls` section, of all that name the host in a rule. So it is with ingress-nginx
 * (internal/ingress/controller/controller.go `createServers`; of the same second, it goes by name and not by uid) and with the masters of F5 NGINX
 * (observed on 5.5.4).
 */
export class TlsIndex {
  readonly #hosts = new Map<Place, Map<string, TlsHolder>>();
  readonly #holders = new Map<Place, TlsHolder>();
  /** Hosts by Ingress. */
  readonly #places = new Map<string, readonly Place[]>();

  /** Replaces what is known of an Ingress, by its `Kind namespace/name`. Returns the hosts whose holder is another now, or has another certificate. */
  change(key: string, after: Serving | undefined): readonly Place[] {
    const taken = after === undefined ? [] : listHeld(after);
    const left = this.#places.get(key) ?? [];
    if (taken.length === 0) this.#places.delete(key);
    else
      this.#places.set(
        key,
        taken.map(([place]) => place),
      );
    const held = new Map(taken);
    return [...new Set([...left, ...held.keys()])].filter((place) => this.#set(place, key, held.get(place)));
  }

  holderAt(place: Place): TlsHolder | undefined {
    return this.#holders.get(place);
  }

  /** Thousands of Ingresses may share a host: all of them are looked at only when the holder is another. Whether it is. */
  #set(place: Place, key: string, candidate: TlsHolder | undefined): boolean {
    const candidates = this.#hosts.get(place) ?? new Map<string, TlsHolder>();
    const before = this.#holders.get(place);
    const wasHolder = before !== undefined && candidates.get(key) === before;
    if (candidate === undefined) candidates.delete(key);
    else candidates.set(key, candidate);
    const others = wasHolder ? candidates.values() : [before, candidate].filter((each) => each !== undefined);
    const after = findOldestHolder(others);
    if (candidates.size === 0) this.#hosts.delete(place);
    else this.#hosts.set(place, candidates);
    if (after === undefined) this.#holders.delete(place);
    else this.#holders.set(place, after);
    return JSON.stringify(before) !== JSON.stringify(after);
  }
}

function findOldestHolder(holders: Iterable<TlsHolder>): TlsHolder | undefined {
  let oldest: TlsHolder | undefined;
  for (const holder of holders) {
    if (oldest === undefined || compareAge(holder.ingress, oldest.ingress) < 0) oldest = holder;
  }
  return oldest;
}

/**
 * The hosts that an Ingress wants whole, by a claim, where it has TLS: no canary, no solver and no minion. Whoever asks for no name is shown the default certificate.
 */
function listHeld(serving: Serving): readonly (readonly [Place, TlsHolder])[] {
  const whole = serving.claims.filter((claim) => / \S+ \*$/.test(claim)).map((claim) => claim.slice(0, -2));
  if (whole.length === 0) return [];
  const { spec } = JSON.parse(serving.content) as Pick<KubeObject, 'spec'>;
  const { tls = [] } = (spec ?? {}) as { readonly tls?: readonly TlsShape[] };
  if (tls.length === 0) return [];
  const { kind, namespace, name, uid, creationTimestamp } = serving;
  const ingress = { kind: kind as Claimant['kind'], namespace, name, uid, creationTimestamp };
  const owner = ownerOf(serving);
  return whole.map((place) => {
    const host = place.slice(place.indexOf(' ') + 1);
    const { secretName = '' } = tls.find(({ hosts = [] }) => hosts.includes(host)) ?? {};
    return [place, { ingress, owner, secretName }];
  });
}

interface TlsShape {
  readonly hosts?: readonly string[];
  readonly secretName?: string;
}
