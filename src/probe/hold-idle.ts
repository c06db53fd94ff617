import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { composeClose, composePing } from './frames.ts';
import { guessOwner } from './idle-defaults.ts';
import type { OpenSocket } from './open-socket.ts';
import { quote } from './quote.ts';
import type { Failure, IdleEnd, IdleFacts } from './result.ts';
import type { StepOutcome } from './step-log.ts';

export interface IdleOptions {
  /** How long nothing is sent, in milliseconds: at most 24 days. */
  readonly ms: number;
  /** How long a pong may take that is asked for at the end; undefined asks for none. */
  readonly pingMs: number | undefined;
  /** Ends the silence early. */
  readonly enough?: AbortSignal | undefined;
}

/** A pong that meets a connection which the other side has reset ends with the second. */
const resets: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Sends nothing for a time and tells whether the socket is there at its end, or when and how it was cut before. Pings are answered,
 * as browsers do, and reported: a path with pings is not idle. A ping at the end finds out whether something on the way has
 * forgotten the connection without a word.
 */
export async function holdIdle(
  socket: Socket,
  open: OpenSocket,
  { ms, pingMs, enough }: IdleOptions,
): Promise<StepOutcome<OpenSocket> & { readonly facts: IdleFacts }> {
  const startedAt = performance.now();
  const silence = { since: startedAt, longest: 0 };
  const counts = { pings: 0, messages: 0 };

  function conclude(end: IdleEnd, closeCode?: number): IdleFacts {
    const now = performance.now();
    return {
      end,
      seconds: toSeconds(now - startedAt),
      silentSeconds: toSeconds(now - silence.since),
      longestSilentSeconds: toSeconds(Math.max(silence.longest, now - silence.since)),
      ...counts,
      ...(closeCode !== undefined && { closeCode }),
    };
  }

  function cut(facts: IdleFacts, said = ''): { readonly failure: Failure; readonly facts: IdleFacts } {
    return { failure: explainCut(facts, said), facts };
  }

  // A server that sends without a break would be read for ever.
  while (performance.now() < startedAt + ms) {
    if (open.close !== undefined) {
      socket.write(composeClose(1000, randomBytes(4)));
      const { code, words } = open.close;
      return cut(conclude('close', code), words === '' ? '' : `: "${quote(words, 125)}"`);
    }
    const news = await open.read(startedAt + ms, enough);
    if (news.kind === 'frames') {
      for (const { kind } of news.frames) {
        if (kind === 'ping') counts.pings += 1;
        if (kind === 'message') counts.messages += 1;
      }
      const now = performance.now();
      silence.longest = Math.max(silence.longest, now - silence.since);
      silence.since = now;
      continue;
    }
    if (news.kind === 'broken') return { failure: news.failure, facts: conclude('broken') };
    if (news.kind === 'closed') return cut(conclude('fin'));
    if (news.kind === 'error') {
      const { code = '', message } = news.error;
      return cut(conclude(resets.has(code) ? 'rst' : 'error'), `, ${quote(code === '' ? message : code, 80)}`);
    }
    if (enough?.aborted) {
      const facts = conclude('stopped');
      return { value: open, facts, detail: `stopped after ${facts.seconds} s, open until then${describeNoise(facts)}` };
    }
    break;
  }
  const facts = conclude('outlived');
  if (pingMs !== undefined && !(await isAlive(socket, open, pingMs))) return cut({ ...facts, end: 'lost' });
  const proof = pingMs === undefined ? '; nobody asked whether it was alive then' : ', alive at the end';
  return { value: open, facts, detail: `open for ${facts.seconds} s${proof}${describeNoise(facts)}` };
}

/** Whatever comes is a sign of life: backends need not answer pings, and some send without being asked. */
async function isAlive(socket: Socket, open: OpenSocket, ms: number): Promise<boolean> {
  socket.write(composePing(randomBytes(8), randomBytes(4)));
  const news = await open.read(performance.now() + ms);
  return news.kind === 'frames';
}

/** `said` is what may be different at the next try: the words of a close frame, or the code of an error. */
function explainCut(facts: IdleFacts, said: string): Failure {
  const { end, seconds, silentSeconds, closeCode } = facts;
  const owner = guessOwner(silentSeconds);
  const hint =
    owner === undefined || end === 'lost' ? '' : ` (${Math.round(silentSeconds)} s is the default of ${owner})`;
  const raise = 'raise timeouts.idle of the route and the idle timeouts of load balancers before it';
  const detail = `after ${seconds} s, silent for ${silentSeconds} s${describeNoise(facts)}${said}`;
  switch (end) {
    case 'close': {
      const status = closeCode === undefined ? 'a close frame without a status' : `close frame ${closeCode}`;
      const cure = `see the idle timeout of the backend, which closes by itself, or ping more often${hint}`;
      return { reason: 'CutWhenIdle', found: `the idle WebSocket was closed by ${status}`, cure, detail };
    }
    case 'lost': {
      const found = 'the idle WebSocket looked open and was dead, a ping at the end did not come through';
      const cure =
        'a firewall or load balancer on the way forgets idle connections: raise its timeout, or ping more often';
      return { reason: 'CutWhenIdle', found, cure, detail };
    }
    case 'error': {
      const found = 'the idle WebSocket was cut without a close frame, by an error of the connection';
      const cure = `something on the way has lost or spoilt it: see load balancers and firewalls, or ping more often${hint}`;
      return { reason: 'CutWhenIdle', found, cure, detail };
    }
    default: {
      const found = `the idle WebSocket was cut without a close frame, by ${end === 'rst' ? 'RST' : 'FIN'}`;
      return { reason: 'CutWhenIdle', found, cure: `${raise}, or ping more often${hint}`, detail };
    }
  }
}

function describeNoise({ pings, messages, longestSilentSeconds }: IdleFacts): string {
  if (pings === 0 && messages === 0) return '';
  const parts = [count(pings, 'ping'), count(messages, 'message')].filter((part) => part !== '').join(' and ');
  return `; the server sent ${parts}, so the path was idle for ${longestSilentSeconds} s at most`;
}

function count(number: number, what: string): string {
  return number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;
}

function toSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
