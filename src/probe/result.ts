/** Where the chain is broken. */
export type FailureReason =
  /** The address to connect to is a name that DNS does not know. */
  | 'NameNotResolved'
  | 'ConnectRefused'
  | 'ConnectTimeout'
  | 'NetworkUnreachable'
  /** The port answers, but not in TLS: plain HTTP, for the most part. */
  | 'NoTLS'
  | 'TLSFailed'
  | 'TLSTimeout'
  /** TLS alert 112: nobody serves the host there. */
  | 'UnrecognizedName'
  | 'ControllerDefaultCertificate'
  | 'NameMismatch'
  | 'Expired'
  | 'NotYetValid'
  | 'UntrustedChain'
  | 'UpgradeTimeout'
  /** An HTTP answer other than 101. */
  | 'UpgradeRefused'
  /** 101 with a `Sec-WebSocket-Accept` that does not answer our key: a cache, or no WebSocket server. */
  | 'BadAccept'
  /** None of the subprotocols that were offered was taken, or another one. */
  | 'BadSubprotocol'
  /** What came is no HTTP/1.1, no upgrade to WebSocket, or no WebSocket frame. */
  | 'BadAnswer'
  /** 101, and then the connection ends without a close frame. */
  | 'ClosedAtOnce'
  | 'PingTimeout';

export type ProbeReason = 'Connected' | FailureReason;

/** What broke, and a line for people: what was found, what to do. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
}

export type StepName = 'tcp' | 'tls' | 'certificate' | 'upgrade' | 'open' | 'close';

export interface Step {
  readonly name: StepName;
  /** `skipped`: a step before it failed. */
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Whole milliseconds. */
  readonly ms: number;
  readonly detail: string;
}

export interface TlsFacts {
  /** As OpenSSL names it: `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** Empty when the server selects none. */
  readonly alpn: string;
  /** Names and addresses that the certificate holds, at most 100. */
  readonly names: readonly string[];
  /** RFC 3339, whole seconds. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly issuer: string;
  /** Whether the chain leads to a root of Mozilla's programme, which every browser brings along. */
  readonly isPubliclyTrusted: boolean;
  readonly fingerprint256: string;
}

export interface HttpFacts {
  readonly status: number;
  /** Where a redirect leads, as text for people only. */
  readonly location?: string;
  readonly subprotocol?: string;
  readonly extensions?: string;
}

export interface ProbeResult {
  readonly isReachable: boolean;
  readonly reason: ProbeReason;
  /** One line: what was found, what to do. */
  readonly message: string;
  readonly steps: readonly Step[];
  /** There once a TLS handshake is through, even when the certificate is wrong. */
  readonly tls?: TlsFacts;
  /** There once an HTTP answer has come. */
  readonly http?: HttpFacts;
  /** Whole milliseconds from the first packet until the answer to the upgrade, or until it failed before. */
  readonly latencyMs: number;
}
