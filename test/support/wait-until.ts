/** How long to wait, in milliseconds, and how often to look. */
export interface WaitOptions {
  /** What is waited for, in words; ends up in the error. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  /** Adds to the error: the tail of a log, the last object seen. */
  readonly explain?: () => string | Promise<string>;
}

/**
 * Looks again and again until `look` returns something other than `undefined` or `false`, and returns it.
 *
 * An exception of `look` counts as "not yet" and ends up as the cause of the error that the deadline throws.
 */
export async function waitUntil<T>(look: () => Promise<T | undefined | false>, options: WaitOptions): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      lastError = undefined;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      lastError = error;
    }
    if (Date.now() > deadline) throw await timeoutError(options, lastError);
    await new Promise((resolve) => setTimeout(resolve, options.intervalMs ?? 25));
  }
}

/** Thrown by a look that knows that waiting is in vain. */
export class GiveUp extends Error {}

async function timeoutError(options: WaitOptions, cause: unknown): Promise<Error> {
  const explanation = options.explain === undefined ? '' : `\n${await options.explain()}`;
  const last = cause instanceof Error ? ` (last error: ${cause.message})` : '';
  return new Error(`waited ${options.timeoutMs} ms for ${options.what}${last}${explanation}`, { cause });
}
