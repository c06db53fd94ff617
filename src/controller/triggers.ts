import { isDeepStrictEqual } from 'node:util';
import { gatewayKind, listenerSetKind } from '../api/kinds.ts';
import { formatKey, parseKey } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { type Claim, claimsOf, hostClaimsOf, nameConcerned } from '../route/claims.ts';
import { nameChildren } from '../route/names.ts';
import { validateRoute } from '../route/validate.ts';
import type { Serving } from '../state/holders.ts';
import { HostIndex } from '../state/host-index.ts';
import type { ObservedCertificateRequest, ObservedChallenge, ObservedChild, ObservedOrder } from '../state/observed.ts';
import type { ObservedReferenceGrant } from '../state/observed-gateway.ts';
import { isRoutes, ownerOf } from '../state/ownership.ts';
import { listParentNames } from '../state/resolve-parents.ts';
import { SharingIndex } from '../state/sharing-index.ts';
import { KeyIndex } from './key-index.ts';

/** References of every route that is attached to a Gateway or ListenerSet, and of those with a ListenerSet. */
const anyParent = 'GatewayClass *';
const anyListenerSet = 'ListenerSet *';

/** Knows which routes a change of an object concerns, and wakes those and no others. */
export class Triggers {
  readonly #wake: (routeKey: string) => void;
  /** Routes by the objects that they refer to or own, as `Kind namespace/name`. */
  readonly #references = new KeyIndex();
  readonly #routeClaims = new KeyIndex();
  readonly #validRoutes = new Map<string, WssRoute>();
  /** Other people's Ingresses and HTTPRoutes, as `Kind namespace/name`, by what they serve. */
  readonly #foreignClaims = new KeyIndex();
  /** Objects by the route that owns them, as `Kind namespace/name`. */
  readonly #children = new KeyIndex();
  /** Routes by the names of the objects that they need and do not own, as `Kind namespace/name`. */
  readonly #names = new KeyIndex();
  /** CertificateRequests by the Certificate that they were made for. */
  readonly #requests = new KeyIndex();
  /** ACME Orders by their CertificateRequest, as far as they are not done. */
  readonly #orders = new KeyIndex();
  /** ACME Challenges by their Order. */
  readonly #challenges = new KeyIndex();
  /** ReferenceGrants by their namespace. */
  readonly #grants = new KeyIndex();
  readonly #sharing = new SharingIndex();
  readonly #hosts = new HostIndex();

  constructor(wake: (routeKey: string) => void) {
    this.#wake = wake;
  }

  /**
   * A route was seen, changed or removed: it is woken itself, and so is everyone who wants the same host and path, or the same
   * Service in another way. A route that breaks the schema claims nothing.
   */
  routeChanged(key: string, after: WssRoute | undefined): void {
    this.#wake(key);
    const before = this.#validRoutes.get(key);
    const valid =
      after !== undefined && (isSameSpec(before, after) || validateRoute(after).isValid) ? after : undefined;
    if (after === undefined) this.#names.set(key, []);
    if (valid === undefined) this.#validRoutes.delete(key);
    else this.#validRoutes.set(key, valid);
    if (isSameSpec(before, valid)) return;
    const left = before === undefined ? [] : claimsOf(before);
    const taken = valid === undefined ? [] : claimsOf(valid);
    this.#references.set(key, valid === undefined ? [] : listReferences(valid));
    this.#routeClaims.set(key, [...taken, ...(valid === undefined ? [] : hostClaimsOf(valid))]);
    for (const other of this.#sharing.change(key, before, valid)) this.#wake(other);
    for (const other of this.#hosts.change(key, before, valid)) this.#wake(other);
    this.#wakeClaimants([...left, ...taken]);
  }

  /** An Ingress or an HTTPRoute, anybody's. */
  servingChanged(kind: string, key: string, before: Serving | undefined, after: Serving | undefined): void {
    const foreign = after === undefined || isRoutes(after) ? [] : after.claims;
    const wasForeign = before === undefined || isRoutes(before) ? [] : before.claims;
    this.#foreignClaims.set(`${kind} ${key}`, foreign);
    this.childChanged(kind, key, before, after);
    // Of a foreign object only what it serves, and since when, is anybody's business.
    if (before?.uid === after?.uid && isDeepStrictEqual(wasForeign, foreign)) return;
    this.#wakeClaimants([...wasForeign, ...foreign].map(nameConcerned));
  }

  /** An object of a kind that is written for routes: wakes its owner, and whoever needs its name. */
  childChanged(kind: string, key: string, before: ObservedChild | undefined, after: ObservedChild | undefined): void {
    const owner = after && ownerOf(after);
    this.#children.set(`${kind} ${key}`, owner === undefined ? [] : [owner]);
    const concerned = new Set([owner, before && ownerOf(before), ...this.#names.keysOf(`${kind} ${key}`)]);
    for (const routeKey of concerned) if (routeKey !== undefined) this.#wake(routeKey);
  }

  /** Names of objects that a route needs, as `Kind namespace/name`: whoever has one may be in the way. What it owns wakes it anyway. */
  needs(routeKey: string, names: readonly string[]): void {
    const others = names.filter((name) => !this.#children.valuesOf(name).includes(routeKey));
    this.#names.set(routeKey, others);
  }

  /** Objects that a route owns, as `Kind namespace/name`. */
  childrenOf(routeKey: string): Iterable<string> {
    return this.#children.keysOf(routeKey);
  }

  /** Place of a route among those that serve its hosts, as `scope host`. `isIdle`: nothing can be written for it, so that others lead. */
  ranksOf(routeKey: string, route: WssRoute, isIdle: boolean): ReadonlyMap<string, number> {
    for (const other of this.#hosts.setIdle(routeKey, route, isIdle)) this.#wake(other);
    return this.#hosts.ranksOf(routeKey, route);
  }

  /** Wakes whoever uses the Certificate, when the request says anything new: cert-manager writes each of them several times. */
  certificateRequestChanged(
    key: string,
    before: ObservedCertificateRequest | undefined,
    after: ObservedCertificateRequest | undefined,
  ): void {
    const certificate = certificateKeyOf(after);
    this.#requests.set(key, certificate === undefined ? [] : [certificate]);
    if (isDeepStrictEqual(before, after)) return;
    const left = certificateKeyOf(before);
    if (left !== undefined && left !== certificate) this.objectChanged('Certificate', left);
    if (certificate !== undefined) this.objectChanged('Certificate', certificate);
  }

  /** Wakes whoever uses the Certificate that the Order is for, when it says anything new. */
  orderChanged(key: string, before: ObservedOrder | undefined, after: ObservedOrder | undefined): void {
    const owners = listOwners(key, before, after);
    this.#orders.set(key, listOwners(key, after));
    if (!isDeepStrictEqual(before, after)) this.#wakeRequesters(owners);
  }

  /** The same for a Challenge of such an Order. */
  challengeChanged(key: string, before: ObservedChallenge | undefined, after: ObservedChallenge | undefined): void {
    const owners = listOwners(key, before, after);
    this.#challenges.set(key, listOwners(key, after));
    if (isDeepStrictEqual(before, after)) return;
    this.#wakeRequesters(owners.flatMap((order) => this.#orders.valuesOf(order)));
  }

  /** Whether the route keeps to the schema; it is judged once for each generation. */
  isValid(routeKey: string): boolean {
    return this.#validRoutes.has(routeKey);
  }

  /** Anything else that routes refer to by name. */
  objectChanged(kind: string, key: string): void {
    for (const routeKey of this.#references.keysOf(`${kind} ${key}`)) this.#wake(routeKey);
  }

  /** A Gateway or what it depends on; a ListenerSet's own Gateway may be any. */
  parentChanged(kind: string, key: string): void {
    const isNamed = kind === gatewayKind.kind || kind === listenerSetKind.kind;
    const references = isNamed
      ? [`${kind} ${key}`, ...(kind === gatewayKind.kind ? [anyListenerSet] : [])]
      : [anyParent];
    for (const reference of references) for (const routeKey of this.#references.keysOf(reference)) this.#wake(routeKey);
  }

  grantChanged(key: string, after: ObservedReferenceGrant | undefined): void {
    this.#grants.set(key, after === undefined ? [] : [after.namespace]);
  }

  /** Keys of the ReferenceGrants of a namespace. */
  grantsIn(namespace: string): Iterable<string> {
    return this.#grants.keysOf(namespace);
  }

  /** Keys of the routes that want a claim. */
  routesAt(claim: string): Iterable<string> {
    return this.#routeClaims.keysOf(claim);
  }

  /** Other people's Ingresses and HTTPRoutes that serve a claim, as `Kind namespace/name`. */
  objectsAt(claim: Claim): Iterable<string> {
    return this.#foreignClaims.keysOf(claim);
  }

  /** Keys of the CertificateRequests that were made for a Certificate. */
  requestsOf(certificateKey: string): Iterable<string> {
    return this.#requests.keysOf(certificateKey);
  }

  /** Keys of the Orders that were made for a CertificateRequest and are not done. */
  ordersOf(requestKey: string): Iterable<string> {
    return this.#orders.keysOf(requestKey);
  }

  challengesOf(orderKey: string): Iterable<string> {
    return this.#challenges.keysOf(orderKey);
  }

  /** What others have to do with the Services of a route. */
  sharingOf(routeKey: string, route: WssRoute): ReturnType<SharingIndex['describe']> {
    return this.#sharing.describe(routeKey, route);
  }

  #wakeRequesters(requestKeys: readonly string[]): void {
    for (const requestKey of requestKeys) {
      for (const certificate of this.#requests.valuesOf(requestKey)) this.objectChanged('Certificate', certificate);
    }
  }

  #wakeClaimants(claims: readonly string[]): void {
    for (const claim of claims) for (const routeKey of this.#routeClaims.keysOf(claim)) this.#wake(routeKey);
  }
}

function certificateKeyOf(request: ObservedCertificateRequest | undefined): string | undefined {
  if (request === undefined || request.certificateName === '') return undefined;
  return formatKey({ namespace: request.namespace, name: request.certificateName });
}

/** Keys of those that own the states of an object, each once; an owner is in the namespace of what it owns. */
function listOwners(
  key: string,
  ...states: readonly ({ readonly ownerName: string } | undefined)[]
): readonly string[] {
  const { namespace } = parseKey(key);
  const names = new Set(
    states.flatMap((state) => (state === undefined || state.ownerName === '' ? [] : [state.ownerName])),
  );
  return [...names].map((name) => formatKey({ namespace, name }));
}

function isSameSpec(before: WssRoute | undefined, after: WssRoute | undefined): boolean {
  return before?.metadata.uid === after?.metadata.uid && before?.metadata.generation === after?.metadata.generation;
}

function listReferences(route: WssRoute): readonly string[] {
  const { metadata, spec } = route;
  const { namespace = '' } = metadata;
  const shared = spec.tls.certificateRef;
  return [
    `Certificate ${childKeyOf(formatKey(metadata))}`,
    ...listParents(route),
    ...(spec.ingressClassName === undefined ? [] : [`IngressClass ${formatKey({ name: spec.ingressClassName })}`]),
    ...(shared === undefined ? [] : [`Certificate ${formatKey({ namespace, name: shared.name })}`]),
    ...new Set(spec.paths.map(({ service }) => `Service ${formatKey({ namespace, name: service.name })}`)),
  ];
}

/** What the attachments to Gateways depend on. */
function listParents(route: WssRoute): readonly string[] {
  const names = listParentNames(route);
  const hasSets = names.some((name) => name.startsWith(`${listenerSetKind.kind} `));
  return [...names, ...(names.length > 0 ? [anyParent] : []), ...(hasSets ? [anyListenerSet] : [])];
}

/** Key of the Certificate that is requested for a route. */
export function childKeyOf(routeKey: string): string {
  const { namespace, name } = parseKey(routeKey);
  return formatKey({ namespace, name: nameChildren(name) });
}
