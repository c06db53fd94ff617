import type { Claim } from '../route/claims.ts';
import type { Serving } from '../state/holders.ts';
import { ownerOf } from '../state/ownership.ts';
import { KeyIndex } from './key-index.ts';

/** Knows which routes have an object that holds a host as a whole and serves no path of it: a master of F5 NGINX. */
export class MasterIndex {
  /** Objects by the host that they hold. */
  readonly #held = new KeyIndex();
  readonly #owners = new Map<string, string>();

  /** Replaces what is known of an object. Returns the routes that hold one of its hosts, too, where it is new. */
  change(key: string, after: Serving | undefined): ReadonlySet<string> {
    const owner = after === undefined || after.isDeleting ? undefined : ownerOf(after);
    const isMaster = after?.claims.every((claim) => claim.endsWith(' *')) === true;
    if (owner === undefined || after === undefined || !isMaster) {
      this.#held.set(key, []);
      this.#owners.delete(key);
      return new Set();
    }
    const isKnown = this.#owners.get(key) === owner;
    this.#held.set(key, after.claims);
    this.#owners.set(key, owner);
    return isKnown ? new Set() : new Set(after.claims.flatMap((claim) => [...this.#routesAt(claim)]));
  }

  /** Whether a route has one for the whole of a host. */
  has(claim: Claim, routeKey: string): boolean {
    return this.#routesAt(claim).has(routeKey);
  }

  #routesAt(claim: Claim): ReadonlySet<string> {
    return new Set([...this.#held.keysOf(claim)].flatMap((key) => this.#owners.get(key) ?? []));
  }
}
