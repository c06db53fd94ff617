import { microTime } from './micro-time.ts';

/** `spec` of a Lease (coordination.k8s.io/v1), as client-go's leader election uses it. */
export interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number | null;
}

/** A Lease and when it was first seen like that, in monotonic milliseconds: other machines' clocks are never compared with ours. */
export interface SeenLease {
  readonly spec: LeaseSpec;
  readonly resourceVersion: string;
  readonly seenAt: number;
}

/** Whether nobody holds the lease, or its holder has not renewed it for as long as it promised to. */
export function isFree({ spec, seenAt }: SeenLease, now: number): boolean {
  return holderOf(spec) === undefined || now >= expiresAt(spec, seenAt);
}

/** When the lease may be taken at the earliest, in the milliseconds of {@link SeenLease.seenAt}, if it is not renewed. */
export function expiresAt(spec: LeaseSpec, seenAt: number): number {
  return seenAt + (spec.leaseDurationSeconds ?? 0) * 1000;
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
