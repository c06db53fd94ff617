import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { probe as probeTarget } from '../probe/probe.ts';
import type { ProbeResult } from '../probe/result.ts';
import type { Target } from '../probe/target.ts';
import { createTrust, type Trust } from '../probe/trust.ts';
import { inputError, usageError } from './exit-codes.ts';
import { type Manner, type ProbeFlags, readOrder } from './probe-order.ts';
import { formatResult } from './probe-report.ts';
import { awaitSignal } from './signals.ts';

/**
 * `wss probe`: opens a WebSocket and tells which link of the chain is broken. Returns the exit code: 1 when it cannot be opened, or
 * does not live as long as it is to.
 */
export async function probe(url: string | undefined, flags: ProbeFlags): Promise<number> {
  const order = readOrder(url, flags);
  if (!order.isValid) return refuse(order.because);
  const { subject } = order;
  let trust: Trust;
  try {
    const ca = flags.ca === undefined ? undefined : await readFile(flags.ca, 'utf8');
    // Routes may well be for clients that know a private authority: without --ca that is no failure.
    trust = createTrust(subject.kind === 'url' || ca !== undefined ? 'public' : 'report', ca);
  } catch (error) {
    return refuse(`--ca ${flags.ca}: ${(error as Error).message}`);
  }
  if (subject.kind === 'url') {
    if (subject.target.isTls === false) {
      process.stderr.write(
        'warning: pages that came by https may not open ws://, browsers refuse it: publish it as wss://\n',
      );
    }
    return await probeOne(subject.target, trust, order, flags.json === true);
  }
  // Only here: a URL needs no API machinery.
  const { findRoute, probeAll, withCluster } = await import('./probe-routes.ts');
  return await withCluster(flags, async (cluster) => {
    if (subject.kind === 'all')
      return await probeAll(cluster, { ...subject, ...order, trust, isJson: flags.json === true });
    const { target, because } = await findRoute(cluster, subject);
    if (target === undefined) return fail(because);
    return await probeOne({ ...target, isPinged: flags.ping }, trust, order, flags.json === true);
  });
}

/** Probes and prints. The first signal during the silence ends that only; before, it ends everything. */
async function probeOne(target: Target, trust: Trust, { deadlines, idleMs }: Manner, isJson: boolean): Promise<number> {
  const stop = new AbortController();
  const enough = new AbortController();
  const ending: { signal?: NodeJS.Signals; isIdle?: true } = {};
  void awaitSignal().then((signal) => {
    ending.signal = signal;
    (ending.isIdle ? enough : stop).abort();
  });
  let endProgress = () => {};
  const onStart = () => {
    ending.isIdle = true;
    endProgress = showProgress(idleMs ?? 0);
  };
  let result: ProbeResult;
  try {
    result = await probeTarget(target, {
      ...{ trust, deadlines, now: new Date(), signal: stop.signal },
      ...(idleMs !== undefined && { idle: { ms: idleMs, enough: enough.signal, onStart } }),
    });
  } catch (error) {
    if (ending.signal === undefined) return fail((error as Error).message);
    return exitCodeOf(ending.signal);
  } finally {
    endProgress();
  }
  process.stdout.write(isJson ? `${JSON.stringify(result, null, 2)}\n` : formatResult(result));
  if (result.idle?.end === 'stopped' && ending.signal !== undefined) return exitCodeOf(ending.signal);
  return result.isReachable ? 0 : inputError;
}

/** Counts the seconds on a terminal. Returns what ends and removes it. */
function showProgress(ms: number): () => void {
  if (!process.stderr.isTTY) return () => {};
  const startedAt = performance.now();
  const write = () => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stderr.write(`\r\u001b[Kidle for ${seconds} s of ${Math.round(ms / 1000)} s, Ctrl-C ends it`);
  };
  const timer = setInterval(write, 1000);
  write();
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\u001b[K');
  };
}

function refuse(because: string): number {
  process.stderr.write(`error: ${because}\n`);
  return usageError;
}

function fail(because: string): number {
  process.stderr.write(`error: ${because}\n`);
  return inputError;
}

/** As a shell tells of a program that a signal ended. */
function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
