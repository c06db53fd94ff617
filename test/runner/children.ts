import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
const binaries = join(root, 'node_modules', '.bin');
const ownNode = join(binaries, 'node');

/** The Node.js that the project is pinned to, whichever one runs this. */
export const node = existsSync(ownNode) ? ownNode : process.execPath;

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** Each line as it is written; it is in the output as well. */
  readonly onLine?: (line: string) => void;
}

export interface ChildResult {
  /** 0 when all went well; undefined when a signal or the timeout ended it. */
  readonly exitCode: number | undefined;
  /** What ended it, when that was not its own exit. */
  readonly ending: string | undefined;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/** How long a child may take to clean up after SIGTERM, in milliseconds. */
const grace = 15_000;

/** Child processes, each the leader of a process group that does not outlive it. */
export class Children {
  readonly #running = new Set<ChildProcess>();
  #isStopped = false;

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Runs a command to its end; rejects only when it cannot be started. */
  run(options: ChildOptions): Promise<ChildResult> {
    if (this.#isStopped) return Promise.resolve({ exitCode: undefined, ending: 'not started', output: '' });
    const child = spawn(options.command, options.args, {
      cwd: root,
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#running.add(child);
    const collect = collectOutput(child, options.onLine);
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        end(child);
      }, options.timeoutMs);
      child.once('error', (cause) => {
        clearTimeout(timer);
        this.#running.delete(child);
        reject(new Error(`cannot start ${options.command}: ${cause.message}`, { cause }));
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        this.#running.delete(child);
        // What the leader left behind would keep ports, files and the pipes of the output.
        signalGroup(child, 'SIGKILL');
        const lateness = `ended because it took longer than ${options.timeoutMs / 1000} s`;
        const ending = isLate ? lateness : signal === null ? undefined : `ended by ${signal}`;
        const exitCode = ending === undefined ? (code ?? undefined) : undefined;
        void collect().then((output) => resolve({ exitCode, ending, output }));
      });
    });
  }

  /** Ends what runs and starts nothing more. */
  stop(): void {
    this.#isStopped = true;
    for (const child of this.#running) end(child);
  }
}

function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...inherited } = process.env;
  // Types are stripped and modules compiled once, not once for each process.
  const compiled = join(root, 'node_modules/.cache/node');
  return {
    NODE_COMPILE_CACHE: compiled,
    ...inherited,
    NO_COLOR: '1',
    PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}`,
  };
}

function end(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const force = setTimeout(() => signalGroup(child, 'SIGKILL'), grace);
  child.once('exit', () => clearTimeout(force));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function collectOutput(child: ChildProcess, onLine: ChildOptions['onLine']): () => Promise<string> {
  let output = '';
  let rest = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine?.(line);
    });
  }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // A process that left the group may hold a pipe for ever; what it writes after the exit is not waited for.
  const patience = () => new Promise<void>((resolve) => setTimeout(resolve, 1_000).unref());
  return async () => {
    await Promise.race([closed, patience()]);
    return output;
  };
}
