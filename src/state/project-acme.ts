import { certificateRequestKind, orderKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { findOwner } from './find-owner.ts';
import type { ObservedChallenge, ObservedOrder } from './observed.ts';

/** What is longer is cut: an ACME server may send whole pages, and whoever may write a status could fill the memory with it. */
const maximumReason = 512;

interface OrderShape {
  readonly status?: { readonly state?: string; readonly reason?: string };
}

interface ChallengeShape extends OrderShape {
  readonly spec?: { readonly type?: string; readonly dnsName?: string; readonly wildcard?: boolean };
}

/** There is one for each certificate that was ever issued, and nothing more to tell of it: one object stands for them all. */
const finishedOrder: ObservedOrder = { name: '', uid: '', ownerName: '', ownerUid: '', state: 'valid', reason: '' };

/** What is kept of an Order of cert-manager. */
export function projectOrder(object: KubeObject): ObservedOrder {
  const { status } = object as OrderShape;
  if (status?.state === 'valid') return finishedOrder;
  const { name, uid = '' } = object.metadata;
  return { name, uid, ...findOwner(object.metadata, certificateRequestKind), ...readProgress(status) };
}

/** What is kept of a Challenge; cert-manager deletes it when its Order is done. */
export function projectChallenge(object: KubeObject): ObservedChallenge {
  const { spec, status } = object as ChallengeShape;
  const { type = 'ACME', dnsName = '', wildcard = false } = spec ?? {};
  return {
    type,
    name: wildcard ? `*.${dnsName}` : dnsName,
    ...findOwner(object.metadata, orderKind),
    ...readProgress(status),
  };
}

/** Without a state yet, it waits for its turn. */
function readProgress({ state, reason }: NonNullable<OrderShape['status']> = {}): { state: string; reason: string } {
  return { state: state || 'pending', reason: steady(reason ?? '').slice(0, maximumReason) };
}

/**
 * The same words for the same news. cert-manager tries again every few seconds, and its words then differ by the port that a
 * question was sent from (Go's net.OpError) or by the time that is left (pkg/controller/acmechallenges/readiness.go): a status
 * that followed would be written each time.
 */
function steady(reason: string): string {
  return reason.replace(/ \S+:\d+->/g, ' ').replace(/\bWaiting [\d.hmsnµ]+ before\b/, 'Waiting before');
}
