import type { EventInput } from '../kube/events.ts';
import type { Transport } from '../kube/transport.ts';
import type { Policy } from '../route/policy.ts';
import type { Observed } from '../state/observed.ts';
import type { Caches } from './caches.ts';
import type { Expectations } from './expectations.ts';
import type { Triggers } from './triggers.ts';

/** What a pass needs besides the route's key. */
export interface ReconcileContext {
  readonly transport: Transport;
  readonly caches: Caches;
  readonly triggers: Triggers;
  readonly expectations: Expectations;
  readonly policy: Policy;
  /** What the handshakes of this term have found out about a route. */
  readonly proofsOf: (routeKey: string) => Observed['proofs'];
  readonly now: () => Date;
  readonly onWrite: (write: Write) => void;
  readonly onEvent: (event: EventInput) => void;
}

/** A write that has been made. */
export interface Write {
  readonly routeKey: string;
  readonly kind: string;
  readonly name: string;
  readonly action: 'created' | 'configured' | 'deleted' | 'status';
  /** The first field that differed. */
  readonly field?: string;
}
