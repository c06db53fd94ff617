import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connect } from './connect.ts';
import { holdIdle } from './hold-idle.ts';
import { OpenSocket } from './open-socket.ts';
import type { HttpFacts, IdleFacts, ProbeResult, StepName, TlsFacts } from './result.ts';
import { inspectCertificate, secure } from './secure.ts';
import { closePolitely, stayOpen } from './stay-open.ts';
import { StepLog } from './step-log.ts';
import { type Deadlines, defaultDeadlines, findFlaw, type Target } from './target.ts';
import type { Trust } from './trust.ts';
import { upgrade } from './upgrade.ts';
import type { UpgradeAnswer } from './upgrade-answer.ts';

export interface ProbeOptions {
  /** Made once for all probes. */
  readonly trust: Trust;
  /** The time that certificates are judged at. */
  readonly now: Date;
  readonly deadlines?: Deadlines;
  /** Sees whether a silent socket lives that long. */
  readonly idle?: Idling;
  /** Ends the probe; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is done with a WebSocket that is open, besides seeing that it works. */
export interface Idling {
  /** How long nothing is sent, in milliseconds: at most 24 days. */
  readonly ms: number;
  /** Whether a ping at its end finds out if the socket is alive. */
  readonly isPinged: boolean;
  /** Ends the silence early; the socket is closed properly then, and the result is a result. */
  readonly enough?: AbortSignal;
  /** The silence begins. */
  readonly onStart?: () => void;
}

/**
 * Opens a WebSocket as a browser would, and tells which link of the chain is broken. What the network or the server does is in the
 * result. A probe takes one socket and little memory, however much the server sends.
 *
 * @throws when the target has a flaw, the signal is aborted, or this machine has no socket left
 */
export async function probe(target: Target, options: ProbeOptions): Promise<ProbeResult> {
  const flaw = findFlaw(target);
  if (flaw !== undefined) throw new TypeError(`cannot probe: ${flaw}`);
  const { signal } = options;
  signal?.throwIfAborted();
  const socket = new Socket();
  const stop = () => socket.destroy();
  socket.on('error', () => {});
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const result = await walk(socket, target, options);
    signal?.throwIfAborted();
    return result;
  } finally {
    signal?.removeEventListener('abort', stop);
    socket.destroy();
  }
}

async function walk(bare: Socket, target: Target, options: ProbeOptions): Promise<ProbeResult> {
  const { trust, now, signal, idle: idling, deadlines = defaultDeadlines } = options;
  const { isTls = true, isPinged = true } = target;
  const pingMs = isPinged ? deadlines.pingMs : undefined;
  const log = new StepLog(listSteps(isTls, idling !== undefined));
  let tls: TlsFacts | undefined;
  let http: HttpFacts | undefined;
  let idle: IdleFacts | undefined;

  async function secureAndInspect(socket: Socket): Promise<TLSSocket | undefined> {
    const secured = await log.take('tls', () => secure(socket, target, { trust, ms: deadlines.tlsMs, signal }));
    if (secured === undefined) return undefined;
    const inspected = await log.take('certificate', async () => {
      const outcome = inspectCertificate(secured, target, trust, now);
      tls = outcome.facts;
      return outcome;
    });
    return inspected === undefined ? undefined : secured;
  }

  async function ask(socket: Socket): Promise<UpgradeAnswer | undefined> {
    return await log.take('upgrade', async () => {
      const outcome = await upgrade(socket, target, deadlines.upgradeMs);
      http = outcome.facts;
      return outcome;
    });
  }

  async function waitIdly(socket: Socket, open: OpenSocket): Promise<OpenSocket | undefined> {
    if (idling === undefined) return open;
    return await log.take('idle', async () => {
      idling.onStart?.();
      const endPingMs = idling.isPinged ? deadlines.pingMs : undefined;
      const outcome = await holdIdle(socket, open, { ms: idling.ms, pingMs: endPingMs, enough: idling.enough });
      idle = outcome.facts;
      return outcome;
    });
  }

  const connected = await log.take('tcp', () => connect(bare, target.connect, deadlines.connectMs));
  const socket = connected && isTls ? await secureAndInspect(connected) : connected;
  const answer = socket && (await ask(socket));
  if (socket && answer) {
    const open = await log.take('open', () => stayOpen(socket, new OpenSocket(socket, answer), pingMs));
    const kept = open && (await waitIdly(socket, open));
    if (kept !== undefined) await log.take('close', () => closePolitely(socket));
  }
  return {
    ...log.conclude(),
    ...(tls !== undefined && { tls }),
    ...(http !== undefined && { http }),
    ...(idle !== undefined && { idle }),
  };
}

function listSteps(isTls: boolean, isIdle: boolean): readonly StepName[] {
  return [
    'tcp',
    ...(isTls ? (['tls', 'certificate'] as const) : []),
    'upgrade',
    'open',
    ...(isIdle ? (['idle'] as const) : []),
    'close',
  ];
}
