import { type Problem, quoteValue } from '../api/problem.ts';
import { pathOfAnnotation } from './ingress.ts';

/**
 * What a controller does about a mistake. `rejected`: it does without the whole Ingress. `denied`: it answers 503 at its paths. `ignored`:
 * it goes on as if the field were not there. `harmful`: it does as it is told, and that breaks something.
 */
export type Effect = 'rejected' | 'denied' | 'ignored' | 'harmful';

/** A mistake that one controller finds, or should have found, in an Ingress. */
export interface Violation extends Problem {
  readonly effect: Effect;
}

/** A form that a value may have. */
export interface ValueForm {
  readonly accepts: (value: string) => boolean;
  /** The form in words that follow "must be": `a whole number of seconds without a unit, such as "3600"`. */
  readonly words: string;
}

export function violate(name: string, value: string, expected: string, effect: Effect): Violation {
  return { path: pathOfAnnotation(name), found: quoteValue(value), expected, effect };
}
