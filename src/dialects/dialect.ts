import type { KubeObject } from '../api/objects.ts';
import { type Feature, type Features, featureFields, type RoutePlan } from '../route/plan.ts';
import type { Version } from '../route/version.ts';

/** How the objects of one ingress controller family are written: a new family is one file, and one line in the registry. */
export interface Dialect {
  readonly name: string;
  /** Value of `IngressClass.spec.controller` that selects it. */
  readonly controller: string;
  /** Its stance to each feature; a feature without one does not compile. `version` is the controller's, where it is known. */
  readonly support: Readonly<Record<Feature, Support | ((features: Features, version?: Version) => Support)>>;
  /** Whether each route has its own way of balancing, or all routes on a Service and port share one. */
  readonly balancing: 'per-route' | 'per-backend';
  /** The objects for a plan with at least one host; never called with none. `version` is the controller's, where it is known. */
  readonly emit: (plan: RoutePlan, version?: Version) => readonly KubeObject[];
}

/** `native`: as the route says. `approximate`: nearly. `unsupported`: nothing is written for it. */
export type Support =
  | { readonly level: 'native' }
  | { readonly level: 'approximate' | 'unsupported'; readonly because: string; readonly cure: string };

export const native = { level: 'native' } as const satisfies Support;

/** A field that is not honoured, or only nearly. */
export interface Loss {
  readonly field: string;
  readonly level: 'approximate' | 'unsupported';
  readonly because: string;
  readonly cure: string;
}

/** What the dialect loses of a plan: every feature that is asked for and not native. */
export function findLosses(dialect: Dialect, features: Features, version?: Version): readonly Loss[] {
  const losses: Loss[] = [];
  for (const feature of Object.keys(featureFields) as Feature[]) {
    if (features[feature] === undefined) continue;
    const stance = dialect.support[feature];
    const support = typeof stance === 'function' ? stance(features, version) : stance;
    if (support.level !== 'native') losses.push({ field: featureFields[feature], ...support });
  }
  return losses;
}
