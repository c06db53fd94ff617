import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { controllerName } from './controller-name.ts';

/** As in controller-runtime: `requeue_after` is a pass that asks for another one later. */
export type ReconcileResult = 'success' | 'error' | 'requeue' | 'requeue_after';

export interface ReconcileMetricsOptions {
  /** Routes that may be reconciled at once. */
  readonly workers: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Buckets of controller-runtime, so that its dashboards and alerts fit (pkg/internal/controller/metrics). */
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** What a pass costs and how it ends; the returned function begins one, and what that returns ends it, once. */
export function registerReconciles(
  registry: Registry,
  { workers, now }: ReconcileMetricsOptions,
): () => (result: ReconcileResult) => void {
  const registers = [registry];
  const labels = { controller: controllerName };
  const running = new Set<{ readonly startedAt: number }>();
  registerUnfinishedWork(registry, () => [...running].map(({ startedAt }) => (now() - startedAt) / 1000));
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
  }).set(labels, workers);
  // A series that begins with its first increase hides that increase from rate().
  for (const result of ['success', 'error', 'requeue', 'requeue_after']) total.inc({ ...labels, result }, 0);
  errors.inc(labels, 0);
  time.zero(labels);
  active.set(labels, 0);
  return () => {
    const pass = { startedAt: now() };
    running.add(pass);
    active.set(labels, running.size);
    return (result) => {
      if (!running.delete(pass)) return;
      active.set(labels, running.size);
      total.inc({ ...labels, result });
      if (result === 'error') errors.inc(labels);
      time.observe(labels, (now() - pass.startedAt) / 1000);
    };
  };
}

function registerUnfinishedWork(registry: Registry, listAges: () => readonly number[]): void {
  const labels = { name: controllerName, controller: controllerName };
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
