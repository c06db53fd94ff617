import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { RestartableProcess } from '../support/process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type Command, containerCommand } from './container.ts';
import type { UnpackedImage } from './oci-layout.ts';

const run = promisify(execFile);

export interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** From the start of the container to the first answer of /healthz. */
export async function measureStart({ command, args }: Command): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  let pid = 0;
  try {
    const isHealthy = async () => (await fetch('http://127.0.0.1:8081/healthz')).ok;
    await waitUntil(isHealthy, { what: '/healthz to answer', timeoutMs: 30_000, intervalMs: 2 });
    const wallMs = Math.round(performance.now() - startedAt);
    pid = Number(await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
    // Fields 14 and 15 of proc(5), in ticks of 10 ms.
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return { wallMs, cpuMs: (Number(fields[11]) + Number(fields[12])) * 10 };
  } finally {
    // The operator itself, so that unshare ends after it and the port is free.
    if (pid > 0) process.kill(pid, 'SIGKILL');
    else child.kill('SIGKILL');
    await exited;
  }
}

/** Processor time of Node.js alone, in milliseconds. */
export async function measureFloor(image: UnpackedImage): Promise<number> {
  const code = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)';
  const entrypoint = ['/usr/local/bin/node', '-e', code];
  const { command, args } = await containerCommand({ image, entrypoint, args: [] });
  const times = [];
  for (let count = 0; count < 7; count += 1) times.push(Math.round(Number((await run(command, [...args])).stdout)));
  return median(times);
}

/** Looks; it collects 10 to 20 s after its start. */
const collectedAfter = 44;

export interface Memory {
  readonly rssMiB: number;
  readonly anonymousMiB: number;
}

/** At rest: when the operator has collected what its start has left (src/cli/collect-at-rest.ts), five looks in a row, half a second apart, that differ by less than 1 MiB. */
export async function waitUntilResting({ mainPid }: RestartableProcess): Promise<Memory> {
  const looks: Memory[] = [];
  return waitUntil(
    async () => {
      const status = await readFile(`/proc/${mainPid}/status`, 'utf8');
      const read = (name: string) =>
        Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 102.4) / 10;
      const look = { rssMiB: read('VmRSS'), anonymousMiB: read('RssAnon') };
      looks.push(look);
      const last = looks.slice(-5).map(({ rssMiB }) => rssMiB);
      return looks.length > collectedAfter && Math.max(...last) - Math.min(...last) < 1 && look;
    },
    { what: 'the operator to come to rest', timeoutMs: 120_000, intervalMs: 500 },
  );
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
