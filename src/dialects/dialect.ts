import type { Reason } from '../api/conditions.ts';
import type { KubeObject } from '../api/objects.ts';
import type { Claimant } from '../route/claims.ts';
import type { Parent } from '../route/parent.ts';
import { type Feature, type Features, featureFields, type RoutePlan } from '../route/plan.ts';
import type { Version } from '../route/version.ts';

/** How the objects of one controller family are written: a new family is one file, and one line in the registry. */
export interface Dialect {
  readonly name: string;
  /** Value of `IngressClass.spec.controller` that selects it; a dialect without one is for parents of the Gateway API. */
  readonly controller?: string;
  /** Its stance to each feature; a feature without one does not compile. */
  readonly support: Readonly<Record<Feature, Support | ((plan: RoutePlan, target: Target) => Support)>>;
  /** Whether each route has its own way of balancing, or all routes on a Service and port share one. */
  readonly balancing: 'per-route' | 'per-backend';
  /** Whether Ingresses of several people may serve paths of one host, or the first one has it whole. */
  readonly hosts: 'shared' | 'exclusive';
  /** Whether a second object for a host and path is taken, and serves as soon as the first is gone. Elsewhere it may be refused. */
  readonly standsBy?: true;
  /** Why nothing can be written for a plan; what an earlier pass wrote goes on serving. */
  readonly findObstacle?: (plan: RoutePlan, target: Target) => Obstacle | undefined;
  /** What is not as it should be without a field of the route being the cause. */
  readonly findRemarks?: (plan: RoutePlan, target: Target) => readonly Loss[];
  /** The ports where clients find the hosts of a plan; without it each is at 443. */
  readonly findPorts?: (plan: RoutePlan, target: Target) => ReadonlyMap<string, number>;
  /** The objects for a plan with at least one host and without obstacle; never called otherwise. */
  readonly emit: (plan: RoutePlan, target: Target) => readonly KubeObject[];
}

/** What is known of the controller that is written for, and of what it leads to. */
export interface Target {
  /** Version of an ingress controller, where the configuration tells it. */
  readonly version?: Version | undefined;
  /** For attachments to a Gateway or ListenerSet. */
  readonly parent?: Parent | undefined;
  /** The Services that the route names, as far as they are known, by name. */
  readonly services?: ReadonlyMap<string, Service>;
  /** The route's own objects, as they are now. */
  readonly own?: readonly Present[];
  /** What others have to do with the hosts of the route, by host; nothing where it is not told. */
  readonly hosts?: ReadonlyMap<string, HostShare>;
  /** Keys of routes that want another TLS of the same Service and port. */
  readonly backendTlsRivals?: readonly string[];
}

/** What others have to do with a host of a route. */
export interface HostShare {
  /** Whether the route writes what the host has as a whole, or leaves it to others. */
  readonly leads: boolean;
  /** Who decides what the host has as a whole; left out where that is the route, or nobody yet. */
  readonly decider?: Decider | undefined;
}

/** A route, or somebody's Ingress. */
export interface Decider {
  readonly kind: Claimant['kind'];
  readonly namespace: string;
  readonly name: string;
  /** Of what clients are shown, as `describeCertificate` says it. */
  readonly certificate: string;
  /** What a route asks for. */
  readonly features?: Features;
}

/** An object that was written before. */
export interface Present {
  readonly kind: string;
  readonly name: string;
  /** JSON of its metadata and spec. */
  readonly content: string;
}

export interface Service {
  readonly ports: readonly { readonly name: string; readonly port: number; readonly appProtocol: string }[];
}

export interface Obstacle {
  readonly reason: Reason;
  readonly message: string;
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

/** What the dialect loses of a plan: every feature that is asked for and not native, and what it remarks besides. */
export function findLosses(dialect: Dialect, plan: RoutePlan, target: Target): readonly Loss[] {
  const losses: Loss[] = [];
  for (const feature of Object.keys(featureFields) as Feature[]) {
    if (plan.features[feature] === undefined) continue;
    const support = judgeFeature(dialect, feature, plan, target);
    if (support.level !== 'native') losses.push({ field: featureFields[feature], ...support });
  }
  return [...losses, ...(dialect.findRemarks?.(plan, target) ?? [])];
}

/** The dialect's stance to one feature of a plan. */
export function judgeFeature(dialect: Dialect, feature: Feature, plan: RoutePlan, target: Target): Support {
  const stance = dialect.support[feature];
  return typeof stance === 'function' ? stance(plan, target) : stance;
}
