import type { ReasonEntry } from './conditions.ts';

/** Where the handshake that proves a route broke, in the order in which a client meets them. */
export const handshakeReasons = {
  NameNotResolved: {
    meaning: 'The address that the ingress controller publishes is a name that DNS does not know.',
    cure: 'See the DNS of the load balancer.',
  },
  ConnectRefused: {
    meaning: 'Nothing listens at the published address and port.',
    cure: "See the ingress controller's Service and Pods, and spec.verification.port.",
  },
  ConnectTimeout: {
    meaning: 'Nobody answers at the published address.',
    cure: "See firewalls, NetworkPolicies and the load balancer between the operator and the controller's Service.",
  },
  NetworkUnreachable: {
    meaning: 'There is no way to the published address.',
    cure: 'See the routes of the network; an IPv6 address takes a cluster with IPv6.',
  },
  NoTLS: {
    meaning: 'The port answers, but not in TLS.',
    cure: 'See which port of the controller serves HTTPS, and spec.verification.port.',
  },
  TLSFailed: {
    meaning: 'The TLS handshake fails: no common protocol or cipher, or it is cut.',
    cure: 'Allow TLS 1.2 and 1.3 in the controller, and see its log.',
  },
  TLSTimeout: {
    meaning: 'The TLS handshake does not end.',
    cure: 'See the load of the controller, and what stands before it.',
  },
  UnrecognizedName: {
    meaning: 'Nobody serves the host at the published address (TLS alert 112).',
    cure: 'See whether the controller has taken the Ingress: its Events and log.',
  },
  ControllerDefaultCertificate: {
    meaning: 'The default certificate of the controller is served instead of the one of the route.',
    cure: 'See whether the Secret is there and holds a certificate for the host; the log of the controller tells.',
  },
  NameMismatch: {
    meaning: 'The certificate that is served does not hold the host.',
    cure: 'Issue one that holds it; the message lists the names that were found.',
  },
  Expired: {
    meaning: 'The certificate that is served has ended.',
    cure: 'Renew it, and see why that did not happen by itself.',
  },
  NotYetValid: {
    meaning: 'The certificate that is served is not valid yet.',
    cure: 'Wait, or set the clock of whoever issued it.',
  },
  UntrustedChain: {
    meaning: 'The chain of the certificate cannot be verified, whoever the authority is.',
    cure: 'Serve the whole chain, and a certificate that is made for servers.',
  },
  UpgradeTimeout: {
    meaning: 'The handshake is not answered.',
    cure: 'See the Pods of the backend and their load.',
  },
  UpgradeRefused: {
    meaning: 'The handshake is answered with something other than 101.',
    cure: 'The message tells the status and its likely cause.',
  },
  BadAccept: {
    meaning: 'The answer does not fit the handshake: it is no WebSocket server, or a cache answers for it.',
    cure: 'See which Service the path leads to.',
  },
  BadSubprotocol: {
    meaning: 'The backend takes none of spec.verification.subprotocols, or another one.',
    cure: 'Offer what the backend speaks.',
  },
  BadAnswer: {
    meaning: 'What comes back is no HTTP/1.1, no upgrade to WebSocket, or no WebSocket frame.',
    cure: 'See which Service the path leads to, and what proxies stand before it.',
  },
  ClosedAtOnce: {
    meaning: 'The WebSocket opens and is cut without a close frame.',
    cure: 'See the log of the backend.',
  },
  PingTimeout: {
    meaning: 'The WebSocket opens, and a ping is not answered.',
    cure: 'See the log of the backend.',
  },
} as const satisfies Record<string, ReasonEntry>;

export type HandshakeReason = keyof typeof handshakeReasons;
