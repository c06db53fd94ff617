import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { composeClose, composePing, type Frame } from './frames.ts';
import type { News, OpenSocket } from './open-socket.ts';
import { quote } from './quote.ts';
import type { Failure } from './result.ts';
import type { StepOutcome } from './step-log.ts';
import { readSome } from './wait.ts';

/** How long a socket must stay open that is not pinged, milliseconds. */
const settleMs = 250;

/** How long the server may take to answer our close. */
const closeMs = 1000;

/** A server that has sent as much is alive, whether a pong was among it or not. */
const mostBytes = 1024 * 1024;

/** Statuses by which a server says that it, or what is behind it, has failed (RFC 6455, section 7.4.1, and IANA's registry). */
const failures: Readonly<Record<number, string>> = {
  1011: 'it failed inside',
  1012: 'it restarts',
  1013: 'it has too much to do',
  1014: 'a server behind it failed',
};

/**
 * Sees that the socket which the handshake opened is a working WebSocket: a pong comes, or it stays open for a moment. A greeting
 * alone is no proof: a backend that fails at once may have said something before.
 */
export async function stayOpen(
  socket: Socket,
  open: OpenSocket,
  pingMs: number | undefined,
): Promise<StepOutcome<OpenSocket>> {
  const startedAt = performance.now();
  const deadline = startedAt + (pingMs ?? settleMs);
  const payload = randomBytes(8);
  if (pingMs !== undefined) socket.write(composePing(payload, randomBytes(4)));
  for (;;) {
    const news = await open.read(deadline);
    if (news.kind === 'broken') return { failure: news.failure };
    if (news.kind === 'frames') {
      if (open.close !== undefined) return judgeClose(open, open.close);
      if (news.frames.some((frame) => frame.kind === 'pong' && frame.payload.equals(payload))) {
        return { value: open, detail: 'ping answered' };
      }
      if (open.total > mostBytes) {
        return {
          value: open,
          detail: `the server sent ${open.total} bytes${pingMs === undefined ? '' : ', and no pong so far'}`,
        };
      }
      continue;
    }
    if (news.kind !== 'timeout') return { failure: explainEnd(news, performance.now() - startedAt) };
    if (pingMs === undefined) return { value: open, detail: `stayed open for ${settleMs} ms` };
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

/** The application's own word, a login that it misses for the most part: it is behind the whole chain, so the chain works. */
function judgeClose(open: OpenSocket, { code, words }: Extract<Frame, { kind: 'close' }>): StepOutcome<OpenSocket> {
  const status = code === undefined ? 'without a status' : `with ${code}`;
  const detail = `closed at once ${status}${words === '' ? '' : `: "${quote(words, 125)}"`}`;
  const meaning = failures[code ?? 0];
  if (meaning === undefined) return { value: open, detail: `the application ${detail}` };
  const found = `101, and then the server closed with ${code}, which says that ${meaning}`;
  const cure = 'see the log of the backend; where it only misses a login, let it close with 1008';
  return { failure: { reason: 'ClosedAtOnce', found, cure, detail } };
}

function explainEnd(news: News, ms: number): Failure {
  const code = news.kind === 'error' ? `, ${quote(news.error.code ?? news.error.message, 80)}` : '';
  return {
    reason: 'ClosedAtOnce',
    found: '101, and then the connection ended without a close frame',
    cure: 'the backend fails at once, or a proxy on the way cuts: see their logs',
    detail: `after ${Math.round(ms)} ms${code}`,
  };
}

function explainNoPong(ms: number): Failure {
  return {
    reason: 'PingTimeout',
    found: '101, and then no pong to a ping',
    cure: 'a proxy on the way does not pass frames on, or the backend hangs: see both',
    detail: `none within ${ms} ms`,
  };
}
