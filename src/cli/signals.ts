let first: Promise<NodeJS.Signals> | undefined;

/** The first SIGTERM or SIGINT since the first call; from then on they end nothing by themselves. */
export function awaitSignal(): Promise<NodeJS.Signals> {
  first ??= new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  return first;
}
