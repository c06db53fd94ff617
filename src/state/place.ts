import {
  gatewayClassKind,
  gatewayKind,
  httpRouteKind,
  ingressClassKind,
  type Kind,
  listenerSetKind,
  referenceGrantKind,
} from '../api/kinds.ts';
import {
  type Dialect,
  findLosses,
  type HostShare,
  type Loss,
  type Obstacle,
  type Target,
} from '../dialects/dialect.ts';
import { controllers, findDialect, findParentDialect } from '../dialects/registry.ts';
import {
  type Attachment,
  describeAttachment,
  formatAttachment,
  type IngressClassAttachment,
  type ParentAttachment,
  scopeOf,
} from '../route/attachment.ts';
import { type Claim, type Claimant, claimsAt, hostsOf } from '../route/claims.ts';
import { type CertificateSource, planRoute, type RoutePlan } from '../route/plan.ts';
import type { Policy } from '../route/policy.ts';
import { findUnread } from './find-unread.ts';
import type { Hosting } from './holders.ts';
import { hasWhole } from './judge-presence.ts';
import type { Observed } from './observed.ts';

/**
 * What becomes of a route at one attachment. Undecided: a fact is missing without which it cannot be told, so nothing is written
 * and nothing is removed there; what an earlier pass wrote goes on serving.
 */
export type Placement =
  | {
      readonly attachment: Attachment;
      readonly isDecided: true;
      readonly dialect: Dialect;
      readonly target: Target;
      readonly plan: RoutePlan;
      readonly losses: readonly Loss[];
      /** Claims of the route that are another's there, and whose. */
      readonly lost: ReadonlyMap<Claim, Claimant>;
    }
  | ({ readonly attachment: Attachment; readonly isDecided: false } & Obstacle);

/** What holds for every attachment of a route. */
export interface RouteWide {
  readonly source: CertificateSource;
  /** Why nothing can be written for the route anywhere. */
  readonly obstacle: Obstacle | undefined;
}

/** Places a route at one of its attachments. */
export function place(
  attachment: Attachment,
  { source, obstacle }: RouteWide,
  observed: Observed,
  policy: Policy,
  spoken: readonly Dialect[],
): Placement {
  const { route } = observed;
  const found = findTarget(attachment, observed, policy, spoken);
  if ('reason' in found) return { attachment, isDecided: false, ...found };
  const { dialect } = found;
  const own = observed.children.filter(({ owner }) => owner?.uid === route.metadata.uid);
  const hosts = describeHosts(attachment, observed);
  const target = { ...found.target, own, hosts, backendTlsRivals: observed.backendTls.rivals };
  const claims = claimsAt(route, attachment);
  const lost = new Map(
    claims.flatMap((claim) => {
      const holder = observed.holders.get(claim);
      return holder === undefined ? [] : [[claim, holder] as const];
    }),
  );
  // Whoever has lost everything makes room, whatever else is missing.
  const isServing = claims.some((claim) => !lost.has(claim));
  if (isServing && obstacle !== undefined) return { attachment, isDecided: false, ...obstacle };
  const plan = planRoute(route, attachment, source, {
    isLost: (claim) => lost.has(claim),
    rankAt: (host) => observed.standings.get(`${scopeOf(attachment)} ${host}`)?.rank ?? 0,
  });
  const inTheWay = isServing ? dialect.findObstacle?.(plan, target) : undefined;
  if (inTheWay !== undefined) return { attachment, isDecided: false, ...inTheWay };
  const unread = observed.unreadKinds.size > 0 ? findUnread(dialect.emit(plan, target), observed) : undefined;
  if (unread !== undefined) return { attachment, isDecided: false, ...unread };
  const losses = [
    ...findLosses(dialect, plan, target),
    ...(dialect.balancing === 'per-backend' ? loseBalancing(dialect, plan, observed.balancingRivals) : []),
  ];
  return { attachment, isDecided: true, dialect, target, plan, losses, lost };
}

/**
 * How hosts are given away at each attachment, as far as it is known whose it is. A listener that a route brings along takes all of its host
 * from those whose name is wider.
 */
export function describeHosting({ classes }: Policy, ingressClass: Observed['ingressClass']): Hosting {
  const dialectOf = ({ name }: IngressClassAttachment): Dialect | undefined => {
    const controller = classes.get(name)?.controller ?? ingressClass?.controller;
    return controller === undefined ? undefined : findDialect(controller);
  };
  return {
    isExclusive: (attachment) =>
      attachment.kind === 'IngressClass' ? dialectOf(attachment)?.hosts === 'exclusive' : attachment.createsListener,
    standsBy: (attachment) => attachment.kind === 'IngressClass' && dialectOf(attachment)?.standsBy === true,
  };
}

/**
 * What others have to do with the hosts of a route at a class. A route whose Ingress has a host whole leads it, however many others
 * come later: its own may be the one that serves, because controllers go by the age of Ingresses.
 */
function describeHosts(attachment: Attachment, observed: Observed): ReadonlyMap<string, HostShare> {
  if (attachment.kind !== 'IngressClass') return new Map();
  return new Map(
    hostsOf(observed.route).map((host) => {
      const place = `${scopeOf(attachment)} ${host}`;
      const leads = observed.standings.get(place)?.leads ?? true;
      return [host, { leads: leads || hasWhole(observed, place), decider: observed.deciders.get(place) }];
    }),
  );
}

function findTarget(
  attachment: Attachment,
  observed: Observed,
  policy: Policy,
  spoken: readonly Dialect[],
): { readonly dialect: Dialect; readonly target: Target } | Obstacle {
  const { ingressClass, parents, services } = observed;
  if (attachment.kind !== 'IngressClass') {
    const dialect = findParentDialect(attachment, spoken);
    if (!policy.servesGateways || dialect === undefined) {
      return { reason: 'GatewaysNotServed', message: "the operator's configuration does not serve Gateways" };
    }
    const unread = findUnread(listFacts(attachment), observed);
    if (unread !== undefined) return unread;
    const parent = parents === 'absent' ? undefined : parents.get(formatAttachment(attachment));
    if (parent !== undefined) return { dialect, target: { parent, services } };
    const what = describeAttachment(attachment);
    return parents === 'absent'
      ? { reason: 'GatewayAPINotInstalled', message: `${what} is unknown: the Gateway API is not in the cluster` }
      : { reason: 'GatewayNotFound', message: `${what} is not in the cluster` };
  }
  const className = attachment.name;
  const { version, controller = ingressClass?.controller } = policy.classes.get(className) ?? {};
  if (controller === undefined) {
    const unread = findUnread([ingressClassKind], observed);
    if (unread !== undefined) return unread;
    return { reason: 'IngressClassNotFound', message: `IngressClass "${className}" is not in the cluster` };
  }
  const dialect = findDialect(controller, spoken);
  if (dialect !== undefined) return { dialect, target: { version, services } };
  const known = controllers.map((each) => `"${each}"`).join(', ');
  const message = `IngressClass "${className}" has spec.controller "${controller}"; known are ${known}`;
  return { reason: 'UnsupportedController', message };
}

/** What an attachment to a parent is judged by. */
function listFacts({ kind, createsListener }: ParentAttachment): readonly Kind[] {
  const facts = [gatewayClassKind, gatewayKind, httpRouteKind, referenceGrantKind];
  return kind === 'ListenerSet' || createsListener ? [...facts, listenerSetKind] : facts;
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
