import { execFileSync, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { PUBLISHED_ADDRESS } from './published-address.ts';

/** Holds the network namespace of the sandbox: a mark that a process outside of it cannot carry by accident. */
const MARK = 'WSS_SANDBOX';
const ENTRY = join(import.meta.dirname, 'in-sandbox.ts');
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly NodeJS.Signals[];

/** True inside of a sandbox, where default ports may be used and every process dies with the sandbox. */
export function isInSandbox(): boolean {
  return process.env[MARK] === readlinkSync('/proc/self/ns/net');
}

/** Runs the program that calls this again, inside of a sandbox, and ends with its exit code. Returns inside. */
export async function enterSandbox(): Promise<void> {
  if (isInSandbox()) return;
  process.exit(await runInSandbox([process.execPath, ...process.execArgv, ...process.argv.slice(1)]));
}

/**
 * Runs a command in network, mount and process namespaces of its own and returns its exit code.
 *
 * SIGINT, SIGTERM and SIGHUP reach the command, which may clean up. When this process dies, everything in the sandbox
 * dies with it, even after SIGKILL: unshare gets SIGKILL as parent death signal and hands it on to the first process
 * of the process namespace, with which the kernel ends all others.
 */
export function runInSandbox(command: readonly string[]): Promise<number> {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const inner = [process.execPath, ENTRY, '--inside', ...command];
  const args = ['--pdeathsig', 'KILL', 'unshare', ...user, ...namespaces, '--', ...inner];
  // A session of its own keeps the terminal from sending Ctrl-C to the command a second time.
  const child = spawn('setpriv', args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true });
  return superviseSignals((signal) => child.connected && child.send(signal), exitCodeOf(child));
}

/** The inner half: makes the namespaces usable and runs the command until it ends or the outer half is gone. */
export async function runAsFirstProcess(command: readonly string[]): Promise<number> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  // Where ingress-nginx is reached from within the sandbox, and what it publishes; see ingress-nginx.ts.
  execFileSync('ip', ['address', 'add', `${PUBLISHED_ADDRESS}/32`, 'dev', 'lo']);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'sandbox', '/run']);
  const [program = 'true', ...args] = command;
  const env = { ...process.env, [MARK]: readlinkSync('/proc/self/ns/net') };
  const child = spawn(program, args, { stdio: 'inherit', env });
  process.on('message', (signal) => child.kill(signal as NodeJS.Signals));
  process.on('disconnect', () => child.kill('SIGTERM'));
  return superviseSignals((signal) => child.kill(signal), exitCodeOf(child));
}

async function superviseSignals(forward: (signal: NodeJS.Signals) => void, done: Promise<number>): Promise<number> {
  const handlers = FORWARDED.map((signal) => [signal, () => forward(signal)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  try {
    return await done;
  } finally {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
}

function exitCodeOf(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(new Error(`cannot start ${child.spawnfile}: ${cause.message}`, { cause })));
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
