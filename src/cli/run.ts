import { hostname } from 'node:os';
import { Controller } from '../controller/controller.ts';
import { loadClusterAccess } from '../kube/credentials.ts';
import { Transport } from '../kube/transport.ts';
import { createLog, type Log, type LogLevel } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { serveHealth, serveMetrics } from '../telemetry/server.ts';
import { version } from './version.ts';

export interface RunOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly workers: number;
  readonly logLevel: LogLevel;
  readonly metricsAddress: string;
  readonly healthAddress: string;
}

/** How long a shutdown may take, in milliseconds; Kubernetes kills a Pod after 30 s. */
const shutdownDeadline = 20_000;

/** `wss run`: the controller. Returns the exit code when SIGTERM or SIGINT has been obeyed. */
export async function run(options: RunOptions): Promise<number> {
  const log = createLog({ level: options.logLevel });
  try {
    await runController(options, log);
    return 0;
  } catch (error) {
    log.fatal({ err: error }, 'cannot start');
    return 1;
  }
}

async function runController(options: RunOptions, log: Log): Promise<void> {
  const stopped = awaitSignal();
  const access = await loadClusterAccess({
    kubeconfig: options.kubeconfig,
    context: options.context,
    env: process.env,
  });
  const metrics = createMetrics({ countRoutes: () => controller.countRoutes(), workers: options.workers });
  const transport = new Transport({ access, version, onRequest: (request) => metrics.countRequest(request) });
  const controller = new Controller({
    transport,
    namespace: options.namespace,
    workers: options.workers,
    identity: hostname(),
    log,
    metrics,
  });
  const servers = [
    await serveMetrics({ address: options.metricsAddress, metrics }),
    await serveHealth({ address: options.healthAddress, listChecks: () => controller.listChecks() }),
  ];
  log.info(
    { version, server: access.server.href, credentials: access.source, namespace: options.namespace ?? 'all' },
    'starting',
  );
  await Promise.race([controller.start().then(() => stopped), stopped]);
  log.info({ signal: await stopped }, 'stopping');
  await controller.stop(shutdownDeadline);
  await Promise.all(servers.map((server) => server?.close()));
  await transport.close();
  log.info('stopped');
}

function awaitSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}
