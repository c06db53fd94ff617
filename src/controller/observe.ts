import { formatKey, type KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import type { Decider } from '../dialects/dialect.ts';
import type { Policy } from '../route/policy.ts';
import { describeDecider, describeForeignDecider } from '../state/describe-decider.ts';
import { findRouteObstacle } from '../state/desired.ts';
import { findStrandedSolver } from '../state/find-stranded-solver.ts';
import { findHolders, type Rivals, type Serving } from '../state/holders.ts';
import { listPlaces, type Place } from '../state/host-index.ts';
import { judgePresence } from '../state/judge-presence.ts';
import type { Observed, ObservedCertificate, ObservedCertificateRequest, ObservedChild } from '../state/observed.ts';
import { isOurs } from '../state/ownership.ts';
import { describeHosting } from '../state/place.ts';
import { findIssuedRequest, findLatestRequest } from '../state/project-issuance.ts';
import { findStandIns } from '../state/stand-ins.ts';
import { type Caches, childCacheOf } from './caches.ts';
import { listUnread } from './first-lists.ts';
import { observeParents } from './parent-caches.ts';
import { childKeyOf, type Triggers } from './triggers.ts';

/** Gathers every fact about a route at one moment: from the caches, and what handshakes have found out. */
export function observe(
  route: WssRoute,
  caches: Caches,
  triggers: Triggers,
  { policy, proofs }: { readonly policy: Policy; readonly proofs: Observed['proofs'] },
): Observed {
  const { namespace = '' } = route.metadata;
  const { ingressClassName = '', tls, paths } = route.spec;
  const routeKey = formatKey(route.metadata);
  const ownCertificate = caches.certificates.get(childKeyOf(routeKey));
  const ingressClass = caches.ingressClasses?.get(formatKey({ name: ingressClassName }));
  const children = lookUpObjects(triggers.childrenOf(routeKey), caches);
  const shared = tls.certificateRef;
  const services = paths.flatMap(({ service: { name } }) => {
    const service = caches.services.get(formatKey({ namespace, name }));
    return service === undefined ? [] : [[name, service] as const];
  });
  const requested = ownCertificate !== undefined && isOurs(route, ownCertificate) ? ownCertificate : undefined;
  const certificate =
    shared === undefined ? requested : caches.certificates.get(formatKey({ namespace, name: shared.name }));
  const fillers =
    tls.secretName === undefined
      ? []
      : lookUp(triggers.fillersOf(formatKey({ namespace, name: tls.secretName })), caches.certificates);
  const requests = findRequests(certificate, caches, triggers);
  const isCertManagerInstalled = !caches.certificates.isAbsent;
  const unreadKinds = listUnread(caches);
  const obstacle = findRouteObstacle({ route, certificate, isCertManagerInstalled, unreadKinds }, policy);
  const hosting = describeHosting(policy, ingressClass);
  const rivals = findRivals(caches, triggers);
  const holders = findHolders(route, children.filter(isServing), hosting, rivals);
  const presenceAt = judgePresence({ route, certificate, fillers, holders, children }, obstacle !== undefined);
  return {
    route,
    ingressClass,
    parents: observeParents(route, caches.parents, triggers),
    standings: triggers.standingsOf(routeKey, route, presenceAt),
    deciders: findDeciders(route, caches, triggers, policy),
    holders,
    ...findStandIns(route, holders, rivals),
    ...triggers.sharingOf(routeKey, route),
    services: new Map(services),
    knowsServices: true,
    isCertManagerInstalled,
    unreadKinds,
    certificate,
    fillers,
    proofs,
    ...requests,
    ...findOrder(certificate?.issuance.state === 'issued' ? undefined : requests.latestRequest, caches, triggers),
    strandedSolver: findStrandedSolver(route, hosting, rivals),
    children,
  };
}

/** A route that has gone decides nothing more: its Ingress goes, too. */
function findDeciders(route: WssRoute, { routes }: Caches, triggers: Triggers, policy: Policy): Observed['deciders'] {
  const deciders = new Map<Place, Decider>();
  for (const place of listPlaces(route)) {
    const holder = triggers.tlsHolderAt(place);
    if (holder === undefined || holder.owner === formatKey(route.metadata)) continue;
    const owner = holder.owner === undefined ? undefined : routes.get(holder.owner);
    if (owner !== undefined) deciders.set(place, describeDecider(owner, holder.secretName, policy));
    else if (holder.owner === undefined) deciders.set(place, describeForeignDecider(holder));
  }
  return deciders;
}

function findRivals(caches: Caches, triggers: Triggers): Rivals {
  const find = (names: Iterable<string>): readonly Serving[] => lookUpObjects(names, caches).filter(isServing);
  return {
    routesAt: (claim) => lookUp(triggers.routesAt(claim), caches.routes),
    objectsAt: (claim) => find(triggers.objectsAt(claim)),
    objectsOf: ({ metadata }) => find(triggers.childrenOf(formatKey(metadata))),
    abilityOf: ({ metadata }, claim) => triggers.abilityOf(formatKey(metadata), claim),
  };
}

/** The children of a route, and whatever has the name of an object that it needs now. */
export function gatherChildren(
  objects: readonly KubeObject[],
  { route, children }: Observed,
  caches: Caches,
  triggers: Triggers,
): readonly ObservedChild[] {
  const names = objects.map(({ kind, metadata }) => `${kind} ${formatKey(metadata)}`);
  triggers.needs(formatKey(route.metadata), names);
  const named = lookUpObjects(names, caches);
  return [...children, ...named.filter((object) => !children.includes(object))];
}

function isServing(child: ObservedChild): child is Serving {
  return 'claims' in child;
}

type Requests = Pick<Observed, 'latestRequest' | 'issuedRequest'>;

function findRequests(
  certificate: ObservedCertificate | undefined,
  { certificateRequests }: Caches,
  triggers: Triggers,
): Requests {
  if (certificate === undefined) return { latestRequest: undefined, issuedRequest: undefined };
  const requests = lookUp(triggers.issuance.requestsOf(formatKey(certificate)), certificateRequests);
  return {
    latestRequest: findLatestRequest(requests, certificate.uid),
    issuedRequest: findIssuedRequest(requests, certificate.uid),
  };
}

function findOrder(
  request: ObservedCertificateRequest | undefined,
  caches: Caches,
  triggers: Triggers,
): Pick<Observed, 'order' | 'challenges'> {
  if (request === undefined) return { order: undefined, challenges: [] };
  const orders = lookUp(triggers.issuance.ordersOf(formatKey(request)), caches.orders);
  const order = orders.find(({ ownerUid }) => ownerUid === request.uid);
  if (order === undefined) return { order, challenges: [] };
  const keys = triggers.issuance.challengesOf(formatKey({ namespace: request.namespace, name: order.name }));
  return { order, challenges: lookUp(keys, caches.challenges).filter(({ ownerUid }) => ownerUid === order.uid) };
}

/** By `Kind namespace/name`. */
function lookUpObjects(names: Iterable<string>, caches: Caches): readonly ObservedChild[] {
  return [...names].flatMap((name) => {
    const space = name.indexOf(' ');
    return childCacheOf(name.slice(0, space), caches)?.get(name.slice(space + 1)) ?? [];
  });
}

function lookUp<T>(keys: Iterable<string>, cache: { get(key: string): T | undefined }): readonly T[] {
  return [...keys].map((key) => cache.get(key)).filter((value) => value !== undefined);
}
