import { isDeepStrictEqual } from 'node:util';
import { gatewayKind, listenerSetKind } from '../api/kinds.ts';
import { formatKey, parseKey } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { type Claim, claimsOf, hostClaimsOf, nameConcerned } from '../route/claims.ts';
import { nameChildren } from '../route/names.ts';
import { validateRoute } from '../route/validate.ts';
import { type Ability, AbilityIndex, type Judgement } from '../state/ability-index.ts';
import type { Serving } from '../state/holders.ts';
import { HostIndex, type HostStanding, type Place, type Presence } from '../state/host-index.ts';
import type { ObservedCertificate, ObservedChild } from '../state/observed.ts';
import type { ObservedReferenceGrant } from '../state/observed-gateway.ts';
import { isRoutes, ownerOf } from '../state/ownership.ts';
import { listParentNames } from '../state/resolve-parents.ts';
import { SharingIndex } from '../state/sharing-index.ts';
import { type TlsHolder, TlsIndex } from '../state/tls-index.ts';
import { IssuanceTriggers } from './issuance-triggers.ts';
import { KeyIndex } from './key-index.ts';

/** References of every route that is attached to a Gateway or ListenerSet, and of those with a ListenerSet. */
const anyParent = 'GatewayClass *';
const anyListenerSet = 'ListenerSet *';

/** Knows which routes a change of an object concerns, and wakes those and no others. */
export class Triggers {
  /** For what cert-manager makes of Certificates. */
  readonly issuance = new IssuanceTriggers((certificateKey) => this.objectChanged('Certificate', certificateKey));
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
  /** Certificates by the Secret that they fill. */
  readonly #fillers = new KeyIndex();
  /** ReferenceGrants by their namespace. */
  readonly #grants = new KeyIndex();
  readonly #sharing = new SharingIndex();
  readonly #hosts = new HostIndex();
  readonly #abilities = new AbilityIndex();
  readonly #tls = new TlsIndex();

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
    this.#abilities.forget(key);
    const left = before === undefined ? [] : claimsOf(before);
    const taken = valid === undefined ? [] : claimsOf(valid);
    this.#references.set(key, valid === undefined ? [] : listReferences(valid));
    this.#routeClaims.set(key, [...taken, ...(valid === undefined ? [] : hostClaimsOf(valid))]);
    for (const other of this.#sharing.change(key, before, valid)) this.#wake(other);
    for (const other of this.#hosts.change(key, before, valid)) this.#wake(other);
    this.#wakeClaimants([...left, ...taken]);
    if (before !== undefined && valid !== undefined) this.#wakeFollowers(key, before, valid);
  }

  /** What a route says of its hosts as a whole is what the others there are judged by. */
  #wakeFollowers(key: string, before: WssRoute, after: WssRoute): void {
    const [left, right] = [before, after].map(({ spec: { tls, redirect, hsts } }) => ({ tls, redirect, hsts }));
    if (isDeepStrictEqual(left, right)) return;
    this.#wakeClaimants(hostClaimsOf(after).filter((claim) => this.tlsHolderAt(claim.slice(0, -2))?.owner === key));
  }

  /** An Ingress or an HTTPRoute, anybody's. */
  servingChanged(kind: string, key: string, before: Serving | undefined, after: Serving | undefined): void {
    const foreign = after === undefined || isRoutes(after) ? [] : after.claims;
    const wasForeign = before === undefined || isRoutes(before) ? [] : before.claims;
    this.#foreignClaims.set(`${kind} ${key}`, foreign);
    this.childChanged(kind, key, before, after);
    this.#wakeRivals(before, after);
    const isSameText = before?.uid === after?.uid && before?.content === after?.content;
    // Most changes are of a status: whoever has a host then, and with which TLS, is parsed for nothing.
    if (!isSameText || !isDeepStrictEqual(before?.claims, after?.claims)) {
      this.#wakeClaimants(this.#tls.change(before, after).map((place) => `${place} *`));
    }
    // Of a foreign object only what it serves, and since when, is anybody's business.
    if (before?.uid === after?.uid && isDeepStrictEqual(wasForeign, foreign)) return;
    this.#wakeClaimants([...wasForeign, ...foreign].map(nameConcerned));
  }

  /** What a route's object serves decides whether a younger route may. */
  #wakeRivals(before: Serving | undefined, after: Serving | undefined): void {
    if (isDeepStrictEqual(before?.claims, after?.claims)) return;
    const owners = new Set([before && ownerOf(before), after && ownerOf(after)]);
    for (const owner of owners) {
      const route = owner === undefined ? undefined : this.#validRoutes.get(owner);
      if (route !== undefined) this.#wakeClaimants(claimsOf(route));
    }
  }

  /** What a look at a route has found out of what can be written for it: wakes those who want the same. */
  judged(key: string, route: WssRoute, judgement: Judgement): void {
    const claims = this.#abilities.judge(key, route, judgement);
    for (const claim of claims) for (const other of this.routesAt(claim)) if (other !== key) this.#wake(other);
  }

  /** Nobody has looked at the routes for a while. */
  forgetJudgements(): void {
    this.#abilities.forgetAll();
  }

  abilityOf(routeKey: string, claim: Claim): Ability {
    return this.#abilities.abilityOf(routeKey, claim);
  }

  /** An object of a kind that is written for routes: wakes its owner, and whoever needs its name. */
  childChanged(kind: string, key: string, before: ObservedChild | undefined, after: ObservedChild | undefined): void {
    const owner = after && ownerOf(after);
    this.#children.set(`${kind} ${key}`, owner === undefined ? [] : [owner]);
    const concerned = new Set([owner, before && ownerOf(before), ...this.#names.keysOf(`${kind} ${key}`)]);
    for (const routeKey of concerned) if (routeKey !== undefined) this.#wake(routeKey);
  }

  /** A Certificate, anybody's: wakes those who use it, and those who bring its Secret along. */
  certificateChanged(key: string, before?: ObservedCertificate, after?: ObservedCertificate): void {
    const [left, filled] = [before, after].map((each) => (each ? [formatKey({ ...each, name: each.secretName })] : []));
    this.#fillers.set(key, filled ?? []);
    this.childChanged('Certificate', key, before, after);
    this.objectChanged('Certificate', key);
    for (const secret of new Set([...(left ?? []), ...(filled ?? [])])) this.objectChanged('Secret', secret);
  }

  /** Keys of the Certificates that fill a Secret. */
  fillersOf(secretKey: string): Iterable<string> {
    return this.#fillers.keysOf(secretKey);
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

  /** What a route is among those that serve its hosts, by `scope host`, after it was said what it is to them. */
  standingsOf(
    routeKey: string,
    route: WssRoute,
    presenceAt: (place: Place) => Presence,
  ): ReadonlyMap<Place, HostStanding> {
    for (const other of this.#hosts.setPresence(routeKey, route, presenceAt)) this.#wake(other);
    return this.#hosts.standingsOf(routeKey, route);
  }

  /** The Ingress that has the TLS of a host of a class, as `class host`. */
  tlsHolderAt(place: Place): TlsHolder | undefined {
    return this.#tls.holderAt(place);
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

  /** What others have to do with the Services of a route. */
  sharingOf(routeKey: string, route: WssRoute): ReturnType<SharingIndex['describe']> {
    return this.#sharing.describe(routeKey, route);
  }

  #wakeClaimants(claims: readonly string[]): void {
    for (const claim of claims) for (const routeKey of this.#routeClaims.keysOf(claim)) this.#wake(routeKey);
  }
}

function isSameSpec(before: WssRoute | undefined, after: WssRoute | undefined): boolean {
  return before?.metadata.uid === after?.metadata.uid && before?.metadata.generation === after?.metadata.generation;
}

function listReferences(route: WssRoute): readonly string[] {
  const { metadata, spec } = route;
  const { namespace = '' } = metadata;
  const { certificateRef: shared, secretName: provided } = spec.tls;
  return [
    `Certificate ${childKeyOf(formatKey(metadata))}`,
    ...listParents(route),
    ...(spec.ingressClassName === undefined ? [] : [`IngressClass ${formatKey({ name: spec.ingressClassName })}`]),
    ...(shared === undefined ? [] : [`Certificate ${formatKey({ namespace, name: shared.name })}`]),
    ...(provided === undefined ? [] : [`Secret ${formatKey({ namespace, name: provided })}`]),
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
