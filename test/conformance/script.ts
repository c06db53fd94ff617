import { createHash } from 'node:crypto';
import { close } from './frame-writer.ts';

/** What the client does next. */
export type Step =
  | Buffer
  /** Writes so many bytes at a time, each when the one before has gone. */
  | { readonly bytes: Buffer; readonly chop: number }
  /** Waits until so many events have come in all. */
  | { readonly awaitEvents: number }
  /** Ends the client's half of the connection. */
  | 'end';

/** Everything that came back, in words, so that two of them can be compared and read. */
export interface Transcript {
  /** Status of the handshake, and the extension that was agreed on. */
  readonly answer: string;
  /** Messages, pings, pongs and closes in their order. */
  readonly events: readonly string[];
  /** How the connection ended: by the server's FIN, by a reset, or not at all. `none` after a refused handshake. */
  readonly end: 'closed' | 'reset' | 'open' | 'none';
}

/** What is sent on one connection, and what may come back. */
export interface Script {
  /** Default `/ws/echo`. */
  readonly path?: string;
  /** Added to the request; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Sent in one write with the request. */
  readonly early?: Buffer;
  readonly send: readonly Step[];
  /** What the RFC asks for. */
  readonly strict: Transcript;
  /** What it allows as well. */
  readonly tolerated?: Transcript;
}

/** What differs from the strict outcome. */
export type Differing = Partial<Transcript>;

/** As Autobahn's test suite has it: as the RFC wants it, within what it allows, or neither. */
export type Verdict = 'strict' | 'ok' | 'forbidden';

export interface Case {
  /** That of Autobahn's test suite where it has the same case; with a letter where it has not. */
  readonly id: string;
  readonly what: string;
  /** Made when it is played: some are of 16 MiB. */
  readonly compose: () => Script;
  /** Of the backend. Default `strict`. */
  readonly verdict?: Exclude<Verdict, 'forbidden'>;
  /** Where nginx changes what the client sees. Direct, the case is strict. */
  readonly throughTls?: {
    readonly why: string;
    /** Whether it always does. */
    readonly isCertain: boolean;
    readonly outcomes: readonly Differing[];
  };
}

/** A message as an event: short ones in full, others by length and digest. */
export function message(kind: 'text' | 'binary', payload: string | Buffer, isCompressed = false): string {
  const bytes = Buffer.from(payload);
  const digest = () => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const content = bytes.length <= 40 ? bytes.toString(kind === 'text' ? 'utf8' : 'hex') : `${digest()}…`;
  return `${isCompressed ? 'deflated ' : ''}${kind} of ${bytes.length} B: ${content}`;
}

export function control(kind: 'ping' | 'pong', payload: string | Buffer = ''): string {
  return `${kind} ${Buffer.from(payload).toString('hex')}`;
}

export function closed(code?: number, reason = ''): string {
  return code === undefined ? 'close' : `close ${code}${reason === '' ? '' : ` ${reason}`}`;
}

export function outcome(events: readonly string[], answer = '101'): Transcript {
  return { answer, events, end: 'closed' };
}

/** A valid conversation: these events, then the client closes with 1000 and the server confirms. */
export function speaking(send: readonly Step[], events: readonly string[], rest: Partial<Script> = {}): Script {
  return { send: [...send, close(1000)], strict: outcome([...events, closed(1000)]), ...rest };
}

/** A conversation that the server has to fail with this code, after these events. */
export function failing(code: number, send: readonly Step[], events: readonly string[] = []): Script {
  return { send, strict: outcome([...events, closed(code)]) };
}
