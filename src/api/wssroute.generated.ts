/* Generated from crds/wssroutes.yaml by `npm run generate`. Do not edit. */

/**
 * What to publish, and how.
 */
export interface WssRouteSpec {
  /**
   * DNS names that browsers open, such as chat.example.com; one leading "*." makes a wildcard that covers exactly one label. Leave it out for a server without a name: the route then answers to any name and to the bare address, and the certificate's names come from tls.ipAddresses or tls.dnsNames.
   */
  readonly hosts?: readonly string[];
  /**
   * Name of the IngressClass whose controller serves the route. Its spec.controller decides the dialect; k8s.io/ingress-nginx and nginx.org/ingress-controller are known. With parentRefs as well, both serve the route: a migration without an outage.
   */
  readonly ingressClassName?: string;
  /**
   * Gateways and ListenerSets (Gateway API) that serve the route.
   */
  readonly parentRefs?: readonly WssRouteParentRef[];
  /**
   * Where on the hosts the backends are found. A path may be listed once.
   */
  readonly paths: readonly WssRoutePath[];
  readonly tls: WssRouteTLS;
  readonly timeouts: WssRouteTimeouts;
  /**
   * Whether plain HTTP is redirected to HTTPS. It helps pages, not sockets: a WebSocket client does not follow redirects, so it must open wss://.
   */
  readonly redirect: boolean;
  readonly affinity?: WssRouteAffinity;
  /**
   * How new connections are spread over the Pods.
   */
  readonly loadBalancing: 'RoundRobin' | 'LeastConnections';
  readonly limits?: WssRouteLimits;
  /**
   * Client networks that may connect, as CIDRs. Everybody, when left out.
   */
  readonly allowedSources?: readonly string[];
  /**
   * Pages that may open the socket, by their origin: scheme, host, and port where it is not the default. Browsers let any page open any WebSocket with the user's cookies; this keeps other sites out. Clients that send no Origin are refused as well.
   */
  readonly allowedOrigins?: readonly string[];
  readonly hsts?: WssRouteHSTS;
  readonly verification?: WssRouteVerification;
}
/**
 * One Gateway or ListenerSet.
 */
export interface WssRouteParentRef {
  /**
   * What is attached to.
   */
  readonly kind: 'Gateway' | 'ListenerSet';
  /**
   * Namespace of it; that of the route when left out. Its listeners decide which namespaces may attach.
   */
  readonly namespace?: string;
  /**
   * Name of it.
   */
  readonly name: string;
  /**
   * Name of the HTTPS listener to attach to; every HTTPS listener that fits a host when left out. Redirects are attached to the HTTP listeners that fit.
   */
  readonly sectionName?: string;
  /**
   * Make the listeners for the hosts, with the route's certificate, in a ListenerSet of the route's namespace. The Gateway has to allow it (spec.allowedListeners).
   */
  readonly createListener: boolean;
}
/**
 * One path and the Service behind it.
 */
export interface WssRoutePath {
  /**
   * Path of the URL, case-sensitive. With Prefix it matches whole elements: /ws serves /ws and /ws/room, not /wsx.
   */
  readonly path: string;
  /**
   * Exact matches the path only, Prefix also everything below it.
   */
  readonly pathType: 'Exact' | 'Prefix';
  readonly service: WssRouteService;
  readonly backendTLS?: WssRouteBackendTLS;
}
/**
 * Service of the route's namespace; it speaks plain ws://, unless backendTLS says otherwise.
 */
export interface WssRouteService {
  /**
   * Name of the Service.
   */
  readonly name: string;
  /**
   * Number from 1 to 65535, or name of one of the Service's ports (lowercase letters, digits and single "-", with a letter).
   */
  readonly port: number | string;
}
/**
 * For a backend that speaks wss:// itself. Left out, the proxy speaks plain ws:// to it.
 */
export interface WssRouteBackendTLS {
  /**
   * Name that the backend's certificate holds; it is asked for by SNI.
   */
  readonly serverName: string;
  readonly caRef?: WssRouteBackendCA;
}
/**
 * Where the authority of the backend's certificate is, under the key ca.crt, in the route's namespace. Left out, a public authority is expected. Gateways take a ConfigMap, ingress-nginx a Secret.
 */
export interface WssRouteBackendCA {
  /**
   * ConfigMap or Secret. The operator reads neither.
   */
  readonly kind: 'ConfigMap' | 'Secret';
  /**
   * Name of it.
   */
  readonly name: string;
}
/**
 * Where the certificate comes from. At most one of issuerRef (cert-manager issues it), secretName (it exists) and certificateRef (share a cert-manager Certificate of the namespace). With none of them, the default issuer of the operator issues it; where the operator has none, Accepted says so.
 */
export interface WssRouteTLS {
  readonly issuerRef?: WssRouteIssuer;
  /**
   * Secret of type kubernetes.io/tls in the route's namespace. The operator names it in the Ingress and never reads it.
   */
  readonly secretName?: string;
  readonly certificateRef?: WssRouteCertificateRef;
  /**
   * IP addresses to put into the certificate, for clients that open wss://192.0.2.10. For an issued certificate only.
   */
  readonly ipAddresses?: readonly string[];
  /**
   * Names to put into the certificate in addition to hosts. For an issued certificate only.
   */
  readonly dnsNames?: readonly string[];
  readonly privateKey?: WssRoutePrivateKey;
  /**
   * How long the certificate is valid, such as 2160h (90 days); at least 1h. Issuers may shorten it. For an issued certificate only.
   */
  readonly duration?: string;
  /**
   * Renew when this share of the validity is left: 33 renews a 90-day certificate 30 days early. For an issued certificate only.
   */
  readonly renewBeforePercentage?: number;
  /**
   * Publish the root of the certificate's chain, as its issuer tells it, in the ConfigMap <name>-wss-ca under ca.crt, for clients that have to trust a private authority. Public authorities tell none, and need none. For an issued or a shared certificate only.
   */
  readonly publishCA: boolean;
  /**
   * Ciphers that clients are offered, by Mozilla's guidelines (https://wiki.mozilla.org/Security/Server_Side_TLS): Intermediate suits nearly every client, Modern is TLS 1.3 only. Left out, the controller's own. Protocol versions belong to the whole controller with nginx; deploy/controllers has what to set there.
   */
  readonly profile?: string;
}
/**
 * cert-manager issuer that signs the certificate.
 */
export interface WssRouteIssuer {
  /**
   * Name of the issuer.
   */
  readonly name: string;
  /**
   * Issuer (of the route's namespace), ClusterIssuer, or the kind of an external issuer together with its group.
   */
  readonly kind: string;
  /**
   * API group of the issuer; external issuers have their own.
   */
  readonly group: string;
}
/**
 * A cert-manager Certificate of the route's namespace to share, a wildcard for instance. It must cover every host.
 */
export interface WssRouteCertificateRef {
  /**
   * Name of the Certificate.
   */
  readonly name: string;
}
/**
 * Key of the certificate. Left out, cert-manager decides (RSA 2048). For an issued certificate only.
 */
export interface WssRoutePrivateKey {
  /**
   * Kind of key.
   */
  readonly algorithm?: 'RSA' | 'ECDSA' | 'Ed25519';
  /**
   * Bits: 2048, 3072, 4096 or 8192 for RSA; 256, 384 or 521 for ECDSA.
   */
  readonly size?: 256 | 384 | 521 | 2048 | 3072 | 4096 | 8192;
  /**
   * Always makes a new key at each renewal, Never keeps it.
   */
  readonly rotationPolicy?: 'Always' | 'Never';
}
/**
 * How long nothing may happen before a connection is cut.
 */
export interface WssRouteTimeouts {
  /**
   * How long a socket may be silent. A proxy's own default is 60s, which cuts quiet sockets. Load balancers in front may cut earlier: let one side ping more often than this.
   */
  readonly idle: string;
  /**
   * How long the proxy waits for the backend to accept a connection. nginx allows at most 75s; ingress-nginx tries up to three times.
   */
  readonly connect: string;
}
/**
 * Whether a client comes back to the same backend Pod. socket.io needs it when it may fall back to polling.
 */
export interface WssRouteAffinity {
  /**
   * None spreads connections, Cookie remembers by a cookie, SourceIP by the client's address.
   */
  readonly type: 'None' | 'Cookie' | 'SourceIP';
  readonly cookie?: WssRouteCookie;
}
/**
 * The cookie. With type Cookie only.
 */
export interface WssRouteCookie {
  /**
   * Name of the cookie.
   */
  readonly name: string;
  /**
   * How long the browser keeps it, such as 24h. Left out, until it is closed.
   */
  readonly maxAge?: string;
}
/**
 * Bounds per client address, counted by each replica of the ingress controller. They need the real client address at the controller.
 */
export interface WssRouteLimits {
  /**
   * Open sockets per client. nginx counts up to 65535 of them.
   */
  readonly connectionsPerClient?: number;
  /**
   * New sockets per client and second.
   */
  readonly handshakesPerSecond?: number;
  /**
   * New sockets that may come at once above the rate; left out, ingress-nginx allows five times the rate. With handshakesPerSecond only.
   */
  readonly burst?: number;
}
/**
 * Strict-Transport-Security, which makes browsers use wss:// by themselves on hosts they know.
 */
export interface WssRouteHSTS {
  /**
   * How long browsers remember it, such as 17520h.
   */
  readonly maxAge: string;
  /**
   * Whether it holds for every name below the host as well.
   */
  readonly includeSubDomains: boolean;
}
/**
 * How the handshake that proves the route is made.
 */
export interface WssRouteVerification {
  /**
   * Whether the route is proved by a handshake; without it Ready does not ask for one.
   */
  readonly enabled: boolean;
  /**
   * Time between two handshakes.
   */
  readonly interval: string;
  /**
   * Path to ask for; each of paths when left out.
   */
  readonly path?: string;
  /**
   * Name to ask for; each host that is no wildcard when left out, so it is needed when all of them are. It must be one of hosts, or covered by a wildcard of them.
   */
  readonly host?: string;
  /**
   * Port that clients use.
   */
  readonly port: number;
  /**
   * Values of Sec-WebSocket-Protocol to offer.
   */
  readonly subprotocols?: readonly string[];
  /**
   * Origin header to send, such as https://app.example.com; the first of allowedOrigins when left out.
   */
  readonly origin?: string;
}
/**
 * What the operator found and did.
 */
export interface WssRouteStatus {
  /**
   * metadata.generation that the status speaks of.
   */
  readonly observedGeneration?: number;
  /**
   * Addresses that clients open, host by path (the first 64); a wildcard stands for any one label.
   */
  readonly urls?: readonly string[];
  /**
   * Controller family that the objects are written for; of several attachments, the first one's.
   */
  readonly dialect?: string;
  /**
   * The places where the route is served, each with what it has come to there. Left out where there is one only: the rest of the status is about it.
   */
  readonly attachments?: readonly WssRouteAttachment[];
  /**
   * Addresses or names that the controller publishes for the route.
   */
  readonly addresses?: readonly string[];
  readonly certificate?: WssRouteCertificateStatus;
  /**
   * Accepted, ResolvedRefs, CertificateReady, Programmed, Reachable and their sum Ready; CertificateMatches, PubliclyTrusted and FieldsSupported report only; Reconciling or Stalled while they apply.
   */
  readonly conditions: readonly Condition[];
}
/**
 * One IngressClass, Gateway or ListenerSet.
 */
export interface WssRouteAttachment {
  /**
   * Which one, such as IngressClass/nginx, Gateway/infra/edge or Gateway/infra/edge/https.
   */
  readonly ref: string;
  /**
   * Controller family that the objects are written for.
   */
  readonly dialect?: string;
  /**
   * Addresses or names that the controller publishes there.
   */
  readonly addresses?: readonly string[];
  /**
   * Conditions of this attachment alone; the route's own are the worst of all.
   */
  readonly conditions?: readonly Condition[];
}
/**
 * One statement about the route.
 */
export interface Condition {
  /**
   * What the statement is about.
   */
  readonly type: string;
  /**
   * Whether it is so.
   */
  readonly status: 'True' | 'False' | 'Unknown';
  /**
   * Why, in one word.
   */
  readonly reason: string;
  /**
   * Why, and what to do.
   */
  readonly message: string;
  /**
   * When status changed last.
   */
  readonly lastTransitionTime: string;
  /**
   * metadata.generation that the condition speaks of.
   */
  readonly observedGeneration?: number;
}
/**
 * The certificate that the route uses.
 */
export interface WssRouteCertificateStatus {
  /**
   * cert-manager Certificate, where there is one.
   */
  readonly name?: string;
  /**
   * Secret that holds the certificate.
   */
  readonly secretName?: string;
  /**
   * End of validity.
   */
  readonly notAfter?: string;
  /**
   * When cert-manager renews it.
   */
  readonly renewalTime?: string;
}
