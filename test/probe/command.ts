import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { formatPlace } from '../../src/probe/place.ts';
import type { Target } from '../../src/probe/target.ts';

export const main = join(import.meta.dirname, '../../src/main.ts');

export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** `wss probe` as people run it. */
export async function wssProbe(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [main, 'probe', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { exitCode, out, err };
}

/** The command line that asks for a target. */
export function composeArguments(target: Target): readonly string[] {
  const { host, port, path, connect, isTls = true, isPinged = true, origin, subprotocols = [] } = target;
  return [
    `${isTls ? 'wss' : 'ws'}://${formatPlace(host, port)}${path}`,
    ...['--connect', formatPlace(connect.address, connect.port)],
    ...(isPinged ? [] : ['--no-ping']),
    ...(origin === undefined ? [] : ['--origin', origin]),
    ...subprotocols.flatMap((name) => ['--subprotocol', name]),
  ];
}
