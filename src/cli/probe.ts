import { readFile } from 'node:fs/promises';
import { createTrust, type Trust } from '../probe/trust.ts';
import { inputError, usageError } from './exit-codes.ts';
import { probeOne } from './probe-one.ts';
import { type ProbeFlags, readOrder } from './probe-order.ts';

/**
 * `wss probe`: opens a WebSocket and tells which link of the chain is broken. Returns the exit code: 1 when it cannot be opened, or
 * does not live as long as it is to.
 */
export async function probe(url: string | undefined, flags: ProbeFlags): Promise<number> {
  const order = readOrder(url, flags);
  if (!order.isValid) return refuse(order.because);
  const { subject } = order;
  const isJson = flags.json === true;
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
    return await probeOne(subject.target, { ...order, trust, isJson });
  }
  // Only here: a URL needs no API machinery.
  const [{ withCluster }, { findRoute, probeAll }] = await Promise.all([
    import('./with-cluster.ts'),
    import('./probe-routes.ts'),
  ]);
  return await withCluster(flags, async (cluster) => {
    if (subject.kind === 'all') return await probeAll(cluster, { ...subject, ...order, trust, isJson });
    const proofs = await findRoute(cluster, subject);
    let exitCode = 0;
    for (const { ref, target, because } of proofs) {
      if (proofs.length > 1) process.stderr.write(`${ref}:\n`);
      const code = target === undefined ? fail(because) : await probeOne(target, { ...order, trust, isJson });
      if (code !== 0) exitCode = code;
    }
    return exitCode;
  });
}

function refuse(because: string): number {
  process.stderr.write(`error: ${because}\n`);
  return usageError;
}

function fail(because: string): number {
  process.stderr.write(`error: ${because}\n`);
  return inputError;
}
