import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { composeClose, composePing, type Frame, type FrameState, noFrames, readFrames } from './frames.ts';
import { quote } from './quote.ts';
import type { Failure } from './result.ts';
import type { StepOutcome } from './step-log.ts';
import type { UpgradeAnswer } from './upgrade-answer.ts';
import { offeredExtension } from './upgrade-request.ts';
import { readSome } from './wait.ts';

/** How long a socket must stay open that is not pinged, milliseconds. */
const settleMs = 250;

/** How long the server may take to answer our close. */
const closeMs = 1000;

/** A server that has sent as much is alive, whether a pong was among it or not. */
const mostBytes = 1024 * 1024;

/** Sees that the socket which the handshake opened is a working WebSocket: a pong comes, or it stays open for a moment. */
export async function stayOpen(
  socket: Socket,
  { headers, rest }: UpgradeAnswer,
  pingMs: number | undefined,
): Promise<StepOutcome<'open' | 'closed'>> {
  const isDeflated = headers.get('sec-websocket-extensions')?.includes(offeredExtension) ?? false;
  const startedAt = performance.now();
  const deadline = startedAt + (pingMs ?? settleMs);
  const payload = randomBytes(8);
  if (pingMs !== undefined) socket.write(composePing(payload, randomBytes(4)));
  let state: FrameState = noFrames;
  let bytes = rest;
  for (let total = 0; ; ) {
    const reading = readFrames(state, bytes, isDeflated);
    if (reading.isBroken) return { failure: explainGarbage(reading.problem) };
    state = reading.state;
    total += bytes.length;
    const close = reading.frames.find((frame) => frame.kind === 'close');
    if (close !== undefined) return { value: 'closed', detail: describeClose(close) };
    if (pingMs === undefined && reading.frames.length > 0) return { value: 'open', detail: 'the server sends frames' };
    if (reading.frames.some((frame) => frame.kind === 'pong' && frame.payload.equals(payload))) {
      return { value: 'open', detail: 'ping answered' };
    }
    if (total > mostBytes) return { value: 'open', detail: `the server sent ${total} bytes, and no pong so far` };
    const next = await readSome(socket, deadline);
    if (next.kind === 'bytes') {
      bytes = next.bytes;
      continue;
    }
    if (next.kind !== 'timeout') return { failure: explainEnd(performance.now() - startedAt) };
    if (pingMs === undefined) return { value: 'open', detail: `stayed open for ${settleMs} ms` };
    return { failure: explainNoPong(pingMs) };
  }
}

/** Closes with 1000 and waits until the server ends the connection (RFC 6455, section 7.1.1), so that no backend logs a failure. */
export async function closePolitely(socket: Socket): Promise<StepOutcome<'closed'>> {
  socket.write(composeClose(1000, randomBytes(4)));
  const deadline = performance.now() + closeMs;
  for (let total = 0; total < mostBytes; ) {
    const reading = await readSome(socket, deadline);
    if (reading.kind === 'timeout') return { value: 'closed', detail: `the server did not end within ${closeMs} ms` };
    if (reading.kind !== 'bytes') return { value: 'closed', detail: '1000' };
    total += reading.bytes.length;
  }
  return { value: 'closed', detail: 'the server goes on sending' };
}

/** The application's own word: it is behind the whole chain, so the chain works. */
function describeClose({ code, words }: Extract<Frame, { kind: 'close' }>): string {
  const status = code === undefined ? 'without a status' : `with ${code}`;
  return `the application closed at once ${status}${words === '' ? '' : `: "${quote(words, 125)}"`}`;
}

function explainGarbage(problem: string): Failure {
  const cure = 'see what answers behind the upgrade';
  return { reason: 'BadAnswer', message: `after 101 came what is no WebSocket frame, ${problem}: ${cure}` };
}

function explainEnd(ms: number): Failure {
  const found = `101, and then the connection ended without a close frame after ${Math.round(ms)} ms`;
  return {
    reason: 'ClosedAtOnce',
    message: `${found}: the backend fails at once, or a proxy on the way cuts; see their logs`,
  };
}

function explainNoPong(ms: number): Failure {
  const cause = 'a proxy on the way does not pass frames on, or the backend hangs';
  return { reason: 'PingTimeout', message: `101, and then no pong to a ping within ${ms} ms: ${cause}` };
}
