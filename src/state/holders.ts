import type { WssRoute } from '../api/wssroute.ts';
import { type Claim, type Claimant, claimsOf, compareAge, findOldest } from '../route/claims.ts';
import type { ObservedIngress } from './observed.ts';
import { isRoutes } from './ownership.ts';

/** Everybody who wants to serve a claim. */
export interface Rivals {
  readonly routesAt: (claim: Claim) => Iterable<WssRoute>;
  readonly ingressesAt: (claim: Claim) => Iterable<ObservedIngress>;
}

/**
 * Who serves the route's claims with a better right: another route that is older, or an Ingress of somebody's that was there
 * first. Against such an Ingress a route keeps what its own, older Ingress serves already: ingress-nginx decides by the age of
 * Ingresses (internal/ingress/controller/store/store.go `ListIngresses`, sorted by creation).
 */
export function findHolders(
  route: WssRoute,
  own: ObservedIngress | undefined,
  rivals: Rivals,
): ReadonlyMap<Claim, Claimant> {
  const holders = new Map<Claim, Claimant>();
  const self = describeRoute(route);
  for (const claim of claimsOf(route)) {
    const foreign = findOldest(
      [...rivals.ingressesAt(claim)]
        .filter((ingress) => ingress.uid !== own?.uid && !isRoutes(ingress))
        .map(describeIngress),
    );
    const isServed = own?.claims.includes(claim) === true;
    if (foreign !== undefined && !(isServed && compareAge(describeIngress(own), foreign) < 0)) {
      holders.set(claim, foreign);
      continue;
    }
    const oldest = findOldest([...rivals.routesAt(claim)].map(describeRoute));
    if (oldest !== undefined && compareAge(oldest, self) < 0) holders.set(claim, oldest);
  }
  return holders;
}

function describeRoute({ metadata }: WssRoute): Claimant {
  const { namespace = '', name, uid = '', creationTimestamp = '' } = metadata;
  return { kind: 'WssRoute', namespace, name, uid, creationTimestamp };
}

function describeIngress({ namespace, name, uid, creationTimestamp }: ObservedIngress): Claimant {
  return { kind: 'Ingress', namespace, name, uid, creationTimestamp };
}
