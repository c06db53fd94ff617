import { apiVersionOf, leaseKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { classify } from './errors.ts';
import type { LeaseSpec } from './lease.ts';
import { pathOf } from './path.ts';
import type { Transport } from './transport.ts';

/** A Lease as the API server has it, with whatever others have put into it. */
export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec | null;
}

export interface LeaseStoreOptions {
  readonly transport: Transport;
  readonly namespace: string;
  readonly name: string;
}

/** How long a request about a Lease may take, in milliseconds, and what ends it early. */
export interface LeaseLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** One Lease of the API server. Its requests leave whether or not this process may write anything else. */
export class LeaseStore {
  readonly #transport: Transport;
  readonly #namespace: string;
  readonly #name: string;

  constructor({ transport, namespace, name }: LeaseStoreOptions) {
    this.#transport = transport;
    this.#namespace = namespace;
    this.#name = name;
  }

  /** Undefined when there is none. */
  async read(limits: LeaseLimits): Promise<Lease | undefined> {
    try {
      return await this.#request('GET', pathOf(leaseKind, this.#namespace, this.#name), undefined, limits);
    } catch (error) {
      if (classify(error) === 'notFound') return undefined;
      throw error;
    }
  }

  /**
   * Makes the Lease, or changes exactly the one that was read: `alreadyExists`, `conflict` or `notFound` when somebody else was
   * faster. Fields and metadata of others stay.
   */
  write(before: Lease | undefined, spec: LeaseSpec, limits: LeaseLimits): Promise<Lease> {
    if (before !== undefined) {
      const body = { ...before, spec: { ...before.spec, ...spec } };
      return this.#request('PUT', pathOf(leaseKind, this.#namespace, this.#name), body, limits);
    }
    const metadata = { namespace: this.#namespace, name: this.#name };
    const body = { apiVersion: apiVersionOf(leaseKind), kind: leaseKind.kind, metadata, spec };
    return this.#request('POST', pathOf(leaseKind, this.#namespace), body, limits);
  }

  async #request(method: 'GET' | 'POST' | 'PUT', path: string, body: unknown, limits: LeaseLimits): Promise<Lease> {
    const answer = await this.#transport.request<Lease>({ method, path, body, isBesideWrites: true, ...limits });
    return answer.body;
  }
}
