import { constants } from 'node:os';
import type { Screen } from './screen.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly NodeJS.Signals[];

/** Somebody wants the demo to stop. */
class Interruption extends Error {
  readonly exitCode: number;

  constructor(signal: (typeof signals)[number]) {
    super(`stopped by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** What an action may use: a place for what has to be undone, and a signal that aborts when the action is over or is to stop. */
export interface Course {
  readonly undo: AsyncDisposableStack;
  readonly signal: AbortSignal;
}

/**
 * Runs an action and undoes what it has done, whether it succeeds, fails or is interrupted. Returns the exit code.
 *
 * `'stay'` as the result means to go on until SIGINT, SIGTERM or SIGHUP, which is then no failure. A second signal does
 * not wait for anything.
 */
export async function conclude(screen: Screen, action: (course: Course) => Promise<'stay' | 'end'>): Promise<number> {
  const controller = new AbortController();
  const { signal } = controller;
  let isStopping = false;
  const onSignal = (name: NodeJS.Signals) => {
    const interruption = new Interruption(name as (typeof signals)[number]);
    if (isStopping) process.exit(interruption.exitCode);
    isStopping = true;
    controller.abort(interruption);
  };
  for (const name of signals) process.on(name, onSignal);
  const undo = new AsyncDisposableStack();
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  let exitCode = 0;
  try {
    const result = await Promise.race([action({ undo, signal }), interrupted]);
    if (result === 'stay') await interrupted.catch(() => {});
  } catch (error) {
    exitCode = error instanceof Interruption ? error.exitCode : 1;
    if (error instanceof Interruption) screen.note(error.message);
    else screen.fail(error);
  }
  // Whatever still runs on behalf of the action, such as a watch, ends before anything is undone.
  controller.abort();
  try {
    await undo.disposeAsync();
  } catch (error) {
    screen.fail(error);
    exitCode ||= 1;
  }
  for (const name of signals) process.off(name, onSignal);
  return exitCode;
}
