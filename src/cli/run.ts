import { hostname } from 'node:os';
import type { Settings } from '../config/settings.ts';
import { Controller } from '../controller/controller.ts';
import { systemClock } from '../kube/clock.ts';
import { loadClusterAccess } from '../kube/credentials.ts';
import { Transport } from '../kube/transport.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { serveHealth, serveMetrics } from '../telemetry/server.ts';
import { collectAtRest, openHeap } from './collect-at-rest.ts';
import { createElection } from './elect.ts';
import { inputError, usageError } from './exit-codes.ts';
import { loadSettings } from './load-settings.ts';
import type { GivenFlags } from './setting-flags.ts';
import { awaitSignal } from './signals.ts';
import { createVerification } from './verification.ts';
import { version } from './version.ts';

/** Which cluster and which file; what else is given is a setting. */
export interface RunOptions extends GivenFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly config?: string;
}

/** How long a shutdown may take, in milliseconds; Kubernetes kills a Pod after 30 s. */
const shutdownDeadline = 20_000;

/** `wss run`: the controller. Returns the exit code when SIGTERM or SIGINT has been obeyed. */
export async function run(options: RunOptions): Promise<number> {
  const loaded = await loadSettings(options.config, options);
  if (!loaded.isValid) {
    for (const line of loaded.lines) process.stderr.write(`${line}\n`);
    return loaded.source === 'file' ? inputError : usageError;
  }
  const log = createLog({ level: loaded.settings.logLevel });
  try {
    await runController(options, loaded.settings, log);
    return 0;
  } catch (error) {
    log.fatal({ err: error }, 'cannot start');
    return inputError;
  }
}

async function runController(options: RunOptions, settings: Settings, log: Log): Promise<void> {
  const { namespaces, policy, workers } = settings;
  const stopped = awaitSignal();
  const access = await loadClusterAccess({
    kubeconfig: options.kubeconfig,
    context: options.context,
    env: process.env,
  });
  const { perRoute } = settings.metrics;
  const metrics = createMetrics({
    readRoutes: () => controller.readRoutes(),
    perRoute,
    workers,
  });
  const transport = new Transport({
    access,
    version,
    ...(settings.leaderElection.enabled && { mayWrite: () => election?.isLeader === true }),
    onRequest: (request) => metrics.countRequest(request),
  });
  const controller = new Controller({
    transport,
    namespaces,
    policy,
    workers,
    identity: hostname(),
    log,
    metrics,
    verification: createVerification(settings.verification),
  });
  const election = createElection({
    settings: settings.leaderElection,
    currentNamespace: access.currentNamespace,
    transport,
    controller,
    log,
    metrics,
  });
  const servers = [
    await serveMetrics({ address: settings.metrics.address, metrics }),
    await serveHealth({ address: settings.health.address, listChecks: () => controller.listChecks() }),
  ];
  const scope = {
    namespaces: namespaces.join() || 'all',
    classes: [...policy.classes.keys()].join() || 'all',
    gateways: policy.servesGateways,
  };
  log.info({ version, server: access.server.href, credentials: access.source, ...scope }, 'starting');
  const stopping = new AbortController();
  await Promise.race([controller.start().then(begin), stopped]);
  log.info({ signal: await stopped }, 'stopping');
  stopping.abort();
  await controller.stop(shutdownDeadline);
  await election?.stop();
  await Promise.all(servers.map((server) => server?.close()));
  await transport.close();
  log.info('stopped');

  // A replica is a candidate once it knows the cluster: until then it could only sit on the lease.
  function begin(): void {
    void collectAtRest(systemClock, openHeap(), stopping.signal);
    if (election === undefined) controller.lead();
    else election.start();
  }
}
