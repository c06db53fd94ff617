import type { WssRoute } from '../api/wssroute.ts';
import { type Claim, type Claimant, claimsOf, compareAge, describeRoute, findOldest } from '../route/claims.ts';
import { type Rivals, serves } from './holders.ts';
import type { Observed } from './observed.ts';

/** Who has to do with the claims of a route that nobody holds against it: older routes that wait for them, younger ones that serve them. */
export function findStandIns(
  route: WssRoute,
  holders: ReadonlyMap<Claim, Claimant>,
  rivals: Rivals,
): Pick<Observed, 'waiting' | 'deputies'> {
  const waiting = new Map<Claim, Claimant>();
  const deputies = new Map<Claim, Claimant>();
  const self = describeRoute(route);
  for (const claim of claimsOf(route)) {
    const others = holders.has(claim) ? [] : [...rivals.routesAt(claim)];
    const older = findOldest(others.map(describeRoute).filter((other) => compareAge(other, self) < 0));
    if (older !== undefined) waiting.set(claim, older);
    const younger = others.filter((other) => compareAge(describeRoute(other), self) > 0);
    const deputy = findOldest(younger.filter((other) => serves(other, claim, rivals)).map(describeRoute));
    if (deputy !== undefined) deputies.set(claim, deputy);
  }
  return { waiting, deputies };
}
