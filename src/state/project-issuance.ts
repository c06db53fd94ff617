import { certificateKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { findOwner } from './find-owner.ts';
import type { ObservedCertificateRequest } from './observed.ts';
import { createTextPool } from './pool.ts';

/** Set by cert-manager: which issuance of the Certificate it is. */
const revisionAnnotation = 'cert-manager.io/certificate-revision';
/** A root is 1 to 3 KiB; whatever is longer is not kept, because whoever may write a status could fill the memory with it. */
const maximumCaLength = 16 * 1024;

/** Thousands of routes have the same CA, and a cluster has a handful. */
const shareCa = createTextPool(256);
/** What cert-manager and issuers say is mostly alike. */
const shareMessage = createTextPool(256);

interface CertificateRequestShape {
  readonly status?: {
    readonly ca?: string;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string; readonly message?: string }[];
  };
}

/** What is kept of a CertificateRequest. */
export function projectCertificateRequest(object: KubeObject): ObservedCertificateRequest {
  const { name, namespace = '', uid = '', annotations } = object.metadata;
  const { ownerName, ownerUid } = findOwner(object.metadata, certificateKind);
  const { status } = object as CertificateRequestShape;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const ca = decode(status?.ca);
  return {
    name,
    namespace,
    uid,
    certificateName: ownerName,
    certificateUid: ownerUid,
    revision: Number.parseInt(annotations?.[revisionAnnotation] ?? '', 10) || 0,
    readyReason: ready?.reason,
    message: shareMessage(ready?.message ?? ''),
    ca: ca === undefined ? undefined : shareCa(ca),
  };
}

/** The one of the highest revision. Requests that another Certificate of the same name has left behind do not count. */
export function findLatestRequest(
  requests: readonly ObservedCertificateRequest[],
  certificateUid: string,
): ObservedCertificateRequest | undefined {
  let latest: ObservedCertificateRequest | undefined;
  for (const request of requests) {
    if (request.certificateUid !== certificateUid) continue;
    if (latest === undefined || isLater(request, latest)) latest = request;
  }
  return latest;
}

/** The one of the highest revision whose certificate was issued. */
export function findIssuedRequest(
  requests: readonly ObservedCertificateRequest[],
  certificateUid: string,
): ObservedCertificateRequest | undefined {
  return findLatestRequest(
    requests.filter(({ readyReason }) => readyReason === 'Issued'),
    certificateUid,
  );
}

/** Names decide between equals, so that the answer does not depend on the order of the list. */
function isLater(left: ObservedCertificateRequest, right: ObservedCertificateRequest): boolean {
  return left.revision === right.revision ? left.name > right.name : left.revision > right.revision;
}

function decode(base64: string | undefined): string | undefined {
  if (base64 === undefined || base64 === '' || base64.length > (maximumCaLength * 4) / 3) return undefined;
  return Buffer.from(base64, 'base64').toString('utf8');
}
