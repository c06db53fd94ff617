/** Time as an argument, so that queues and backoffs can be tested without waiting. */
export interface Clock {
  /** Monotonic milliseconds: for durations and deadlines, never for time stamps. */
  now(): number;
  /** Calls `run` once after `ms`; the returned function cancels it. */
  setTimer(run: () => void, ms: number): () => void;
}

export const systemClock: Clock = {
  now() {
    return performance.now();
  },
  setTimer(run, ms) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits for `ms`, or until `signal` is aborted; never rejects. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    function finish(): void {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    }
    const cancel = clock.setTimer(finish, ms);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
