import { certificateKind, ingressKind, type Kind, wssRouteKind } from '../../src/api/kinds.ts';
import { formatKey } from '../../src/api/objects.ts';
import { classify } from '../../src/kube/errors.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { watch } from '../../src/kube/watch.ts';
import { adminTransport } from '../apiserver/cluster.ts';
import type { ApiObject } from '../support/admin-client.ts';
import type { Rig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';

/** One version of an object, as the API server has served it. */
export interface Version {
  readonly kind: string;
  readonly key: string;
  /** Position in the history of the cluster: one etcd, so versions of all kinds have one order. */
  readonly revision: bigint;
  readonly isGone: boolean;
  readonly object: ApiObject;
}

/** Every version of every route and of everything that is written for routes, in the order in which they came to be. */
export class Recorder {
  readonly #versions: Version[] = [];
  readonly #abort = new AbortController();
  readonly #transport: Transport;
  readonly #watches: readonly Promise<void>[];
  #failure: unknown;

  static async start(rig: Rig): Promise<Recorder> {
    return new Recorder(await adminTransport(rig.kubeconfig));
  }

  private constructor(transport: Transport) {
    this.#transport = transport;
    this.#watches = [wssRouteKind, ingressKind, certificateKind].map((kind) =>
      this.#follow(kind).catch((error: unknown) => {
        this.#failure = error;
      }),
    );
  }

  /** Waits until everything up to an object's version has been recorded. */
  async waitFor({ metadata }: ApiObject): Promise<void> {
    const revision = BigInt(metadata.resourceVersion);
    const isThere = async () =>
      this.#failure !== undefined || this.#versions.some((each) => each.revision === revision);
    await waitUntil(isThere, { what: `version ${revision} to be recorded`, timeoutMs: 20_000 });
  }

  async stop(): Promise<readonly Version[]> {
    this.#abort.abort();
    await Promise.all(this.#watches);
    await this.#transport.close();
    if (this.#failure !== undefined) throw new Error('a watch of the recorder has failed', { cause: this.#failure });
    return [...this.#versions].sort((left, right) => (left.revision < right.revision ? -1 : 1));
  }

  /** A watch that the server has ended goes on where it was, so no version is missed; a kind that is not there yet is waited for. */
  async #follow(kind: Kind): Promise<void> {
    let resourceVersion: string | undefined;
    while (!this.#abort.signal.aborted) {
      const options = {
        resourceVersion,
        timeoutSeconds: 300,
        inactivityMs: 600_000,
        signal: this.#abort.signal,
        onOpen: () => undefined,
      };
      try {
        for await (const event of watch(this.#transport, { kind, isMetadataOnly: false }, options)) {
          if (event.type === 'bookmark') {
            resourceVersion = event.resourceVersion;
            continue;
          }
          resourceVersion = event.object.metadata.resourceVersion;
          this.#add(kind, event.type === 'delete', event.object);
        }
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (classify(error) === 'invalid') throw error;
        // A changed definition makes the API server forget the versions before: what is there now comes again.
        if (classify(error) === 'expired') resourceVersion = undefined;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  #add(kind: Kind, isGone: boolean, object: ApiObject): void {
    const revision = BigInt(object.metadata.resourceVersion);
    if (this.#versions.some((each) => each.revision === revision && each.isGone === isGone)) return;
    this.#versions.push({ kind: kind.kind, key: formatKey(object.metadata), revision, isGone, object });
  }
}
