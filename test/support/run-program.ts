import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ProgramOutcome } from './spawn-program.ts';

let thread: Worker | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * `wss ARGS` by the same `runProgram` that src/main.ts calls, in a thread whose modules are loaded once, not once for each command line:
 * twenty times as fast as {@link spawnProgram}, which a test of each command takes for the way through a process. One runs at a time.
 */
export function runProgram(args: readonly string[], stdin = ''): Promise<ProgramOutcome> {
  const outcome = last.then(() => askThread({ args, stdin }));
  last = outcome.catch(() => undefined);
  return outcome;
}

/** What the thread is asked. */
export interface ProgramCall {
  readonly args: readonly string[];
  readonly stdin: string;
}

async function askThread(call: ProgramCall): Promise<ProgramOutcome> {
  thread ??= new Worker(new URL('./program-thread.ts', import.meta.url));
  // Only while it is asked does it keep the process alive.
  thread.ref();
  const answer = once(thread, 'message');
  thread.postMessage(call);
  try {
    const [outcome] = await answer;
    return outcome as ProgramOutcome;
  } catch (cause) {
    thread = undefined;
    throw new Error(`wss ${call.args.join(' ')} threw`, { cause });
  } finally {
    thread?.unref();
  }
}
