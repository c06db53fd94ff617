import { Counter, collectDefaultMetrics, exponentialBuckets, Gauge, Histogram, Registry } from 'prom-client';

/** As in controller-runtime: `requeue_after` is a pass that asks for another one later. */
export type ReconcileResult = 'success' | 'error' | 'requeue' | 'requeue_after';

export interface MetricsOptions {
  /** Asked at each scrape: how many routes there are, by the status of Ready. */
  readonly countRoutes: () => Readonly<Record<'true' | 'false' | 'unknown', number>>;
  /** Routes that may be reconciled at once. */
  readonly workers: number;
  /** Monotonic milliseconds; the process's clock when not given. */
  readonly now?: () => number;
}

/** What the workqueue reports. */
export interface QueueMetrics {
  depth(keys: number): void;
  added(): void;
  retried(): void;
  /** How long a key waited. */
  queued(seconds: number): void;
  /** How long the work on a key took. */
  worked(seconds: number): void;
}

export interface Metrics {
  readonly workqueue: QueueMetrics;
  /** Counts a pass as running until the returned function is called, once, with how it ended. */
  startReconcile(): (result: ReconcileResult) => void;
  /** `code` is the HTTP status, or `<error>` when there was no answer, as in client-go. */
  countRequest(request: { readonly verb: string; readonly code: string; readonly host: string }): void;
  countWrite(kind: string, reason: 'created' | 'configured' | 'deleted' | 'status'): void;
  countReflectorRestart(kind: string, cause: string): void;
  /** Everything in the text format of Prometheus. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** The controller's name in every series, as controller-runtime would call it. */
const controller = 'wssroute';

/** Buckets of controller-runtime, so that its dashboards and alerts fit (pkg/internal/controller/metrics). */
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** Buckets of client-go's workqueue as controller-runtime registers it (pkg/internal/metrics). */
const queueBuckets = exponentialBuckets(10e-9, 10, 12);

/**
 * The operator's metrics in a registry of their own. Names and labels are those of controller-runtime and client-go wherever they
 * have one. The number of series does not depend on the number of routes.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const now = options.now ?? (() => performance.now());
  const running = new Set<{ readonly startedAt: number }>();
  const listAges = () => [...running].map(({ startedAt }) => (now() - startedAt) / 1000);
  collectDefaultMetrics({ register: registry });
  registerRoutes(registry, options.countRoutes);
  registerUnfinishedWork(registry, listAges);
  const startReconcile = registerReconciles(registry, options.workers, running, now);
  return {
    workqueue: registerQueue(registry),
    startReconcile,
    ...registerApiTraffic(registry),
    async render() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function registerRoutes(registry: Registry, countRoutes: MetricsOptions['countRoutes']): void {
  new Gauge({
    name: 'wss_routes',
    help: 'Number of WssRoutes by the status of their condition Ready',
    labelNames: ['ready'],
    registers: [registry],
    collect() {
      for (const [ready, count] of Object.entries(countRoutes())) this.set({ ready }, count);
    },
  });
}

function registerReconciles(
  registry: Registry,
  workers: number,
  running: Set<{ readonly startedAt: number }>,
  now: () => number,
): Metrics['startReconcile'] {
  const registers = [registry];
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Total number of reconciliations per controller',
    labelNames: ['controller', 'result'],
    registers,
  });
  const errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Total number of reconciliation errors per controller',
    labelNames: ['controller'],
    registers,
  });
  const time = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of time per reconciliation per controller',
    labelNames: ['controller'],
    buckets: reconcileBuckets,
    registers,
  });
  const active = new Gauge({
    name: 'controller_runtime_active_workers',
    help: 'Number of currently used workers per controller',
    labelNames: ['controller'],
    registers,
  });
  new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Maximum number of concurrent reconciles per controller',
    labelNames: ['controller'],
    registers,
  }).set({ controller }, workers);
  // A series that begins with its first increase hides that increase from rate().
  for (const result of ['success', 'error', 'requeue', 'requeue_after']) total.inc({ controller, result }, 0);
  errors.inc({ controller }, 0);
  time.zero({ controller });
  active.set({ controller }, 0);
  return () => {
    const pass = { startedAt: now() };
    running.add(pass);
    active.set({ controller }, running.size);
    return (result) => {
      if (!running.delete(pass)) return;
      active.set({ controller }, running.size);
      total.inc({ controller, result });
      if (result === 'error') errors.inc({ controller });
      time.observe({ controller }, (now() - pass.startedAt) / 1000);
    };
  };
}

function registerUnfinishedWork(registry: Registry, listAges: () => readonly number[]): void {
  const labels = { name: controller, controller };
  new Gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'Seconds of work that is in progress and not yet in work_duration. Large values indicate stuck workers.',
    labelNames: ['name', 'controller'],
    registers: [registry],
    collect() {
      this.set(
        labels,
        listAges().reduce((sum, age) => sum + age, 0),
      );
    },
  });
  new Gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'How many seconds the longest running worker has been running',
    labelNames: ['name', 'controller'],
    registers: [registry],
    collect() {
      this.set(labels, Math.max(0, ...listAges()));
    },
  });
}

function registerQueue(registry: Registry): QueueMetrics {
  const labels = { name: controller, controller };
  const shared = { labelNames: ['name', 'controller'], registers: [registry] };
  const depth = new Gauge({ name: 'workqueue_depth', help: 'Current depth of workqueue', ...shared });
  const adds = new Counter({
    name: 'workqueue_adds_total',
    help: 'Total number of adds handled by workqueue',
    ...shared,
  });
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Total number of retries handled by workqueue',
    ...shared,
  });
  const queueDuration = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long in seconds an item stays in workqueue before being requested',
    buckets: queueBuckets,
    ...shared,
  });
  const workDuration = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long in seconds processing an item from workqueue takes',
    buckets: queueBuckets,
    ...shared,
  });
  depth.set(labels, 0);
  for (const counter of [adds, retries]) counter.inc(labels, 0);
  for (const histogram of [queueDuration, workDuration]) histogram.zero(labels);
  return {
    depth: (keys) => depth.set(labels, keys),
    added: () => adds.inc(labels),
    retried: () => retries.inc(labels),
    queued: (seconds) => queueDuration.observe(labels, seconds),
    worked: (seconds) => workDuration.observe(labels, seconds),
  };
}

function registerApiTraffic(
  registry: Registry,
): Pick<Metrics, 'countRequest' | 'countWrite' | 'countReflectorRestart'> {
  const registers = [registry];
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labelNames: ['code', 'method', 'host'],
    registers,
  });
  const writes = new Counter({
    name: 'wss_writes_total',
    help: 'Number of objects written, by kind and by what the write did',
    labelNames: ['kind', 'reason'],
    registers,
  });
  const restarts = new Counter({
    name: 'wss_reflector_restarts_total',
    help: 'Number of times a watch had to begin again, by the class of what ended it',
    labelNames: ['kind', 'cause'],
    registers,
  });
  return {
    countRequest: ({ code, verb, host }) => requests.inc({ code, method: verb, host }),
    countWrite: (kind, reason) => writes.inc({ kind, reason }),
    countReflectorRestart: (kind, cause) => restarts.inc({ kind, cause }),
  };
}
