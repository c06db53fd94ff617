import type { WssRoute } from '../api/wssroute.ts';
import { nameBase } from '../dialects/gateway-api-listeners.ts';
import { type Attachment, attachmentsOf, type ParentAttachment, scopeOf } from '../route/attachment.ts';
import {
  type Claim,
  type Claimant,
  compareAge,
  describeRoute,
  findOldest,
  formatClaim,
  formatHostClaim,
  hostsOf,
  moveClaim,
} from '../route/claims.ts';
import type { Ability } from './ability-index.ts';
import type { ObservedChild } from './observed.ts';
import { isLeft, isLeftOf, isRoutes } from './ownership.ts';

/** An object that serves claims: an Ingress or an HTTPRoute. */
export type Serving = ObservedChild & { readonly claims: readonly Claim[] };

/** Everybody who wants to serve a claim. */
export interface Rivals {
  readonly routesAt: (claim: Claim) => Iterable<WssRoute>;
  /** Ingresses and HTTPRoutes. */
  readonly objectsAt: (claim: Claim) => Iterable<Serving>;
  /** Ingresses and HTTPRoutes of one of the routes. */
  readonly objectsOf: (route: WssRoute) => readonly Serving[];
  readonly abilityOf: (route: WssRoute, claim: Claim) => Ability;
}

/** How hosts and paths are given away at an attachment. */
export interface Hosting {
  /** The first one has a host whole there. */
  readonly isExclusive: (attachment: Attachment) => boolean;
  /** A second object for a host and path is taken there, and serves as soon as the first is gone. */
  readonly standsBy: (attachment: Attachment) => boolean;
}

/**
 * Who serves the route's claims with a better right: another route that is older, or an object of somebody's that was there first.
 * Against such an object a route keeps what its own, older one serves already: controllers decide by the age of Ingresses
 * (ingress-nginx, internal/ingress/controller/store/store.go `ListIngresses`, sorted by creation) and of HTTPRoutes
 * (https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec).
 */
export function findHolders(
  route: WssRoute,
  own: readonly Serving[],
  { isExclusive, standsBy }: Hosting,
  rivals: Rivals,
): ReadonlyMap<Claim, Claimant> {
  const holders = new Map<Claim, Claimant>();
  for (const attachment of attachmentsOf(route)) {
    const scope = scopeOf(attachment);
    const ownThere = listOwnAt(attachment, route, own);
    for (const host of hostsOf(route)) {
      const whole =
        isExclusive(attachment) && !hasTaken(attachment, host, route, own) ? [formatHostClaim(scope, host)] : [];
      for (const { path } of route.spec.paths) {
        const claim = formatClaim(scope, host, path);
        const isServing = ownThere.some(({ claims }) => claims.includes(claim));
        const holder =
          findForeign(route, [claim, ...whole], ownThere, rivals) ??
          findOlder(route, claim, { isServing, standsBy: standsBy(attachment) }, rivals);
        if (holder !== undefined) holders.set(claim, holder);
      }
    }
  }
  return holders;
}

/**
 * The route's own objects with what they serve at an attachment. The HTTPRoutes of one may be at a ListenerSet that the route has
 * brought along for a Gateway; their names tell for which.
 */
function listOwnAt(attachment: Attachment, route: WssRoute, own: readonly Serving[]): readonly Serving[] {
  if (attachment.kind === 'IngressClass') return own;
  return filterAt(attachment, route, own).map((object) => ({
    ...object,
    claims: object.claims.map((claim) => moveClaim(claim, scopeOf(attachment))),
  }));
}

/** Whether the route serves a host by a listener of its own already: there is nothing left to take from others. */
function hasTaken(attachment: Attachment, host: string, route: WssRoute, own: readonly Serving[]): boolean {
  if (attachment.kind === 'IngressClass') return false;
  const elsewhere = filterAt(attachment, route, own).flatMap(({ claims }) =>
    claims.filter((claim) => claim !== moveClaim(claim, scopeOf(attachment))),
  );
  return elsewhere.some((claim) => claim.split(' ')[1] === host);
}

function filterAt(attachment: ParentAttachment, route: WssRoute, own: readonly Serving[]): readonly Serving[] {
  const base = nameBase({ route, attachment });
  return own.filter(({ name }) => name === base || name.startsWith(`${base}-`));
}

/**
 * Somebody's object that serves one of the claims, the path's or the whole host's, unless an older one of the route's own does already.
 * What another route has left behind shares its hosts with routes, as it did before.
 */
function findForeign(
  route: WssRoute,
  claims: readonly [path: Claim, ...whole: Claim[]],
  own: readonly Serving[],
  rivals: Rivals,
): Claimant | undefined {
  const foreign = findOldest(
    claims
      .flatMap((claim) => [...rivals.objectsAt(claim)])
      .filter((object) => !isRoutes(object) && !isLeftOf(route, object))
      .filter((object) => !isLeft(object) || object.claims.includes(claims[0]))
      .map(describeObject),
  );
  if (foreign === undefined) return undefined;
  const serving = own.filter((object) => claims.some((claim) => object.claims.includes(claim))).map(describeObject);
  return serving.some((each) => compareAge(each, foreign) < 0) ? undefined : foreign;
}

/** The oldest of the older routes that have a claim. */
function findOlder(route: WssRoute, claim: Claim, served: Served, rivals: Rivals): Claimant | undefined {
  const self = describeRoute(route);
  let oldest: Claimant | undefined;
  for (const other of rivals.routesAt(claim)) {
    const claimant = describeRoute(other);
    if (compareAge(claimant, oldest ?? self) < 0 && hasClaim(other, claim, served, rivals)) oldest = claimant;
  }
  return oldest;
}

/** Whether the younger route serves the claim now, and whether the older one may do so beside it. */
interface Served {
  readonly isServing: boolean;
  readonly standsBy: boolean;
}

/**
 * Whether an older route has a claim: it serves it, or it can. One for which nothing can be written takes it from nobody, and while
 * nobody knows, from nobody who serves it. Where its objects may stand beside the younger one's, they are there first.
 */
function hasClaim(older: WssRoute, claim: Claim, { isServing, standsBy }: Served, rivals: Rivals): boolean {
  const ability = rivals.abilityOf(older, claim);
  const isAwaited = isServing ? ability === 'able' && !standsBy : ability !== 'unable';
  return isAwaited || serves(older, claim, rivals);
}

/** Whether an object of a route serves a claim. */
export function serves(route: WssRoute, claim: Claim, { objectsOf }: Rivals): boolean {
  return attachmentsOf(route)
    .filter((attachment) => claim.startsWith(`${scopeOf(attachment)} `))
    .some((attachment) => listOwnAt(attachment, route, objectsOf(route)).some(({ claims }) => claims.includes(claim)));
}

function describeObject({ kind, namespace, name, uid, creationTimestamp }: Serving): Claimant {
  return { kind: kind as Claimant['kind'], namespace, name, uid, creationTimestamp };
}
