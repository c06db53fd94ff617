import { microTime } from './micro-time.ts';

/** `spec` of a Lease (coordination.k8s.io/v1), as client-go's leader election uses it. */
export interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number | null;
}

/**
 * When a lease may be taken at the earliest, if it is not renewed: in monotonic milliseconds, like `seenAt`, when it was first seen
 * as it is. Other machines' clocks are never compared with ours.
 *
 * @param ownDurationMs for a lease that says no duration: somebody has edited it by hand, and its holder may be at work
 */
export function expiresAt(spec: LeaseSpec, seenAt: number, ownDurationMs: number): number {
  if (holderOf(spec) === undefined) return seenAt;
  return seenAt + (spec.leaseDurationSeconds == null ? ownDurationMs : spec.leaseDurationSeconds * 1000);
}

/** Whether nothing has happened to a lease in between. Labels and the like are no renewal. */
export function isUnchanged(before: LeaseSpec, after: LeaseSpec): boolean {
  return (
    before.holderIdentity === after.holderIdentity &&
    before.leaseDurationSeconds === after.leaseDurationSeconds &&
    before.acquireTime === after.acquireTime &&
    before.renewTime === after.renewTime &&
    before.leaseTransitions === after.leaseTransitions
  );
}

/** Undefined: nobody. A released lease has an empty holder, as client-go leaves it. */
export function holderOf(spec: LeaseSpec): string | undefined {
  return spec.holderIdentity || undefined;
}

/** The lease as `identity` takes it, or goes on holding it. */
export function holdLease(before: LeaseSpec, identity: string, leaseDurationMs: number, now: Date): LeaseSpec {
  const isMine = before.holderIdentity === identity;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
    acquireTime: isMine ? (before.acquireTime ?? microTime(now)) : microTime(now),
    renewTime: microTime(now),
    // Counts changes of the holder; the first one makes none (client-go, tools/leaderelection).
    leaseTransitions: (before.leaseTransitions ?? 0) + (isMine || before.renewTime == null ? 0 : 1),
  };
}

/** The lease as its holder leaves it on purpose: the next one need not wait. */
export function freeLease(before: LeaseSpec, now: Date): LeaseSpec {
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: microTime(now),
    renewTime: microTime(now),
    leaseTransitions: before.leaseTransitions ?? 0,
  };
}
