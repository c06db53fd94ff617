import { Counter, exponentialBuckets, Gauge, Histogram, type Registry } from 'prom-client';
import { controllerName } from './controller-name.ts';

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

/** Buckets of client-go's workqueue as controller-runtime registers it (pkg/internal/metrics). */
const queueBuckets = exponentialBuckets(10e-9, 10, 12);

/** The workqueue's metrics as controller-runtime registers them for client-go. */
export function registerQueue(registry: Registry): QueueMetrics {
  const labels = { name: controllerName, controller: controllerName };
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
