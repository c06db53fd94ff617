export interface BackoffSettings {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * How long to wait after the failure number `attempt` (0 = the first), in milliseconds: doubles up to the cap and then
 * stays there for ever. Between half and all of it is used, so that many that failed together do not come back together.
 */
export function backoffMs(settings: BackoffSettings, attempt: number, random: () => number): number {
  const full = Math.min(settings.capMs, settings.baseMs * 2 ** Math.min(attempt, 52));
  return full / 2 + (full / 2) * random();
}
