import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connect } from './connect.ts';
import type { HttpFacts, ProbeResult, StepName, TlsFacts } from './result.ts';
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
  /** Ends the probe; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const plainSteps: readonly StepName[] = ['tcp', 'upgrade', 'open', 'close'];
const tlsSteps: readonly StepName[] = ['tcp', 'tls', 'certificate', 'upgrade', 'open', 'close'];

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
  const { trust, now, signal, deadlines = defaultDeadlines } = options;
  const { isTls = true, isPinged = true } = target;
  const log = new StepLog(isTls ? tlsSteps : plainSteps);
  let tls: TlsFacts | undefined;
  let http: HttpFacts | undefined;

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

  const connected = await log.take('tcp', () => connect(bare, target.connect, deadlines.connectMs));
  const socket = connected && isTls ? await secureAndInspect(connected) : connected;
  const answer = socket && (await ask(socket));
  if (socket && answer) {
    const pingMs = isPinged ? deadlines.pingMs : undefined;
    const state = await log.take('open', () => stayOpen(socket, answer, pingMs));
    if (state !== undefined) await log.take('close', () => closePolitely(socket));
  }
  return { ...log.conclude(), ...(tls !== undefined && { tls }), ...(http !== undefined && { http }) };
}
