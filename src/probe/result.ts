import type { FailureReason } from '../api/failure-reasons.ts';

export type { FailureReason } from '../api/failure-reasons.ts';

export type ProbeReason = 'Connected' | FailureReason;

/** What broke, in words that are the same at each try for as long as the same is broken. */
export interface Failure {
  readonly reason: FailureReason;
  /** What was found, a line without an end. */
  readonly found: string;
  /** What to do about it. */
  readonly cure: string;
  /** What may be different at the next try: times, error codes, words of a server. */
  readonly detail?: string;
  /** It is the machine that probes which lacks something: that is no verdict about the target. */
  readonly isOwnLack?: true;
}

export type StepName = 'tcp' | 'tls' | 'certificate' | 'upgrade' | 'open' | 'idle' | 'close';

export interface Step {
  readonly name: StepName;
  /** `skipped`: a step before it failed. */
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Whole milliseconds. */
  readonly ms: number;
  readonly detail: string;
}

/** Where a certificate leads, with those that are served along. */
export type Chain =
  /** To a root of Mozilla's programme, which every browser brings along. */
  | 'public'
  /** To another authority: its clients need its root. */
  | 'private'
  /** Nowhere: it is one of a public authority, whose intermediates are not served along. */
  | 'incomplete'
  /** It is for no client, whatever roots it has. */
  | 'broken';

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
  readonly chain: Chain;
  readonly fingerprint256: string;
}

export interface HttpFacts {
  readonly status: number;
  /** Where a redirect leads, as text for people only. */
  readonly location?: string;
  readonly subprotocol?: string;
  readonly extensions?: string;
}

/** How a socket ended on which nobody sent anything, or that it did not. */
export type IdleEnd =
  /** It was open at the end of the time, and alive where that was asked for. */
  | 'outlived'
  /** A close frame. */
  | 'close'
  /** The end of the connection without a close frame. */
  | 'fin'
  /** A reset. */
  | 'rst'
  /** Another error of the connection: a time-out of TCP, bytes that are no TLS. */
  | 'error'
  /** It looked open all the time, and a ping at the end did not come through. */
  | 'lost'
  /** What came was no WebSocket frame. */
  | 'broken'
  /** The caller had enough. */
  | 'stopped';

export interface IdleFacts {
  readonly end: IdleEnd;
  /** From the beginning of the silence to the end, to a tenth. */
  readonly seconds: number;
  /** How long neither side had sent anything at the end: what a cut by an idle timeout tells of it. */
  readonly silentSeconds: number;
  /** The same for the longest silence of all. */
  readonly longestSilentSeconds: number;
  /** Pings and messages of the server: with one of them the path was not idle. */
  readonly pings: number;
  readonly messages: number;
  /** Status of the close frame, where it has one. */
  readonly closeCode?: number;
}

export interface ProbeResult {
  readonly isReachable: boolean;
  readonly reason: ProbeReason;
  /**
   * One line: what was found, and what to do. It is the same at each try for as long as the same is broken: times and other things
   * that change are in the step's detail.
   */
  readonly message: string;
  /** The two halves of the message of a failure. */
  readonly found?: string;
  readonly cure?: string;
  /** It is the machine that probes which lacks something: that is no verdict about the target. */
  readonly isOwnLack?: true;
  readonly steps: readonly Step[];
  /** There once a TLS handshake is through, even when the certificate is wrong. */
  readonly tls?: TlsFacts;
  /** There once an HTTP answer has come. */
  readonly http?: HttpFacts;
  /** There when the socket was to be idle, and opened. */
  readonly idle?: IdleFacts;
  /** Whole milliseconds from the first packet until the answer to the upgrade, or until it failed before. */
  readonly latencyMs: number;
}
