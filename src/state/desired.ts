import type { Reason } from '../api/conditions.ts';
import type { KubeObject } from '../api/objects.ts';
import { formatProblem } from '../api/problem.ts';
import { type Dialect, findLosses, type Loss } from '../dialects/dialect.ts';
import { dialects, findDialect } from '../dialects/registry.ts';
import { emitAuthority } from '../route/authority.ts';
import { emitCertificate, nameSecret } from '../route/certificate.ts';
import { type Claim, type Claimant, claimsOf } from '../route/claims.ts';
import { planRoute, type RoutePlan } from '../route/plan.ts';
import { findBreaches, findIssuer, openPolicy, type Policy } from '../route/policy.ts';
import type { Version } from '../route/version.ts';
import { decideAuthority, type Publication } from './authority.ts';
import type { Observed } from './observed.ts';

/**
 * What should be there for a route. `undecided`: a fact is missing without which it cannot be told, so nothing is written and
 * nothing is removed; what an earlier pass wrote goes on serving.
 */
export type Desired =
  | {
      readonly isDecided: true;
      readonly dialect: Dialect;
      readonly plan: RoutePlan;
      readonly objects: readonly KubeObject[];
      readonly losses: readonly Loss[];
      /** Claims of the route that are another's, and whose. */
      readonly lost: ReadonlyMap<Claim, Claimant>;
    }
  | { readonly isDecided: false; readonly reason: Reason; readonly message: string };

/** The product: everything known about a route in, and what the policy allows; everything that should be there out. */
export function desire(observed: Observed, policy: Policy = openPolicy): Desired {
  const { route } = observed;
  const className = route.spec.ingressClassName;
  const { version, controller = observed.ingressClass?.controller } = policy.classes.get(className) ?? {};
  if (controller === undefined) {
    return undecided('IngressClassNotFound', `IngressClass "${className}" is not in the cluster`);
  }
  const dialect = findDialect(controller);
  if (dialect === undefined) {
    const known = dialects.map((each) => `"${each.controller}"`).join(', ');
    return undecided(
      'UnsupportedController',
      `IngressClass "${className}" has spec.controller "${controller}"; known are ${known}`,
    );
  }
  const lost = new Map(
    claimsOf(route).flatMap((claim) => {
      const holder = observed.holders.get(claim);
      return holder === undefined ? [] : [[claim, holder] as const];
    }),
  );
  const shared = route.spec.tls.certificateRef;
  // Whoever has lost everything makes room, whatever else is missing.
  const isServing = lost.size < claimsOf(route).length;
  const breaches = findBreaches(route, policy);
  const [breach] = breaches;
  if (isServing && breach !== undefined) return undecided(breach.reason, breaches.map(formatProblem).join('; '));
  if (isServing && shared !== undefined && observed.certificate === undefined) {
    if (!observed.isCertManagerInstalled)
      return undecided('CertManagerNotInstalled', 'Certificates are unknown to the cluster: install cert-manager');
    return undecided('CertificateNotFound', `Certificate "${shared.name}" is not in the namespace`);
  }
  const secretName = shared === undefined ? nameSecret(route) : (observed.certificate?.secretName ?? '');
  const issuer = findIssuer(route, policy);
  const source = { secretName, ...(issuer !== undefined && { issuer }) };
  const plan = planRoute(route, source, (claim) => lost.has(claim));
  const authority = decideAuthority(observed);
  return {
    isDecided: true,
    dialect,
    plan,
    objects: emitAll({ dialect, version }, plan, authority, observed),
    losses: listLosses({ dialect, version }, plan, authority, observed),
    lost,
  };
}

/** The controller that is written for: its dialect, and its version where that is known. */
interface Target {
  readonly dialect: Dialect;
  readonly version: Version | undefined;
}

/** A Certificate is left out while the cluster does not know the kind; the Ingress is there at once, so that a route costs one reload. */
function emitAll(
  { dialect, version }: Target,
  plan: RoutePlan,
  authority: Publication,
  { isCertManagerInstalled }: Observed,
): readonly KubeObject[] {
  if (plan.hosts.length === 0) return [];
  const certificate = isCertManagerInstalled ? emitCertificate(plan) : undefined;
  return [
    ...(certificate === undefined ? [] : [certificate]),
    ...dialect.emit(plan, version),
    ...(authority !== undefined && 'pem' in authority ? [emitAuthority(plan.route, authority.pem)] : []),
  ];
}

function listLosses(
  { dialect, version }: Target,
  plan: RoutePlan,
  authority: Publication,
  { balancingRivals }: Observed,
): readonly Loss[] {
  return [
    ...findLosses(dialect, plan.features, version),
    ...(dialect.balancing === 'per-backend' ? loseBalancing(dialect, plan, balancingRivals) : []),
    ...(authority !== undefined && 'loss' in authority ? [authority.loss] : []),
  ];
}

function loseBalancing({ name }: Dialect, { features }: RoutePlan, rivals: readonly string[]): readonly Loss[] {
  const [rival] = rivals;
  if (rival === undefined) return [];
  const hasAffinity = features.cookieAffinity !== undefined || features.sourceAffinity !== undefined;
  return [
    {
      field: hasAffinity ? 'spec.affinity' : 'spec.loadBalancing',
      level: 'approximate',
      because: `${name} spreads the connections of a Service and port in one way only, and WssRoute ${rival} wants another on the same`,
      cure: 'give each way a Service of its own (they may select the same Pods), or write the same in both routes',
    },
  ];
}

function undecided(reason: Reason, message: string): Desired {
  return { isDecided: false, reason, message };
}
