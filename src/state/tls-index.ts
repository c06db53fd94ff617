import { formatKey, type KubeObject } from '../api/objects.ts';
import { type Claimant, compareAge } from '../route/claims.ts';
import { Groups } from './groups.ts';
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
  readonly #candidates = new Groups<TlsHolder>(keyOf);
  /** Of the hosts that several Ingresses name. */
  readonly #holders = new Map<Place, TlsHolder>();

  /** Replaces what is known of an Ingress. Returns the hosts whose holder is another now, or has another certificate. */
  change(before: Serving | undefined, after: Serving | undefined): readonly Place[] {
    const left = new Map(before === undefined ? [] : listHeld(before));
    const taken = new Map(after === undefined ? [] : listHeld(after));
    return [...new Set([...left.keys(), ...taken.keys()])].filter((place) =>
      this.#set(place, left.get(place), taken.get(place)),
    );
  }

  holderAt(place: Place): TlsHolder | undefined {
    const [first] = this.#candidates.membersOf(place);
    return this.#holders.get(place) ?? first;
  }

  /** Thousands of Ingresses may share a host: all of them are looked at only when the holder is another. Whether it is. */
  #set(place: Place, left: TlsHolder | undefined, taken: TlsHolder | undefined): boolean {
    const before = this.holderAt(place);
    if (left !== undefined) this.#candidates.delete(place, keyOf(left));
    if (taken !== undefined) this.#candidates.set(place, taken);
    const wasHolder = before !== undefined && left !== undefined && keyOf(before) === keyOf(left);
    const others = wasHolder ? this.#candidates.membersOf(place) : [before, taken].filter((each) => each !== undefined);
    const after = findOldestHolder(others);
    if (after !== undefined && this.#candidates.isCrowded(place)) this.#holders.set(place, after);
    else this.#holders.delete(place);
    return JSON.stringify(before) !== JSON.stringify(after);
  }
}

function keyOf({ ingress }: TlsHolder): string {
  return `${ingress.kind} ${formatKey(ingress)}`;
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
