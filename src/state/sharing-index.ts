import type { WssRoute } from '../api/wssroute.ts';
import { describeBackendTls } from '../route/backend-tls.ts';
import { describeBackends } from '../route/balancing.ts';
import type { Observed } from './observed.ts';
import { RivalIndex } from './rival-index.ts';

/** Knows which routes on the same Services and ports cannot all have what they want there. */
export class SharingIndex {
  readonly #balancing = new RivalIndex(describeBackends);
  readonly #backendTls = new RivalIndex(describeBackendTls);

  /** Replaces what is known of a route. Returns the keys of the routes whose rivals are others now. */
  change(key: string, before: WssRoute | undefined, after: WssRoute | undefined): ReadonlySet<string> {
    return new Set([this.#balancing, this.#backendTls].flatMap((index) => [...index.change(key, before, after)]));
  }

  /** What others have to do with the backends of a route. */
  describe(key: string, route: WssRoute): Pick<Observed, 'balancingRivals' | 'backendTls'> {
    return {
      balancingRivals: this.#balancing.findRivals(route),
      backendTls: { rivals: this.#backendTls.findRivals(route), isShared: this.#backendTls.isShared(key, route) },
    };
  }
}
