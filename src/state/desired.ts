import { certificateKind, configMapKind, ingressKind, parentChildKinds } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { formatProblem } from '../api/problem.ts';
import type { Dialect, Loss, Obstacle } from '../dialects/dialect.ts';
import { dialects } from '../dialects/registry.ts';
import { attachmentsOf } from '../route/attachment.ts';
import { emitAuthority } from '../route/authority.ts';
import { emitCertificate, nameSecret } from '../route/certificate.ts';
import { hostsOf } from '../route/claims.ts';
import { findBreaches, findIssuer, openPolicy, type Policy } from '../route/policy.ts';
import { decideAuthority, type Publication } from './authority.ts';
import { isCertificateInPlace } from './certificate-in-place.ts';
import { findUnread } from './find-unread.ts';
import type { Observed } from './observed.ts';
import { type Placement, place, type RouteWide } from './place.ts';

/** What should be there for a route. */
export interface Desired {
  /** What becomes of the route at each of its attachments, in their order; at least one. */
  readonly placements: readonly Placement[];
  readonly objects: readonly KubeObject[];
  /** Kinds of which nothing is removed: something that they depend on is undecided. */
  readonly kept: ReadonlySet<string>;
  /** Secret that holds the certificate; undefined where it is not known. */
  readonly secretName: string | undefined;
  /** What is lost wherever the route is attached. */
  readonly losses: readonly Loss[];
}

type Decided = Extract<Placement, { isDecided: true }>;

/** The product: everything known about a route in, and what the policy allows; everything that should be there out. */
export function desire(
  observed: Observed,
  policy: Policy = openPolicy,
  spoken: readonly Dialect[] = dialects,
): Desired {
  const { route } = observed;
  const routeWide = judgeRoute(observed, policy);
  const placements = attachmentsOf(route).map((attachment) => place(attachment, routeWide, observed, policy, spoken));
  const decided = placements.filter((each) => each.isDecided);
  const authority = decideAuthority(observed);
  return {
    placements,
    objects: emitAll(decided, placements, routeWide, authority, observed),
    kept: listKept(placements),
    secretName: routeWide.source.secretName || undefined,
    losses: decided.length > 0 && authority !== undefined && 'loss' in authority ? [authority.loss] : [],
  };
}

/** Whether anything is served for the route, as far as it is decided. */
export function isServing({ placements }: Desired): boolean {
  return placements.some((each) => each.isDecided && each.plan.hosts.length > 0);
}

function judgeRoute(observed: Observed, policy: Policy): RouteWide {
  const { route, certificate } = observed;
  const shared = route.spec.tls.certificateRef;
  const issuer = findIssuer(route, policy);
  return {
    source: {
      secretName: shared === undefined ? nameSecret(route) : (certificate?.secretName ?? ''),
      isCertificateReady: isCertificateInPlace(observed),
      ...(issuer !== undefined && { issuer }),
    },
    obstacle: findRouteObstacle(observed, policy),
  };
}

/** Why nothing can be written for a route, wherever it is attached. */
export function findRouteObstacle(
  observed: Pick<Observed, 'route' | 'certificate' | 'isCertManagerInstalled' | 'unreadKinds'>,
  policy: Policy,
): Obstacle | undefined {
  const { route, certificate, isCertManagerInstalled } = observed;
  const breaches = findBreaches(route, policy);
  const [breach] = breaches;
  if (breach !== undefined) return { reason: breach.reason, message: breaches.map(formatProblem).join('; ') };
  const { secretName: provided, certificateRef: shared } = route.spec.tls;
  const unread = provided === undefined ? findUnread([certificateKind], observed) : undefined;
  if (unread !== undefined) return unread;
  if (shared === undefined || certificate !== undefined) return undefined;
  return isCertManagerInstalled
    ? { reason: 'CertificateNotFound', message: `Certificate "${shared.name}" is not in the namespace` }
    : {
        reason: 'CertManagerNotInstalled',
        message: 'Certificates are unknown to the cluster: install cert-manager',
      };
}

/** A Certificate is left out while the cluster does not know the kind; the Ingress is there at once, so that a route costs one reload. */
function emitAll(
  decided: readonly Decided[],
  placements: readonly Placement[],
  { source }: RouteWide,
  authority: Publication,
  { route, certificate, isCertManagerInstalled }: Observed,
): readonly KubeObject[] {
  const served = decided.filter(({ plan }) => plan.hosts.length > 0);
  if (served.length === 0) return [];
  const hosts = new Set(served.flatMap(({ plan }) => plan.hosts.map(({ host }) => host)));
  // Where it is not known what is served, the certificate goes on holding what it holds; a new one holds every host.
  const isHeld = (host: string) => certificate === undefined || certificate.dnsNames.includes(host);
  const all =
    decided.length < placements.length ? hostsOf(route).filter((host) => hosts.has(host) || isHeld(host)) : [...hosts];
  const wanted = isCertManagerInstalled ? emitCertificate(route, source, all) : undefined;
  return [
    ...(wanted === undefined ? [] : [wanted]),
    ...mergeAlike(served),
    ...(authority !== undefined && 'pem' in authority ? [emitAuthority(route, authority.pem)] : []),
  ];
}

/** What several attachments need alike, such as the TLS of a backend, is one object. Of sections of a Gateway, the whole of it has the widest. */
function mergeAlike(served: readonly Decided[]): readonly KubeObject[] {
  const merged = new Map<string, KubeObject>();
  for (const { dialect, plan, target } of [...served].sort(compareWidth)) {
    for (const object of dialect.emit(plan, target)) {
      const key = `${object.kind} ${object.metadata.name}`;
      if (!merged.has(key)) merged.set(key, object);
    }
  }
  return [...merged.values()];
}

function compareWidth(left: Decided, right: Decided): number {
  return Number('sectionName' in left.attachment) - Number('sectionName' in right.attachment);
}

const everyChildKind: ReadonlySet<string> = new Set(
  [certificateKind, configMapKind, ingressKind, ...parentChildKinds].map(({ kind }) => kind),
);

function listKept(placements: readonly Placement[]): ReadonlySet<string> {
  const undecided = placements.filter(({ isDecided }) => !isDecided);
  if (undecided.length === 0) return new Set();
  // A route that moves to where nothing is decided yet goes on being served where it was.
  if (undecided.length === placements.length) return everyChildKind;
  const kept = new Set<string>([certificateKind.kind, configMapKind.kind]);
  for (const { attachment } of undecided) {
    const kinds = attachment.kind === 'IngressClass' ? [ingressKind] : parentChildKinds;
    for (const { kind } of kinds) kept.add(kind);
  }
  return kept;
}
