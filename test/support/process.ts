import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { GiveUp, waitUntil } from './wait-until.ts';

export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Both output streams are appended to it. */
  readonly logFile: string;
  /** Looked at again and again after a start; an exception means "not yet". */
  readonly isReady: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** How long SIGTERM may take before SIGKILL follows. Default 10 s. */
  readonly graceMs?: number;
  /** The command makes a process namespace with unshare(1), which ignores SIGTERM: signals go to its first process. */
  readonly ownsProcessNamespace?: boolean;
}

const TAIL_LINES = 40;

/** A named child process that can be killed and started again with the same arguments. Dies with its parent. */
export class RestartableProcess {
  readonly #options: ProcessOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  get logFile(): string {
    return this.#options.logFile;
  }

  /** The process id, or `undefined` while it does not run. */
  get pid(): number | undefined {
    return this.isRunning() ? this.#child?.pid : undefined;
  }

  /** The process inside of the process namespace that the command made, or else the command itself. */
  get mainPid(): number | undefined {
    const { pid } = this;
    if (pid === undefined || !this.#options.ownsProcessNamespace) return pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? pid : Number(children.split(' ')[0]);
  }

  isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it and waits until it is ready; the error of a failed start shows the end of the log. */
  async start(): Promise<void> {
    await this.launch();
    await this.waitUntilReady();
  }

  /** Starts it without waiting. */
  async launch(): Promise<void> {
    if (this.isRunning()) throw new Error(`${this.#options.name} runs already`);
    const { command, args, env, logFile } = this.#options;
    const log = openSync(logFile, 'a');
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    });
    closeSync(log);
    this.#child = child;
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  waitUntilReady(): Promise<true> {
    const { name, isReady, readyTimeoutMs } = this.#options;
    const look = async () => {
      if (!this.isRunning()) throw new GiveUp(`${name} ended before it was ready\n${this.logTail()}`);
      return (await isReady()) && (true as const);
    };
    return waitUntil(look, { what: `${name} to be ready`, timeoutMs: readyTimeoutMs, explain: () => this.logTail() });
  }

  /** SIGTERM, and SIGKILL when it is still there after the grace period. */
  async stop(): Promise<void> {
    if (!this.isRunning()) return;
    const force = setTimeout(() => this.#signal('SIGKILL'), this.#options.graceMs ?? 10_000);
    try {
      this.#signal('SIGTERM');
      await this.#exited;
    } finally {
      clearTimeout(force);
    }
  }

  /** Sends a signal and waits until the process is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.isRunning()) return;
    this.#signal(signal);
    await this.#exited;
  }

  /** Stops it if it runs, starts it again with the same arguments and waits until it is ready. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stops it from running without ending it (SIGSTOP): its connections stay open and answer no more. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  logTail(): string {
    const lines = readFileSync(this.#options.logFile, 'utf8').trimEnd().split('\n');
    return [`--- last lines of ${this.#options.logFile}`, ...lines.slice(-TAIL_LINES)].join('\n');
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.mainPid;
    if (pid !== undefined) process.kill(pid, signal);
  }
}
