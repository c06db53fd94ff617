import type { WssRoute } from '../api/wssroute.ts';
import { type Claim, claimsAt, claimsOf } from '../route/claims.ts';
import type { Judgement } from './ability-index.ts';
import type { Change } from './diff.ts';
import { isBlocked } from './judge-placement.ts';
import type { Placement } from './place.ts';

/** That of nearly all routes: one is kept for all of them. */
const clear: Judgement = { unable: new Set(), unjudged: new Set() };

/** Which claims of a route nothing can be written for, wherever it wants them; of those that an older route holds nothing is known. */
export function judgeAbility(route: WssRoute, placements: readonly Placement[], changes: readonly Change[]): Judgement {
  const able = new Set<Claim>();
  const unjudged = new Set<Claim>();
  for (const placement of placements) {
    if (!placement.isDecided || isBlocked(placement.attachment, changes)) continue;
    for (const claim of claimsAt(route, placement.attachment)) {
      const holder = placement.lost.get(claim);
      if (holder === undefined) able.add(claim);
      else if (holder.kind === 'WssRoute') unjudged.add(claim);
    }
  }
  const others = claimsOf(route).filter((claim) => !able.has(claim));
  if (others.length === 0) return clear;
  return {
    unable: new Set(others.filter((claim) => !unjudged.has(claim))),
    unjudged: new Set(others.filter((claim) => unjudged.has(claim))),
  };
}
