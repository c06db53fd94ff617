import { collectDefaultMetrics, Registry } from 'prom-client';
import { type ApiTrafficMetrics, registerApiTraffic } from './metrics/api-traffic.ts';
import { type HandshakeMetrics, registerHandshakes } from './metrics/handshakes.ts';
import { registerLeadership } from './metrics/leadership.ts';
import { type QueueMetrics, registerQueue } from './metrics/queue.ts';
import { type ReconcileResult, registerReconciles } from './metrics/reconciles.ts';
import { type RouteReading, registerRoutes } from './metrics/routes.ts';

export type { RouteReading } from './metrics/routes.ts';

export interface MetricsOptions {
  /** Every route, read anew at each scrape. */
  readonly readRoutes: () => Iterable<RouteReading>;
  /** Series for each route; without it, which is the default, their number does not depend on the routes. */
  readonly perRoute?: boolean;
  /** Routes that may be reconciled at once. */
  readonly workers: number;
  /** Monotonic milliseconds; the process's clock when not given. */
  readonly now?: () => number;
}

export interface Metrics extends ApiTrafficMetrics, HandshakeMetrics {
  readonly workqueue: QueueMetrics;
  /** Counts a pass as running until the returned function is called, once, with how it ended. */
  startReconcile(): (result: ReconcileResult) => void;
  /** `name` is the Lease's. Until the first call nothing is said about leadership. */
  setLeader(name: string, isLeader: boolean): void;
  /** Everything in the text format of Prometheus. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Gauges that prom-client calls `_total`, which Prometheus keeps for counters; the same without `_total` is there by type. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/**
 * The operator's metrics in a registry of their own. Names and labels are those of controller-runtime and client-go wherever they
 * have one. What a scrape reads of the routes is read then: a change of a route costs nothing here.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const { readRoutes, perRoute = false, workers, now = () => performance.now() } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const refreshRoutes = registerRoutes(registry, { readRoutes, perRoute });
  return {
    startReconcile: registerReconciles(registry, { workers, now }),
    workqueue: registerQueue(registry),
    setLeader: registerLeadership(registry),
    ...registerApiTraffic(registry),
    ...registerHandshakes(registry),
    async render() {
      refreshRoutes();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
