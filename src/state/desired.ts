import type { Reason } from '../api/conditions.ts';
import type { KubeObject } from '../api/objects.ts';
import { type Dialect, findLosses, type Loss } from '../dialects/dialect.ts';
import { dialects, findDialect } from '../dialects/registry.ts';
import { emitCertificate, nameSecret } from '../route/certificate.ts';
import { type Claim, type Claimant, claimsOf } from '../route/claims.ts';
import { planRoute, type RoutePlan } from '../route/plan.ts';
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

/** The product: everything known about a route in, everything that should be there out. */
export function desire(observed: Observed): Desired {
  const { route } = observed;
  const className = route.spec.ingressClassName;
  if (observed.ingressClass === undefined) {
    return undecided('IngressClassNotFound', `IngressClass "${className}" is not in the cluster`);
  }
  const { controller } = observed.ingressClass;
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
  if (isServing && shared !== undefined && observed.certificate === undefined) {
    if (!observed.isCertManagerInstalled)
      return undecided('CertManagerNotInstalled', 'Certificates are unknown to the cluster: install cert-manager');
    return undecided('CertificateNotFound', `Certificate "${shared.name}" is not in the namespace`);
  }
  const secretName = shared === undefined ? nameSecret(route) : (observed.certificate?.secretName ?? '');
  const plan = planRoute(route, secretName, (claim) => lost.has(claim));
  return {
    isDecided: true,
    dialect,
    plan,
    objects: emitAll(dialect, plan, observed),
    losses: listLosses(dialect, plan, observed),
    lost,
  };
}

/** A Certificate is left out while the cluster does not know the kind; the Ingress is there at once, so that a route costs one reload. */
function emitAll(dialect: Dialect, plan: RoutePlan, { isCertManagerInstalled }: Observed): readonly KubeObject[] {
  if (plan.hosts.length === 0) return [];
  const certificate = isCertManagerInstalled ? emitCertificate(plan) : undefined;
  return certificate === undefined ? dialect.emit(plan) : [certificate, ...dialect.emit(plan)];
}

function listLosses(dialect: Dialect, plan: RoutePlan, { balancingRivals }: Observed): readonly Loss[] {
  return [
    ...findLosses(dialect, plan.features),
    ...(dialect.balancing === 'per-backend' ? loseBalancing(dialect, plan, balancingRivals) : []),
    ...(plan.route.spec.verification === undefined ? [] : [verificationLoss]),
  ];
}

const verificationLoss: Loss = {
  field: 'spec.verification',
  level: 'unsupported',
  because: 'this version of the operator does not open a handshake yet',
  cure: 'prove the route with a WebSocket client; the field is kept for later',
};

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
