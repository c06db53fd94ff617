import { probe } from '../probe/probe.ts';
import type { ProbeResult } from '../probe/result.ts';
import type { Target } from '../probe/target.ts';
import type { Trust } from '../probe/trust.ts';
import { exitCodeOf, inputError } from './exit-codes.ts';
import type { Manner } from './probe-order.ts';
import { formatResult } from './probe-report.ts';
import { awaitSignal } from './signals.ts';

export interface OneOrder extends Manner {
  readonly trust: Trust;
  readonly isJson: boolean;
}

/**
 * Probes and prints; returns the exit code. A signal during the silence ends that only, and what was seen is told; before, it ends
 * everything.
 */
export async function probeOne(target: Target, { deadlines, idle, trust, isJson }: OneOrder): Promise<number> {
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
    endProgress = showProgress(idle?.ms ?? 0);
  };
  let result: ProbeResult;
  try {
    result = await probe(target, {
      ...{ trust, deadlines, now: new Date(), signal: stop.signal },
      ...(idle !== undefined && { idle: { ...idle, enough: enough.signal, onStart } }),
    });
  } catch (error) {
    if (ending.signal !== undefined) return exitCodeOf(ending.signal);
    process.stderr.write(`error: ${(error as Error).message}\n`);
    return inputError;
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
