import { hostname } from 'node:os';
import type { LeaderElectionSettings } from '../config/settings.ts';
import type { Controller } from '../controller/controller.ts';
import { systemClock } from '../kube/clock.ts';
import { Election } from '../kube/election.ts';
import { describe } from '../kube/errors.ts';
import type { Transport } from '../kube/transport.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface ElectOptions {
  readonly settings: LeaderElectionSettings;
  /** Where the Lease is when the settings name no namespace. */
  readonly currentNamespace: string;
  readonly transport: Transport;
  readonly controller: Pick<Controller, 'lead' | 'stepDown'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'setLeader'>;
}

/** The election that lets one replica reconcile, not begun yet; undefined when the settings do without. */
export function createElection(options: ElectOptions): Election | undefined {
  const { settings, currentNamespace, transport, controller, log, metrics } = options;
  const setLeader = (isLeader: boolean) => metrics.setLeader(settings.name, isLeader);
  // Who does without an election always leads.
  setLeader(!settings.enabled);
  if (!settings.enabled) return undefined;
  const namespace = settings.namespace || currentNamespace;
  const lease = `${namespace}/${settings.name}`;
  return new Election({
    ...settings,
    namespace,
    transport,
    // As in client-go: a container that is restarted in its Pod is another candidate.
    identity: `${hostname()}_${crypto.randomUUID()}`,
    clock: systemClock,
    now: () => new Date(),
    random: Math.random,
    onElected() {
      log.info({ lease }, 'leading');
      setLeader(true);
      controller.lead();
    },
    onDeposed() {
      log.warn({ lease }, 'no longer leading');
      setLeader(false);
      controller.stepDown();
    },
    onLeader: (leader) => log.info({ lease, leader }, 'another replica leads'),
    onNotReleased: (error) => log.warn({ lease, error: describe(error) }, 'lease not released, the next leader waits'),
    onError(error, attempt) {
      // At the 1st, 2nd, 4th, 8th … failure: an outage of an hour has to be seen, not to fill the log.
      if (!Number.isInteger(Math.log2(attempt))) return;
      log.warn({ lease, attempt, error: describe(error) }, 'lease not renewed, will be retried');
    },
  });
}
