import type { WssRoute } from '../api/wssroute.ts';
import { type Claim, claimsOf } from '../route/claims.ts';

/**
 * Whether a route's objects for a claim can be written. `unjudged`: nobody has looked at the route as it is now, or somebody older is in its way,
 * so that nobody can tell.
 */
export type Ability = 'able' | 'unable' | 'unjudged';

/** The claims of a route that are not `able`. */
export interface Judgement {
  readonly unable: ReadonlySet<Claim>;
  readonly unjudged: ReadonlySet<Claim>;
}

/** Knows of each route, as the latest look at it has found, which of its claims it could serve. */
export class AbilityIndex {
  readonly #judgements = new Map<string, Judgement>();

  /** The route is another now, or gone. */
  forget(key: string): void {
    this.#judgements.delete(key);
  }

  /** What was found out may be so no more. */
  forgetAll(): void {
    this.#judgements.clear();
  }

  /** Replaces what has been found out of a route. Returns the claims of which it is another now. */
  judge(key: string, route: WssRoute, judgement: Judgement): readonly Claim[] {
    const before = this.#judgements.get(key);
    this.#judgements.set(key, judgement);
    if (before !== undefined && isClear(before) && isClear(judgement)) return [];
    return claimsOf(route).filter((claim) => read(before, claim) !== read(judgement, claim));
  }

  abilityOf(key: string, claim: Claim): Ability {
    return read(this.#judgements.get(key), claim);
  }
}

function read(judgement: Judgement | undefined, claim: Claim): Ability {
  if (judgement === undefined || judgement.unjudged.has(claim)) return 'unjudged';
  return judgement.unable.has(claim) ? 'unable' : 'able';
}

function isClear({ unable, unjudged }: Judgement): boolean {
  return unable.size === 0 && unjudged.size === 0;
}
