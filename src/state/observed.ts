import type { FailureReason } from '../api/failure-reasons.ts';
import type { OwnerReference } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import type { Decider } from '../dialects/dialect.ts';
import type { Claim, Claimant } from '../route/claims.ts';
import type { Parent } from '../route/parent.ts';
import type { HostStanding, Place } from './host-index.ts';

/** Every fact that one pass over a route may use. Nothing else is looked up later, so the same facts give the same answer. */
export interface Observed {
  /** Valid: `route/validate.ts` has judged it. */
  readonly route: WssRoute;
  /** The IngressClass that the route names. */
  readonly ingressClass: ObservedIngressClass | undefined;
  /** The Gateways and ListenerSets that the route names, as far as they exist, by `formatAttachment`; `absent`: the kinds are not installed. */
  readonly parents: ReadonlyMap<string, Parent> | 'absent';
  /** What the route is among those that serve a host, by `scope host`; the first where it is not told. */
  readonly standings: ReadonlyMap<Place, HostStanding>;
  /** Who decides what a host has as a whole, by `scope host`, where that is not the route. */
  readonly deciders: ReadonlyMap<Place, Decider>;
  /** Who serves one of the route's claims with a better right than the route. */
  readonly holders: ReadonlyMap<Claim, Claimant>;
  /** Of the other claims: older routes that want them, too, and have not been able to serve them. */
  readonly waiting: ReadonlyMap<Claim, Claimant>;
  /** Of the other claims: younger routes that serve them for as long as the route does not. */
  readonly deputies: ReadonlyMap<Claim, Claimant>;
  /** Keys of routes that want the connections of the same Service and port spread in another way. */
  readonly balancingRivals: readonly string[];
  /** Keys of routes that want another TLS of the same Service and port; and whether any other route wants TLS there. */
  readonly backendTls: { readonly rivals: readonly string[]; readonly isShared: boolean };
  /** The Services that the route names, as far as they exist, by name. */
  readonly services: ReadonlyMap<string, ObservedService>;
  /** Whether Services are known at all; offline they are not. */
  readonly knowsServices: boolean;
  readonly isCertManagerInstalled: boolean;
  /** Kinds that have never been listed, and why, in words that stay the same. That none is known does not mean that there is none. */
  readonly unreadKinds: ReadonlyMap<string, string>;
  /** The Certificate that the route uses: its own, or the one that it shares. */
  readonly certificate: ObservedCertificate | undefined;
  /** Certificates that fill the Secret that the route brings along. */
  readonly fillers: readonly ObservedCertificate[];
  /** What the latest handshakes said, by `formatAttachment`; `off`: the operator makes none. */
  readonly proofs: 'off' | ReadonlyMap<string, Evidence>;
  /** The Certificate's CertificateRequest of the highest revision: what the issuer says of the latest issuance. */
  readonly latestRequest: ObservedCertificateRequest | undefined;
  /** The ACME Order of that request while it is not valid, and its Challenges; only while the Certificate is not issued. */
  readonly order: ObservedOrder | undefined;
  readonly challenges: readonly ObservedChallenge[];
  /** A host for which the controller turns away the Ingress of cert-manager's solver (`find-stranded-solver.ts`). */
  readonly strandedSolver?: string | undefined;
  /** Of those that were issued, the one of the highest revision: it tells of the certificate that is served. */
  readonly issuedRequest: ObservedCertificateRequest | undefined;
  /** Objects that the route owns, and objects that have the name of one that it needs. */
  readonly children: readonly ObservedChild[];
}

/** What clients of the route meet. It holds nothing that differs from one handshake to the next while they meet the same. */
export interface Evidence {
  /** `metadata.generation` of the route that was asked for. */
  readonly generation: number | undefined;
  /** What was opened, or was not: of several the first one. */
  readonly url: string;
  /** Where the handshake went: the published address. */
  readonly address: string;
  readonly reason: FailureReason | 'Connected';
  readonly message: string;
  /** `unseen`: the handshake broke before a certificate was shown. */
  readonly certificate: 'right' | 'wrong' | 'unseen';
  /** Where the certificate leads: `incomplete` is one of a public authority without its intermediates, `broken` is for no client. */
  readonly chain: 'public' | 'private' | 'incomplete' | 'broken';
}

export interface ObservedIngressClass {
  readonly controller: string;
}

export interface ObservedService {
  /** `appProtocol` is empty where the Service tells none. */
  readonly ports: readonly { readonly name: string; readonly port: number; readonly appProtocol: string }[];
  /** ExternalName Services have no ports of their own. */
  readonly isExternal: boolean;
}

/** What is kept of an object of a kind that dialects write. */
export interface ObservedChild {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  /** The owner with `controller: true`. */
  readonly owner: OwnerReference | undefined;
  /** It has been deleted and waits for its finalizers. */
  readonly isDeleting: boolean;
  /** Whether the operator has applied it. */
  readonly isApplied: boolean;
  /**
   * JSON of labels, annotations, owner references, spec and data: text costs a fraction of the objects' memory. Of an object that was
   * written for no route (`isWritten`), that of an empty one.
   */
  readonly content: string;
  /** JSON of the fields that the operator's field manager owns (`fieldsV1`), owner references aside; empty where the content is. */
  readonly ownedFields: string;
}

export interface ObservedIngress extends ObservedChild {
  readonly className: string;
  /** Addresses and names that the controller has published. */
  readonly addresses: readonly string[];
  /** Of its hosts and paths; and of its hosts as a whole, where it wants them whole from a controller that gives each to one only. */
  readonly claims: readonly Claim[];
}

export interface ObservedCertificate extends ObservedChild {
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  readonly issuance: Issuance;
  /** Whether cert-manager has ever looked at it. */
  readonly isJudged: boolean;
  readonly notAfter: string | undefined;
  readonly renewalTime: string | undefined;
}

/** What cert-manager says of a Certificate's current generation. */
export interface Issuance {
  readonly state: 'issued' | 'issuing' | 'failed';
  readonly message: string;
}

/** One issuance, or an attempt at one: what an issuer has been asked for, and what it has answered. */
export interface ObservedCertificateRequest {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** Of the Certificate that it was made for: the owner with `controller: true`. Empty: made for none. */
  readonly certificateName: string;
  readonly certificateUid: string;
  /** Grows with each issuance of the Certificate; 0 where none is told. */
  readonly revision: number;
  /** Of cert-manager's condition `Ready`: Issued, Pending, Failed or Denied. */
  readonly readyReason: string | undefined;
  /** Of the same condition; may be empty. */
  readonly message: string;
  /** PEM, as the issuer told it and of nobody's proving: the root of the chain, or the nearest to it that the issuer knows. */
  readonly ca: string | undefined;
}

/** Who made a step of an ACME issuance, and how far it is. */
interface AcmeStep {
  /** Name of the owner with `controller: true`; empty where it has none of the right kind. */
  readonly ownerName: string;
  readonly ownerUid: string;
  /** As the ACME server has it: pending, ready, processing, valid, invalid, expired or errored. */
  readonly state: string;
  /** Words of cert-manager or of the ACME server; may be empty. */
  readonly reason: string;
}

/** An order at an ACME server; owned by the CertificateRequest. Of one that is valid only the state is known. */
export interface ObservedOrder extends AcmeStep {
  readonly name: string;
  readonly uid: string;
}

/** What an ACME server asks for as a proof of one name; owned by the Order. */
export interface ObservedChallenge extends AcmeStep {
  /** HTTP-01 or DNS-01. */
  readonly type: string;
  /** The name to be proved. */
  readonly name: string;
}
