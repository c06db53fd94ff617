import { certificateKind, ingressClassKind } from '../api/kinds.ts';
import { formatKey } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import type { Decider } from '../dialects/dialect.ts';
import { attachmentsOf, scopeOf } from '../route/attachment.ts';
import { nameSecret } from '../route/certificate.ts';
import { claimsOf, compareAge, describeRoute, hostsOf } from '../route/claims.ts';
import { nameChildren } from '../route/names.ts';
import { isServed, type Policy } from '../route/policy.ts';
import { AbilityIndex } from '../state/ability-index.ts';
import { describeDecider, describeForeignDecider } from '../state/describe-decider.ts';
import { desire, findRouteObstacle } from '../state/desired.ts';
import { findHolders, type Hosting, type Rivals, type Serving } from '../state/holders.ts';
import { HostIndex, type Place } from '../state/host-index.ts';
import { judgeAbility } from '../state/judge-ability.ts';
import { judgePresence } from '../state/judge-presence.ts';
import type { Observed, ObservedCertificate } from '../state/observed.ts';
import { describeHosting } from '../state/place.ts';
import { projectCertificate, projectIngressClass } from '../state/project.ts';
import { resolveParents } from '../state/resolve-parents.ts';
import { SharingIndex } from '../state/sharing-index.ts';
import { findStandIns } from '../state/stand-ins.ts';
import { TlsIndex } from '../state/tls-index.ts';
import type { DocumentCluster } from './document-cluster.ts';

export interface DocumentContext {
  readonly cluster: DocumentCluster;
  /** `spec.controller` of classes that are not among the documents. */
  readonly controller: string;
  readonly policy: Policy;
}

/**
 * Gathers the facts about each route among the documents, as the controller does when it has looked at all of them. Whether a route can be
 * served depends on older ones only, so they are looked at by age.
 */
export function observeDocuments(routes: readonly WssRoute[], context: DocumentContext): (route: WssRoute) => Observed {
  const sharing = new SharingIndex();
  const hosts = new HostIndex();
  const abilities = new AbilityIndex();
  const rivals: Rivals = {
    routesAt: (claim) => routes.filter((other) => claimsOf(other).includes(claim)),
    objectsAt: (claim) => context.cluster.serving.filter(({ claims }) => claims.includes(claim)),
    objectsOf: () => [],
    abilityOf: ({ metadata }, claim) => abilities.abilityOf(formatKey(metadata), claim),
  };
  for (const route of routes) {
    sharing.change(formatKey(route.metadata), undefined, route);
    hosts.change(formatKey(route.metadata), undefined, route);
  }
  const tls = new TlsIndex();
  // An object may be among the documents twice.
  const known = new Map<string, Serving>();
  for (const serving of context.cluster.serving) {
    const name = `${serving.kind} ${formatKey(serving)}`;
    tls.change(known.get(name), serving);
    known.set(name, serving);
  }
  const byKey = new Map(routes.map((route) => [formatKey(route.metadata), route]));
  /** Of routes that have written nothing yet, the first one will be first. */
  const findDecider = (place: Place, key: string, isExclusive: boolean): Decider | undefined => {
    const { leader, oldest } = hosts.findFirst(place);
    const holder = tls.holderAt(place);
    const owner = holder === undefined ? (isExclusive ? leader : oldest) : holder.owner;
    const route = owner === undefined || owner === key ? undefined : byKey.get(owner);
    if (route !== undefined) return describeDecider(route, findSecret(route, context), context.policy);
    return holder !== undefined && holder.owner === undefined ? describeForeignDecider(holder) : undefined;
  };
  const findDeciders = (route: WssRoute, { isExclusive }: Hosting): Observed['deciders'] => {
    const classes = attachmentsOf(route).filter(({ kind }) => kind === 'IngressClass');
    const deciders = classes.flatMap((attachment) =>
      hostsOf(route).flatMap((host) => {
        const place = `${scopeOf(attachment)} ${host}`;
        const decider = findDecider(place, formatKey(route.metadata), isExclusive(attachment));
        return decider === undefined ? [] : [[place, decider] as const];
      }),
    );
    return new Map(deciders);
  };
  const observe = (route: WssRoute): Observed => {
    const key = formatKey(route.metadata);
    const { ingressClass, certificate } = findNamed(route, context);
    const hosting = describeHosting(context.policy, ingressClass);
    const holders = findHolders(route, [], hosting, rivals);
    return {
      ...{ route, ingressClass, certificate, holders },
      parents: resolveParents(route, context.cluster.parents),
      standings: hosts.standingsOf(key, route),
      deciders: findDeciders(route, hosting),
      ...findStandIns(route, holders, rivals),
      ...sharing.describe(key, route),
      fillers: context.cluster.fillersOf(route.metadata.namespace, route.spec.tls.secretName ?? ''),
      services: context.cluster.servicesOf(route.metadata.namespace),
      knowsServices: false,
      isCertManagerInstalled: true,
      unreadKinds: new Map(),
      proofs: new Map(),
      latestRequest: undefined,
      order: undefined,
      challenges: [],
      issuedRequest: undefined,
      children: [],
    };
  };
  const byAge = [...routes].sort((left, right) => compareAge(describeRoute(left), describeRoute(right)));
  for (const route of byAge) {
    const key = formatKey(route.metadata);
    const observed = observe(route);
    const isObstructed = findRouteObstacle(observed, context.policy) !== undefined;
    hosts.setPresence(key, route, judgePresence(observed, isObstructed));
    const { placements } = isServed(context.policy, route.spec) ? desire(observed, context.policy) : { placements: [] };
    abilities.judge(key, route, judgeAbility(route, placements, []));
  }
  return observe;
}

function findNamed(
  { metadata, spec }: WssRoute,
  { cluster, controller }: DocumentContext,
): Pick<Observed, 'ingressClass' | 'certificate'> {
  const ingressClass = cluster.find(ingressClassKind, { name: spec.ingressClassName ?? '' });
  const { namespace, name } = metadata;
  const certificate = cluster.find(certificateKind, {
    ...(namespace !== undefined && { namespace }),
    name: spec.tls.certificateRef?.name ?? nameChildren(name),
  });
  return {
    ingressClass: ingressClass === undefined ? { controller } : projectIngressClass(ingressClass),
    certificate: certificate && (projectCertificate(certificate) satisfies ObservedCertificate),
  };
}

function findSecret(route: WssRoute, context: DocumentContext): string {
  if (route.spec.tls.certificateRef === undefined) return nameSecret(route);
  return findNamed(route, context).certificate?.secretName ?? '';
}
