import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GiveUp, waitUntil } from '../support/wait-until.ts';

const demo = join(import.meta.dirname, 'demo.ts');

/** A demo under way, for its test. */
export interface DemoProcess {
  readonly process: ChildProcess;
  output(): string;
  /** Waits for a text of the output. */
  until(text: RegExp): Promise<RegExpExecArray>;
  exitCode(): Promise<number | null>;
}

export interface LaunchSettings {
  /** `NAME=value`, a variable in the environment of every process that the demo starts. */
  readonly mark: string;
  /** What the demo takes for the folder of temporary files. */
  readonly temporary: string;
}

/** Runs the demo as a person does, without a terminal. */
export function launchDemo(args: readonly string[], { mark, temporary }: LaunchSettings): DemoProcess {
  const [name = '', value] = mark.split('=');
  const { NO_COLOR: _, FORCE_COLOR: __, npm_lifecycle_event: ___, ...inherited } = process.env;
  const env = { ...inherited, [name]: value, TMPDIR: temporary };
  const child = spawn(process.execPath, [demo, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const drained = Promise.all([child.stdout, child.stderr].map((stream) => once(stream, 'close')));
  return {
    process: child,
    output: () => output,
    async exitCode() {
      await drained;
      return ended;
    },
    until: (text) =>
      waitUntil(
        async () => {
          const found = text.exec(output);
          if (found === null && child.exitCode !== null) throw new GiveUp(`the demo ended before ${text}\n${output}`);
          return found ?? undefined;
        },
        { what: `${text} in the output of the demo`, timeoutMs: 90_000, explain: () => output },
      ),
  };
}

/** Processes that carry the mark, in this process namespace and those within it. */
export async function listMarked(mark: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(mark)) found.push(Number(name));
  }
  return found;
}
