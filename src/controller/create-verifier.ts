import { findConditionAt, type WssRoute } from '../api/wssroute.ts';
import { systemClock } from '../kube/clock.ts';
import { describe } from '../kube/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { Verifier, type VerifierOptions } from './verifier.ts';

/** How handshakes are made. */
export type VerificationOptions = Pick<VerifierOptions, 'probe' | 'concurrency' | 'perSecond' | 'minIntervalMs'>;

export interface VerifierSurroundings {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly find: (routeKey: string) => WssRoute | undefined;
  readonly wake: (routeKey: string) => void;
}

/** A verifier for one term, which wakes the routes of which it knows something new, and tells it to log and metrics. */
export function createVerifier(
  options: VerificationOptions,
  { log, metrics, find, wake }: VerifierSurroundings,
): Verifier {
  return new Verifier({
    ...options,
    clock: systemClock,
    random: Math.random,
    onResult: ({ isReachable, latencyMs }) =>
      metrics.observeHandshake(isReachable ? 'success' : 'failure', latencyMs / 1000),
    onNews: (route, attachment, { reason, message }) => {
      wake(route);
      // A new leader finds what the one before has found.
      if (findConditionAt(find(route)?.status, attachment, 'Reachable')?.reason === reason) return;
      if (reason === 'Connected') log.info({ route, attachment }, 'handshake succeeded');
      else log.warn({ route, attachment, reason, error: message }, 'handshake failed');
    },
    onError: (route, attachment, error) =>
      log.warn({ route, attachment, error: describe(error) }, 'handshake not made, will be retried'),
  });
}
