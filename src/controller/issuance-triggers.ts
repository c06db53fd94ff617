import { isDeepStrictEqual } from 'node:util';
import { formatKey, parseKey } from '../api/objects.ts';
import type { ObservedCertificateRequest, ObservedChallenge, ObservedOrder } from '../state/observed.ts';
import { KeyIndex } from './key-index.ts';

/** Knows what cert-manager has made for which Certificate, and wakes those who use it when that says anything new. */
export class IssuanceTriggers {
  readonly #wake: (certificateKey: string) => void;
  /** CertificateRequests by the Certificate that they were made for. */
  readonly #requests = new KeyIndex();
  /** ACME Orders by their CertificateRequest, as far as they are not done. */
  readonly #orders = new KeyIndex();
  /** ACME Challenges by their Order. */
  readonly #challenges = new KeyIndex();

  constructor(wake: (certificateKey: string) => void) {
    this.#wake = wake;
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
    if (left !== undefined && left !== certificate) this.#wake(left);
    if (certificate !== undefined) this.#wake(certificate);
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

  #wakeRequesters(requestKeys: readonly string[]): void {
    for (const requestKey of requestKeys) {
      for (const certificate of this.#requests.valuesOf(requestKey)) this.#wake(certificate);
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
