import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, type Metrics } from '../../../src/telemetry/metrics.ts';

function create(options: { readonly now?: () => number } = {}): Metrics {
  return createMetrics({ countRoutes: () => ({ true: 3, false: 1, unknown: 0 }), workers: 16, ...options });
}

/** Series → value, as Prometheus would read them. */
async function scrape(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  const { body } = await metrics.render();
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

const queueLabels = '{name="wssroute",controller="wssroute"}';

test('every series that dashboards ask for is there before anything has happened', async () => {
  const series = await scrape(create());
  for (const result of ['success', 'error', 'requeue', 'requeue_after']) {
    assert.equal(series.get(`controller_runtime_reconcile_total{controller="wssroute",result="${result}"}`), 0);
  }
  assert.equal(series.get('controller_runtime_reconcile_errors_total{controller="wssroute"}'), 0);
  assert.equal(series.get('controller_runtime_max_concurrent_reconciles{controller="wssroute"}'), 16);
  assert.equal(series.get('controller_runtime_active_workers{controller="wssroute"}'), 0);
  for (const name of [
    'workqueue_depth',
    'workqueue_adds_total',
    'workqueue_retries_total',
    'workqueue_unfinished_work_seconds',
    'workqueue_longest_running_processor_seconds',
    'workqueue_queue_duration_seconds_count',
    'workqueue_work_duration_seconds_count',
  ]) {
    assert.equal(series.get(`${name}${queueLabels}`), 0, name);
  }
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds']) {
    assert.ok((series.get(name) ?? 0) > 0, name);
  }
});

test('a pass counts as running, then with its result and its duration', async () => {
  let now = 1_000;
  const metrics = create({ now: () => now });
  const finishFirst = metrics.startReconcile();
  now += 500;
  const finishSecond = metrics.startReconcile();
  now += 1_500;
  const during = await scrape(metrics);
  assert.equal(during.get('controller_runtime_active_workers{controller="wssroute"}'), 2);
  assert.equal(during.get(`workqueue_unfinished_work_seconds${queueLabels}`), 3.5);
  assert.equal(during.get(`workqueue_longest_running_processor_seconds${queueLabels}`), 2);
  finishFirst('success');
  finishSecond('error');
  finishSecond('error');
  const after = await scrape(metrics);
  assert.equal(after.get('controller_runtime_active_workers{controller="wssroute"}'), 0);
  assert.equal(after.get('controller_runtime_reconcile_total{controller="wssroute",result="success"}'), 1);
  assert.equal(after.get('controller_runtime_reconcile_total{controller="wssroute",result="error"}'), 1);
  assert.equal(after.get('controller_runtime_reconcile_errors_total{controller="wssroute"}'), 1);
  assert.equal(after.get('controller_runtime_reconcile_time_seconds_sum{controller="wssroute"}'), 3.5);
  assert.equal(after.get('controller_runtime_reconcile_time_seconds_bucket{le="1.5",controller="wssroute"}'), 1);
  assert.equal(after.get(`workqueue_unfinished_work_seconds${queueLabels}`), 0);
});

test('the workqueue, requests, writes and watches are counted under the names and labels of Kubernetes', async () => {
  const metrics = create();
  metrics.workqueue.added();
  metrics.workqueue.added();
  metrics.workqueue.retried();
  metrics.workqueue.depth(7);
  metrics.workqueue.queued(0.25);
  metrics.workqueue.worked(0.5);
  metrics.countRequest({ verb: 'PATCH', code: '201', host: '10.0.0.1:443' });
  metrics.countRequest({ verb: 'GET', code: '<error>', host: '10.0.0.1:443' });
  metrics.countWrite('Ingress', 'created');
  metrics.countWrite('WssRoute', 'status');
  metrics.countWrite('WssRoute', 'status');
  metrics.countReflectorRestart('Service', 'expired');
  const series = await scrape(metrics);
  assert.equal(series.get(`workqueue_adds_total${queueLabels}`), 2);
  assert.equal(series.get(`workqueue_retries_total${queueLabels}`), 1);
  assert.equal(series.get(`workqueue_depth${queueLabels}`), 7);
  assert.equal(series.get(`workqueue_queue_duration_seconds_sum${queueLabels}`), 0.25);
  assert.equal(series.get(`workqueue_work_duration_seconds_sum${queueLabels}`), 0.5);
  assert.equal(series.get('rest_client_requests_total{code="201",method="PATCH",host="10.0.0.1:443"}'), 1);
  assert.equal(series.get('rest_client_requests_total{code="<error>",method="GET",host="10.0.0.1:443"}'), 1);
  assert.equal(series.get('wss_writes_total{kind="Ingress",reason="created"}'), 1);
  assert.equal(series.get('wss_writes_total{kind="WssRoute",reason="status"}'), 2);
  assert.equal(series.get('wss_reflector_restarts_total{kind="Service",cause="expired"}'), 1);
});

test('routes are counted at the scrape, and their number does not add series', async () => {
  let routes = { true: 1, false: 0, unknown: 0 };
  const metrics = createMetrics({ countRoutes: () => routes, workers: 1 });
  const before = await scrape(metrics);
  assert.equal(before.get('wss_routes{ready="true"}'), 1);
  routes = { true: 0, false: 4_000, unknown: 6_000 };
  const after = await scrape(metrics);
  assert.equal(after.get('wss_routes{ready="true"}'), 0);
  assert.equal(after.get('wss_routes{ready="false"}'), 4_000);
  assert.equal(after.get('wss_routes{ready="unknown"}'), 6_000);
  const own = (name: string) => /^(wss|controller_runtime|workqueue|rest_client)_/.test(name);
  assert.equal([...after.keys()].filter(own).length, [...before.keys()].filter(own).length);
});

test('two registries in one process do not share counts', async () => {
  const [first, second] = [create(), create()];
  first.countWrite('Ingress', 'created');
  assert.equal((await scrape(first)).get('wss_writes_total{kind="Ingress",reason="created"}'), 1);
  assert.equal((await scrape(second)).has('wss_writes_total{kind="Ingress",reason="created"}'), false);
});
