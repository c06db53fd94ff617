/** What a reason says in general; the message of a result says it of one path. The table in deploy/README.md is this one. */
export interface ReasonText {
  /** What was found. */
  readonly meaning: string;
  /** What it comes from, for the most part. */
  readonly cause: string;
  readonly cure: string;
}

/** Where a chain may be broken, in the order in which a client finds out. */
export const failureReasons = {
  NameNotResolved: {
    meaning: 'DNS has no address for the name to connect to, or no name server tells one.',
    cause:
      'The record is missing or has not spread yet. Or the name servers of the machine that probes do not answer; the operator judges no route by that.',
    cure: 'Make the record, or see `/etc/resolv.conf`. Until then connect to the address itself: `--connect`.',
  },
  ConnectRefused: {
    meaning: 'The address is there, and nothing listens at the port.',
    cause: 'The ingress controller does not run, or its Service has another port.',
    cure: "See the controller's Pods, and the ports of its Service.",
  },
  ConnectTimeout: {
    meaning: 'Nobody answers at the address, not even with a refusal.',
    cause: 'A firewall drops the packets, or a load balancer has no healthy member.',
    cure: "Open the port; see the load balancer's members and their health checks.",
  },
  NetworkUnreachable: {
    meaning: 'No way leads to the address.',
    cause: 'A route is missing, a firewall rejects, or there is no IPv6 here.',
    cure: 'Probe from where clients are; see routes and firewalls.',
  },
  NoTLS: {
    meaning: 'The port answers, but not in TLS: plain HTTP, for the most part.',
    cause: 'It is the port of plain HTTP, a load balancer ends TLS before it, or it wants the PROXY protocol.',
    cure: 'Connect to the TLS port, or turn TLS on for this one.',
  },
  TLSFailed: {
    meaning: 'The TLS handshake failed.',
    cause:
      'Old protocols or ciphers only, a client certificate that is asked for, no HTTP/1.1 by ALPN, or a proxy that hangs up.',
    cure: 'The message says which of them: allow TLSv1.2 and TLSv1.3, ask for no client certificate, allow http/1.1.',
  },
  TLSTimeout: {
    meaning: 'The port takes the connection and never answers the TLS handshake.',
    cause: 'The server hangs or is overloaded, or waits for the PROXY protocol.',
    cure: 'See its log and its load, and the PROXY protocol of the load balancer.',
  },
  UnrecognizedName: {
    meaning: 'TLS alert 112: nobody serves the host there.',
    cause: 'The ingress controller has not taken the route, lacks its Secret, or `tls` does not hold the host.',
    cure: "See the controller's log, and the conditions of the route.",
  },
  ControllerDefaultCertificate: {
    meaning: 'The certificate that the ingress controller has of its own is served.',
    cause: 'It serves no route for the host, or cannot read its Secret.',
    cure: "Issue the certificate, and name its Secret and the host in `tls`; the controller's log names a Secret that it lacks.",
  },
  NameMismatch: {
    meaning: 'The certificate does not hold the host. A wildcard covers one label; common names do not count.',
    cause:
      "Another certificate is served: the controller's default one, where the Secret is missing or the host is not taken. Or the host is one label too deep, or the URL has an address instead of a name.",
    cure: "Issue a certificate that holds the host, or open a URL with a name that it holds; the controller's log names a Secret that it lacks.",
  },
  Expired: {
    meaning: 'The certificate, or one of its authority that is served along, has ended.',
    cause: 'The renewal failed, or the server has not loaded the new one.',
    cure: 'Renew it, and see why that did not happen by itself: `kubectl describe certificate`.',
  },
  NotYetValid: {
    meaning: 'The certificate is not valid yet.',
    cause: 'The clock of its authority, or the one here, is wrong.',
    cure: 'Set the clock, or wait.',
  },
  UntrustedChain: {
    meaning: 'The chain does not lead to an authority that is known.',
    cause: 'The authority is private, the certificate signed itself, or the intermediate is not served along.',
    cure: 'Serve the whole chain. Give a private authority by `--ca`, and to clients as a root.',
  },
  NotForServers: {
    meaning: 'The certificate may not be used by a server, whoever signed it.',
    cause: 'It is one for clients, or that of an authority itself.',
    cure: 'Issue one with the usages `digital signature` and `server auth`.',
  },
  IssuerNotAuthority: {
    meaning: 'The certificate is signed by one that may not sign it.',
    cause: 'The certificate of a server was taken for an authority, or the authority is one for clients only.',
    cure: 'Issue that one anew as an authority (`isCA` for cert-manager), then the certificate by it.',
  },
  UpgradeTimeout: {
    meaning: 'The request for the upgrade gets no answer.',
    cause: 'The backend, or the controller, hangs.',
    cure: "See the backend's load, and the way to it.",
  },
  UpgradeRefused: {
    meaning: 'The answer is HTTP, and not 101.',
    cause:
      '502, 503, 504: the backend is down, has no ready Pod, or is slow. 401, 403: a login, an origin. 404: the path. 3xx: a redirect, which browsers do not follow. 400, 426: a proxy drops Upgrade.',
    cure: 'The message says it for each status.',
  },
  BadAccept: {
    meaning: 'The answer is 101, for another handshake.',
    cause: 'A cache on the way answers, or it is no WebSocket server.',
    cure: 'Let nothing cache the path; see what answers there.',
  },
  BadSubprotocol: {
    meaning: 'No subprotocol was taken of those that were offered, or another one.',
    cause: 'The backend speaks another subprotocol than the client.',
    cure: 'Offer what the backend speaks: `--subprotocol`, `spec.verification.subprotocols`.',
  },
  BadAnswer: {
    meaning: 'What came is no HTTP/1.1, no upgrade to WebSocket, or no WebSocket frame.',
    cause: 'Something else listens there, or a proxy on the way changes or cuts the answer.',
    cure: 'See what listens there, and the logs of the proxies on the way.',
  },
  ClosedAtOnce: {
    meaning:
      'The answer is 101, and then the connection ends without a close frame, or by one with which a server says that it failed: 1011 to 1014.',
    cause: 'The backend fails at once, or a proxy on the way cuts.',
    cure: 'See their logs. Other statuses, such as 1008 of a backend that misses a login, are answers of a chain that works.',
  },
  PingTimeout: {
    meaning: 'The answer is 101, and then no pong comes to a ping.',
    cause: 'A proxy on the way does not pass frames on, or the backend hangs.',
    cure: 'See the proxies on the way. Where the backend answers no pings: `--no-ping`.',
  },
  CutWhenIdle: {
    meaning: 'The WebSocket works, and was cut while nobody sent anything, before the time of `--idle` was over.',
    cause: 'The idle timeout of a proxy, a load balancer, a firewall or the backend.',
    cure: 'Raise `timeouts.idle` of the route and the idle timeouts of load balancers before it, or let one side ping more often.',
  },
} as const satisfies Readonly<Record<string, ReasonText>>;

export type FailureReason = keyof typeof failureReasons;
