import { readFile } from 'node:fs/promises';
import { probe as probeTarget } from '../probe/probe.ts';
import type { ProbeResult } from '../probe/result.ts';
import { createTrust, type Trust } from '../probe/trust.ts';
import { inputError, usageError } from './exit-codes.ts';
import { type ProbeFlags, readOrder } from './probe-order.ts';

/** `wss probe`: opens a WebSocket and tells which link of the chain is broken. Returns the exit code: 1 when it cannot be opened. */
export async function probe(url: string, flags: ProbeFlags): Promise<number> {
  const order = readOrder(url, flags);
  if (!order.isValid) return refuse(order.because);
  let trust: Trust;
  try {
    trust = createTrust('public', flags.ca === undefined ? undefined : await readFile(flags.ca, 'utf8'));
  } catch (error) {
    return refuse(`--ca ${flags.ca}: ${(error as Error).message}`);
  }
  const { target, deadlines } = order;
  const result = await probeTarget(target, { trust, deadlines, now: new Date() });
  process.stdout.write(flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : formatResult(result));
  if (target.isTls === false) {
    process.stderr.write(
      'warning: pages that came by https may not open ws://, browsers refuse it: publish it as wss://\n',
    );
  }
  return result.isReachable ? 0 : inputError;
}

function refuse(because: string): number {
  process.stderr.write(`error: ${because}\n`);
  return usageError;
}

/** A line for each step, then the verdict. */
export function formatResult({ steps, reason, message }: ProbeResult): string {
  const lines = steps.map(({ name, result, ms, detail }) => {
    const time = result === 'skipped' ? '' : `${ms} ms`;
    const words = result === 'failed' ? reason : detail;
    return `${name.padEnd(11)}  ${result.padEnd(7)}  ${time.padStart(8)}  ${words}`.trimEnd();
  });
  return `${lines.join('\n')}\n\n${reason}: ${message}\n`;
}
