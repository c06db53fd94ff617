import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { composePong, type Frame, type FrameState, noFrames, readFrames } from './frames.ts';
import type { Failure } from './result.ts';
import type { UpgradeAnswer } from './upgrade-answer.ts';
import { offeredExtension } from './upgrade-request.ts';
import { type Reading, readSome } from './wait.ts';

/** What came next on an open socket. */
export type News =
  | { readonly kind: 'frames'; readonly frames: readonly Frame[] }
  | { readonly kind: 'broken'; readonly failure: Failure }
  | Exclude<Reading, { readonly kind: 'bytes' }>;

/** Pongs that a server does not take pile up to this, in bytes; RFC 6455, section 5.5.3, lets the older ones be left out. */
const mostUnsent = 16 * 1024;

/** A socket after the upgrade: its frames, read one after the other. Answers pings, as browsers do. */
export class OpenSocket {
  readonly #socket: Socket;
  readonly #isDeflated: boolean;
  #state: FrameState = noFrames;
  #rest: Buffer;
  #total = 0;
  #close: Extract<Frame, { kind: 'close' }> | undefined;

  constructor(socket: Socket, { headers, rest }: UpgradeAnswer) {
    this.#socket = socket;
    this.#isDeflated = headers.get('sec-websocket-extensions')?.includes(offeredExtension) ?? false;
    this.#rest = rest;
  }

  /** The close frame of the server, once it has come. */
  get close(): Extract<Frame, { kind: 'close' }> | undefined {
    return this.#close;
  }

  /** Bytes that have come so far. */
  get total(): number {
    return this.#total;
  }

  /** The next frames, maybe none yet, that come before `deadline` (of `performance.now()`); `enough` counts as the deadline. */
  async read(deadline: number, enough?: AbortSignal): Promise<News> {
    let bytes = this.#rest;
    this.#rest = Buffer.alloc(0);
    if (bytes.length === 0) {
      const reading = await readSome(this.#socket, deadline, enough);
      if (reading.kind !== 'bytes') return reading;
      bytes = reading.bytes;
    }
    this.#total += bytes.length;
    const reading = readFrames(this.#state, bytes, this.#isDeflated);
    if (reading.isBroken) return { kind: 'broken', failure: explainGarbage(reading.problem) };
    this.#state = reading.state;
    for (const frame of reading.frames) {
      if (frame.kind === 'close') this.#close ??= frame;
      if (frame.kind === 'ping' && this.#socket.writableLength < mostUnsent) {
        this.#socket.write(composePong(frame.payload, randomBytes(4)));
      }
    }
    return { kind: 'frames', frames: reading.frames };
  }
}

function explainGarbage(problem: string): Failure {
  const found = 'after 101 came what is no WebSocket frame';
  return { reason: 'BadAnswer', found, cure: 'see what answers behind the upgrade', detail: problem };
}
