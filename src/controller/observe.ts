import { formatKey } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { findHolders } from '../state/holders.ts';
import type { Observed, ObservedCertificate, ObservedCertificateRequest, ObservedProof } from '../state/observed.ts';
import { isOurs } from '../state/ownership.ts';
import { findIssuedRequest, findLatestRequest } from '../state/project-issuance.ts';
import type { Caches } from './caches.ts';
import { authorityKeyOf, childKeyOf, type Triggers } from './triggers.ts';

/** Gathers every fact about a route at one moment: from the caches, and what handshakes have found out. */
export function observe(route: WssRoute, caches: Caches, triggers: Triggers, proof: ObservedProof): Observed {
  const { namespace = '' } = route.metadata;
  const { ingressClassName, tls, paths } = route.spec;
  const childKey = childKeyOf(formatKey(route.metadata));
  const ingress = caches.ingresses.get(childKey);
  const ownCertificate = caches.certificates.get(childKey);
  const authority = caches.configMaps.get(authorityKeyOf(formatKey(route.metadata)));
  const shared = tls.certificateRef;
  const services = paths.flatMap(({ service: { name } }) => {
    const service = caches.services.get(formatKey({ namespace, name }));
    return service === undefined ? [] : [[name, service] as const];
  });
  const requested = ownCertificate !== undefined && isOurs(route, ownCertificate) ? ownCertificate : undefined;
  const certificate =
    shared === undefined ? requested : caches.certificates.get(formatKey({ namespace, name: shared.name }));
  const requests = findRequests(certificate, caches, triggers);
  return {
    route,
    ingressClass: caches.ingressClasses?.get(formatKey({ name: ingressClassName })),
    holders: findHolders(route, ingress, {
      routesAt: (claim) => lookUp(triggers.routesAt(claim), caches.routes),
      ingressesAt: (claim) => lookUp(triggers.ingressesAt(claim), caches.ingresses),
    }),
    balancingRivals: triggers.balancingRivalsOf(route),
    services: new Map(services),
    knowsServices: true,
    isCertManagerInstalled: !caches.certificates.isAbsent,
    certificate,
    proof,
    ...requests,
    ...findOrder(certificate?.issuance.state === 'issued' ? undefined : requests.latestRequest, caches, triggers),
    children: [ingress, ownCertificate, authority].filter((child) => child !== undefined),
  };
}

type Requests = Pick<Observed, 'latestRequest' | 'issuedRequest'>;

function findRequests(
  certificate: ObservedCertificate | undefined,
  { certificateRequests }: Caches,
  triggers: Triggers,
): Requests {
  if (certificate === undefined) return { latestRequest: undefined, issuedRequest: undefined };
  const requests = lookUp(triggers.requestsOf(formatKey(certificate)), certificateRequests);
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
  const orders = lookUp(triggers.ordersOf(formatKey(request)), caches.orders);
  const order = orders.find(({ ownerUid }) => ownerUid === request.uid);
  if (order === undefined) return { order, challenges: [] };
  const keys = triggers.challengesOf(formatKey({ namespace: request.namespace, name: order.name }));
  return { order, challenges: lookUp(keys, caches.challenges).filter(({ ownerUid }) => ownerUid === order.uid) };
}

function lookUp<T>(keys: Iterable<string>, cache: { get(key: string): T | undefined }): readonly T[] {
  return [...keys].map((key) => cache.get(key)).filter((value) => value !== undefined);
}
