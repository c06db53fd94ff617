import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { GiveUp, waitUntil } from '../support/wait-until.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const tailLines = 20;

/** `wss run` as a process of its own. */
export interface OperatorProcess {
  readonly pid: number;
  readonly logFile: string;
  waitUntilReady(): Promise<true>;
  /** SIGTERM, and waits until it has ended. */
  stop(): Promise<void>;
}

export interface OperatorSettings {
  readonly kubeconfig: string;
  readonly directory: string;
  readonly args: readonly string[];
}

export async function spawnOperator(settings: OperatorSettings): Promise<OperatorProcess> {
  const { kubeconfig, directory, args } = settings;
  const logFile = join(directory, 'operator.log');
  const health = `127.0.0.1:${await findFreePort()}`;
  const log = openSync(logFile, 'a');
  const child = spawn(
    process.execPath,
    [main, 'run', '--kubeconfig', kubeconfig, '--metrics-address', '0', '--health-address', health, ...args],
    { stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const look = async (): Promise<true | undefined> => {
    if (hasEnded()) throw new GiveUp('the operator ended before it was ready');
    return (await fetch(`http://${health}/readyz`)).ok || undefined;
  };
  return {
    pid: child.pid ?? 0,
    logFile,
    waitUntilReady: () => waitUntil(look, { what: 'the operator to be ready', timeoutMs: 60_000, intervalMs: 50 }),
    async stop() {
      if (hasEnded()) return;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The last lines of a log, under its name. */
export function readTail(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return [`--- last lines of ${logFile}`, ...lines.slice(-tailLines)].join('\n');
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port of 127.0.0.1 is free');
  return address.port;
}
