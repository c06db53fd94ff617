import { failureReasons } from './failure-reasons.ts';

/** Types of a WssRoute's conditions, in the order in which they are reported and in which `Ready` takes its reason from them. */
export const conditionTypes = [
  'Accepted',
  'ResolvedRefs',
  'CertificateReady',
  'Programmed',
  'Reachable',
  'CertificateMatches',
  'PubliclyTrusted',
  'FieldsSupported',
] as const;

/** What has to be there before a handshake can prove anything. */
export const prerequisites = ['Accepted', 'ResolvedRefs', 'CertificateReady', 'Programmed'] as const;

export type ConditionType = (typeof conditionTypes)[number] | 'Ready' | 'Reconciling' | 'Stalled';

/** What a reason says about a route, and what cures it; the table in deploy/README.md is this one. */
export interface ReasonEntry {
  readonly meaning: string;
  /** What a person does about it; absent where nothing is wrong or waiting is right. */
  readonly cure?: string;
  /**
   * Whether only a change of the route itself, or of the operator's configuration, helps (kstatus `Stalled`). What another object
   * heals by coming, changing or going is work in progress: it may be part of the same rollout, and Flux and Argo CD give a rollout
   * up at the first object that has stalled.
   */
  readonly stalls?: true;
}

export const reasons = {
  Accepted: { meaning: 'The route is valid, its class is known and every host and path is its own.' },
  Invalid: {
    meaning: 'The stored route breaks a rule of the current schema.',
    cure: 'Change the field that the message names. Install the current CustomResourceDefinition, so that the API server refuses such a route.',
    stalls: true,
  },
  IngressClassNotFound: {
    meaning: 'There is no IngressClass of that name.',
    cure: 'Install the ingress controller, or set spec.ingressClassName to a name that `kubectl get ingressclass` lists.',
  },
  UnsupportedController: {
    meaning: 'The IngressClass belongs to a controller whose dialect the operator does not speak.',
    cure: 'Use an IngressClass whose spec.controller the message lists.',
    stalls: true,
  },
  HostRequired: {
    meaning: 'The route has no host, and the controller of its class serves named hosts only.',
    cure: 'Set spec.hosts, or use a class of ingress-nginx.',
    stalls: true,
  },
  PathNotTaken: {
    meaning: 'The controller of the class takes no object with such a path.',
    cure: 'Serve the WebSocket at another path, or use a class of ingress-nginx.',
    stalls: true,
  },
  GatewaysNotServed: {
    meaning: "The operator's configuration does not serve Gateways.",
    cure: 'Set spec.ingressClassName instead of spec.parentRefs, or have gatewayAPI.enabled set.',
    stalls: true,
  },
  GatewayAPINotInstalled: {
    meaning: "The Gateway API's CustomResourceDefinitions are not in the cluster.",
    cure: 'Install the Gateway API and an implementation of it; the route goes on by itself. Or use spec.ingressClassName.',
  },
  KindNotReadable: {
    meaning:
      'The operator has not been able to list a kind that the route needs, so nothing is written or removed for it: what is not known may be there.',
    cure: 'Where the message says "forbidden", apply the roles of the operator\'s version, or those that were trimmed; else see the log. The route goes on by itself.',
  },
  GatewayNotFound: {
    meaning: 'There is no Gateway or ListenerSet of that name, or its GatewayClass is missing.',
    cure: 'Create it, or correct spec.parentRefs.',
  },
  NoMatchingListener: {
    meaning: 'No HTTPS listener of the Gateway fits a host of the route.',
    cure: 'Add one to the Gateway, or set createListener, so that the route brings its own along.',
  },
  NotAllowedByListeners: {
    meaning: "The Gateway's listeners do not take routes, or listeners, from the namespace of the route.",
    cure: 'Ask who keeps the Gateway for what the message names.',
  },
  RefNotPermitted: {
    meaning: 'A listener of the Gateway uses a Secret of another namespace, which no ReferenceGrant there permits.',
    cure: 'Apply the ReferenceGrant that the message shows.',
  },
  RouteNotAccepted: {
    meaning: 'The implementation of the Gateway has not taken the route over; the message has its words.',
    cure: 'Do what the message says; where it says nothing, see whether the implementation runs.',
  },
  IssuerMissing: {
    meaning: 'The route names no certificate, and the operator has no default issuer.',
    cure: 'Set one of spec.tls.issuerRef, secretName and certificateRef, or give the operator an issuers.default.',
    stalls: true,
  },
  IssuerNotAllowed: {
    meaning: "The operator's configuration does not allow the issuer that the route names.",
    cure: 'Set spec.tls.issuerRef to an issuer that the message lists, or have it added to issuers.allowed.',
    stalls: true,
  },
  LimitExceeded: {
    meaning: "The route asks for more than the operator's configuration allows.",
    cure: 'Lower the field that the message names, or have the limit raised in the configuration.',
    stalls: true,
  },
  HostClaimed: {
    meaning: 'An older route, or an Ingress that was there before, serves the same host and path in the same class.',
    cure: 'Change host or path, or delete the object that the message names: the route takes over by itself.',
  },
  NameTaken: {
    meaning: 'An object that does not belong to the route has the name of one that it needs.',
    cure: 'Rename the route or that object. The operator never takes over what it did not make.',
  },
  AllFieldsSupported: { meaning: 'Every field of the route is expressed in the dialect.' },
  UnsupportedFields: {
    meaning: 'The dialect cannot express some fields, or only nearly. The route works without them.',
    cure: 'The message says for each field what to do instead.',
  },
  ResolvedRefs: { meaning: 'Every Service and port that the route names is there.' },
  ServiceNotFound: {
    meaning: 'A Service that the route names is not in its namespace.',
    cure: 'Create the Service, or correct paths[].service.name. Until then clients get 503.',
  },
  ServicePortNotFound: {
    meaning: 'A Service has no such port.',
    cure: 'Set paths[].service.port to a port that the message lists.',
  },
  Issued: { meaning: 'cert-manager has issued the certificate and it is valid.' },
  Issuing: { meaning: 'cert-manager is at work; the message tells how far it is.' },
  IssuanceFailed: {
    meaning: 'cert-manager tried and failed; it tries again by itself, later and later.',
    cure: 'Read the message, then `kubectl describe certificate`. `cmctl renew` tries at once.',
  },
  CertManagerNotInstalled: {
    meaning: "cert-manager's CustomResourceDefinitions are not in the cluster.",
    cure: 'Install cert-manager; the route goes on by itself. Or bring a certificate along by spec.tls.secretName.',
  },
  CertificateNotFound: {
    meaning: 'The Certificate that spec.tls.certificateRef names is not in the namespace.',
    cure: 'Create it, or correct the name.',
  },
  NamesNotCovered: {
    meaning: 'The shared Certificate does not hold every host of the route, so browsers would refuse it.',
    cure: 'Add the names that the message lists to the Certificate. A wildcard covers exactly one label.',
  },
  SecretProvided: { meaning: 'The route brings its Secret along. Secrets are not read, so its content is not judged.' },
  Programmed: { meaning: 'The ingress controller has published an address for the route.' },
  AwaitingAddress: {
    meaning: 'The objects are written; the ingress controller has not published an address yet.',
    cure: 'Wait (ingress-nginx publishes once a minute by default); if it lasts, see whether the controller runs and serves the class.',
  },
  ApplyFailed: {
    meaning: 'The API server refuses an object that the operator writes; it tries again for ever.',
    cure: 'Read the message: an admission webhook, a quota or a missing permission.',
  },
  NotEmitted: {
    meaning:
      'Nothing new is written for the route; Accepted says why. What was written before goes on serving, unless its host was lost.',
  },
  Connected: { meaning: 'A WebSocket opens at the published address, as clients open it.' },
  CertificateMatches: { meaning: 'The certificate that is served holds the host and is valid.' },
  PublicAuthority: { meaning: 'The certificate leads to an authority that browsers bring along.' },
  PrivateAuthority: {
    meaning: 'The certificate leads to an authority that browsers do not bring along.',
    cure: 'Nothing, where every client has the root of that authority, and intermediates are served along; else use a public issuer.',
  },
  IncompleteChain: {
    meaning:
      'The certificate is one of a public authority, and no intermediate is served along that leads to it. Some browsers find it by themselves, other clients fail.',
    cure: 'Serve the intermediates along: in `tls.crt` of the Secret they come after the certificate.',
  },
  AwaitingHandshake: { meaning: 'The route is served; a handshake is to prove it.' },
  NotAttempted: {
    meaning: 'No handshake is made, because something that it needs is missing.',
    cure: 'See the condition that the message names.',
  },
  NotReached: { meaning: 'The handshake broke before a certificate was shown; Reachable says where.' },
  VerificationDisabled: {
    meaning: 'The route, or the configuration of the operator, asks for no handshake, so Ready does without.',
    cure: 'Set spec.verification.enabled, or verification.enabled in the configuration.',
  },
  NoHostToVerify: {
    meaning: 'The route has no name that a client could ask for, so Ready does without a handshake.',
    cure: 'Set spec.verification.host to a name that a wildcard of the route covers.',
  },
  ...failureReasons,
  Ready: { meaning: 'Everything that the route needs is there.' },
  Pending: {
    meaning: 'The operator has not looked at the route yet.',
    cure: 'If it lasts, see whether the operator runs, watches the namespace and serves the class, or Gateways (gatewayAPI.enabled).',
  },
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof reasons;

/** Whether a word is one of the catalogue: anybody who may write a status may write any word there. */
export function isReason(word: string): word is Reason {
  return Object.hasOwn(reasons, word);
}

/** Whether only a change of the route itself, or of the operator's configuration, helps. */
export function isStalling(reason: Reason): boolean {
  const entry: ReasonEntry = reasons[reason];
  return entry.stalls === true;
}
