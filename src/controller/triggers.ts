import { isDeepStrictEqual } from 'node:util';
import { formatKey, parseKey } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { claimsOf } from '../route/claims.ts';
import { nameAuthority, nameChildren } from '../route/names.ts';
import { validateRoute } from '../route/validate.ts';
import { BalancingIndex } from '../state/balancing-index.ts';
import type {
  ObservedCertificateRequest,
  ObservedChallenge,
  ObservedIngress,
  ObservedOrder,
} from '../state/observed.ts';
import { isRoutes } from '../state/ownership.ts';
import { KeyIndex } from './key-index.ts';

/** Knows which routes a change of an object concerns, and wakes those and no others. */
export class Triggers {
  readonly #wake: (routeKey: string) => void;
  /** Routes by the objects that they refer to or own, as `Kind namespace/name`. */
  readonly #references = new KeyIndex();
  readonly #routeClaims = new KeyIndex();
  readonly #validRoutes = new Map<string, WssRoute>();
  readonly #ingressClaims = new KeyIndex();
  /** CertificateRequests by the Certificate that they were made for. */
  readonly #requests = new KeyIndex();
  /** ACME Orders by their CertificateRequest, as far as they are not done. */
  readonly #orders = new KeyIndex();
  /** ACME Challenges by their Order. */
  readonly #challenges = new KeyIndex();
  readonly #balancing = new BalancingIndex();

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
    if (valid === undefined) this.#validRoutes.delete(key);
    else this.#validRoutes.set(key, valid);
    if (isSameSpec(before, valid)) return;
    const left = before === undefined ? [] : claimsOf(before);
    const taken = valid === undefined ? [] : claimsOf(valid);
    this.#references.set(key, valid === undefined ? [] : listReferences(valid));
    this.#routeClaims.set(key, taken);
    for (const other of this.#balancing.change(key, before, valid)) this.#wake(other);
    this.#wakeClaimants([...left, ...taken]);
  }

  ingressChanged(key: string, before: ObservedIngress | undefined, after: ObservedIngress | undefined): void {
    const foreign = after === undefined || isRoutes(after) ? [] : after.claims;
    const wasForeign = before === undefined || isRoutes(before) ? [] : before.claims;
    this.#ingressClaims.set(key, foreign);
    this.objectChanged('Ingress', key);
    this.#wakeClaimants([...wasForeign, ...foreign]);
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
  objectChanged(kind: 'Ingress' | 'Certificate' | 'ConfigMap' | 'IngressClass' | 'Service', key: string): void {
    for (const routeKey of this.#references.keysOf(`${kind} ${key}`)) this.#wake(routeKey);
  }

  /** Keys of the routes that want a claim. */
  routesAt(claim: string): ReadonlySet<string> {
    return this.#routeClaims.keysOf(claim);
  }

  /** Keys of other people's Ingresses that serve a claim. */
  ingressesAt(claim: string): ReadonlySet<string> {
    return this.#ingressClaims.keysOf(claim);
  }

  /** Keys of the CertificateRequests that were made for a Certificate. */
  requestsOf(certificateKey: string): ReadonlySet<string> {
    return this.#requests.keysOf(certificateKey);
  }

  /** Keys of the Orders that were made for a CertificateRequest and are not done. */
  ordersOf(requestKey: string): ReadonlySet<string> {
    return this.#orders.keysOf(requestKey);
  }

  challengesOf(orderKey: string): ReadonlySet<string> {
    return this.#challenges.keysOf(orderKey);
  }

  /** Keys of routes that want the connections of the route's Services spread in another way. */
  balancingRivalsOf(route: WssRoute): readonly string[] {
    return this.#balancing.findRivals(route);
  }

  #wakeRequesters(requestKeys: readonly string[]): void {
    for (const requestKey of requestKeys) {
      for (const certificate of this.#requests.valuesOf(requestKey)) this.objectChanged('Certificate', certificate);
    }
  }

  #wakeClaimants(claims: readonly string[]): void {
    for (const claim of claims) {
      for (const routeKey of this.#routeClaims.keysOf(claim)) this.#wake(routeKey);
    }
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

function listReferences({ metadata, spec }: WssRoute): readonly string[] {
  const { namespace = '' } = metadata;
  const child = childKeyOf(formatKey(metadata));
  const shared = spec.tls.certificateRef;
  return [
    `Ingress ${child}`,
    `Certificate ${child}`,
    `ConfigMap ${authorityKeyOf(formatKey(metadata))}`,
    `IngressClass ${formatKey({ name: spec.ingressClassName })}`,
    ...(shared === undefined ? [] : [`Certificate ${formatKey({ namespace, name: shared.name })}`]),
    ...new Set(spec.paths.map(({ service }) => `Service ${formatKey({ namespace, name: service.name })}`)),
  ];
}

/** Key of the objects that are written for a route. */
export function childKeyOf(routeKey: string): string {
  const { namespace, name } = parseKey(routeKey);
  return formatKey({ namespace, name: nameChildren(name) });
}

/** Key of the ConfigMap that tells the route's authority. */
export function authorityKeyOf(routeKey: string): string {
  const { namespace, name } = parseKey(routeKey);
  return formatKey({ namespace, name: nameAuthority(name) });
}
