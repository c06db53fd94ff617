import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasons } from '../../../src/api/conditions.ts';
import type { ErrorClass } from '../../../src/kube/errors.ts';
import { createMetrics, type Metrics, type MetricsOptions, type RouteReading } from '../../../src/telemetry/metrics.ts';

function create(options: Partial<MetricsOptions> = {}): Metrics {
  return createMetrics({ readRoutes: () => [], workers: 16, ...options });
}

function route(name: string, reading: Partial<RouteReading> = {}): RouteReading {
  const unknown = { unreachable: undefined, certificateEndsAt: undefined, certificateRenewsAt: undefined };
  return { namespace: 'shop', name, ready: 'true', reason: 'Ready', ...unknown, ...reading };
}

/** As many routes as are asked for, with every status and reason that a status can hold, and some that it should not. */
function* listManyRoutes(count: number): Generator<RouteReading> {
  const all = [...Object.keys(reasons), 'Invented', 'constructor', '__proto__', ''];
  const statuses = ['true', 'false', 'unknown'] as const;
  for (let index = 0; index < count; index += 1) {
    yield {
      namespace: `team-${index % 100}`,
      name: `chat-${index}`,
      ready: statuses[index % statuses.length] ?? 'unknown',
      reason: index % 1_000 === 0 ? `Invented${index}` : (all[index % all.length] ?? ''),
      unreachable: index % 7 === 0 ? `Invented${index}` : undefined,
      certificateEndsAt: 2_000_000_000 + index,
      certificateRenewsAt: 1_900_000_000 + index,
    };
  }
}

/** Series → value, as Prometheus would read them. */
async function scrape(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  const { body } = await metrics.render();
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** What can end a watch. */
const errorClasses = [
  'conflict',
  'notFound',
  'alreadyExists',
  'forbidden',
  'unauthorized',
  'invalid',
  'expired',
  'throttled',
  'unavailable',
  'aborted',
  'unknown',
] as const satisfies readonly ErrorClass[];

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

test('routes are counted at the scrape by status and reason, and a reason that has gone is a zero', async () => {
  let routes = [route('a'), route('b'), route('c', { ready: 'false', reason: 'Issuing' })];
  const metrics = create({ readRoutes: () => routes });
  const before = await scrape(metrics);
  assert.equal(before.get('wss_routes{ready="true",reason="Ready"}'), 2);
  assert.equal(before.get('wss_routes{ready="false",reason="Issuing"}'), 1);
  assert.equal(before.get('wss_routes{ready="unknown",reason="Pending"}'), 0);
  routes = [route('a', { ready: 'unknown', reason: 'Pending' })];
  const after = await scrape(metrics);
  assert.equal(after.get('wss_routes{ready="true",reason="Ready"}'), 0);
  assert.equal(after.get('wss_routes{ready="false",reason="Issuing"}'), 0);
  assert.equal(after.get('wss_routes{ready="unknown",reason="Pending"}'), 1);
});

test('a reason that the catalogue does not have is counted as Other', async () => {
  const strange = ['Invented', 'toString', '__proto__', ''];
  const metrics = create({ readRoutes: () => strange.map((reason) => route('a', { ready: 'false', reason })) });
  assert.equal((await scrape(metrics)).get('wss_routes{ready="false",reason="Other"}'), strange.length);
});

test('the earliest end and renewal of all certificates, and nothing where no route has a certificate', async () => {
  let routes = [
    route('a', { certificateEndsAt: 1_900_000_000, certificateRenewsAt: 1_800_000_000 }),
    route('b', { certificateEndsAt: 1_800_000_000.5 }),
    route('c'),
  ];
  const metrics = create({ readRoutes: () => routes });
  const series = await scrape(metrics);
  assert.equal(series.get('wss_certificate_expiry_seconds'), 1_800_000_000.5);
  assert.equal(series.get('wss_certificate_renewal_seconds'), 1_800_000_000);
  routes = [route('c')];
  const without = [...(await scrape(metrics)).keys()].filter((name) => name.startsWith('wss_certificate_'));
  assert.deepEqual(without, [], 'a zero would be the year 1970, and an alert');
});

test('each route has series of its own only when that is asked for, and they end with it', async () => {
  const known = { certificateEndsAt: 1_900_000_000, certificateRenewsAt: 1_800_000_000 };
  let routes = [route('a', known), route('b', { ready: 'false', reason: 'Issuing' }), route('c', { ready: 'unknown' })];
  const isOfRoute = (name: string) => /^wss_(?:route_ready|certificate_)/.test(name);
  const perRoute = create({ readRoutes: () => routes, perRoute: true });
  assert.deepEqual(Object.fromEntries([...(await scrape(perRoute))].filter(([name]) => isOfRoute(name))), {
    'wss_certificate_expiry_seconds{namespace="shop",name="a"}': 1_900_000_000,
    'wss_certificate_renewal_seconds{namespace="shop",name="a"}': 1_800_000_000,
    'wss_route_ready{namespace="shop",name="a"}': 1,
    'wss_route_ready{namespace="shop",name="b"}': 0,
    'wss_route_ready{namespace="shop",name="c"}': 0,
  });
  routes = [route('b')];
  assert.deepEqual(Object.fromEntries([...(await scrape(perRoute))].filter(([name]) => isOfRoute(name))), {
    'wss_route_ready{namespace="shop",name="b"}': 1,
  });
  const byDefault = [...(await scrape(create({ readRoutes: () => [route('a', known)] }))).keys()];
  assert.deepEqual(byDefault.filter(isOfRoute), ['wss_certificate_expiry_seconds', 'wss_certificate_renewal_seconds']);
});

test('10,000 routes of every reason make at most 1,000 series, whatever else has happened', async () => {
  const metrics = create({ readRoutes: () => listManyRoutes(10_000) });
  const kinds = ['WssRoute', 'Ingress', 'Certificate', 'IngressClass', 'Service'];
  for (const code of ['<error>', 200, 201, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 502, 503, 504]) {
    for (const verb of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      metrics.countRequest({ verb, code: `${code}`, host: '10.0.0.1:443' });
    }
  }
  for (const kind of kinds) {
    for (const reason of ['created', 'configured', 'deleted', 'status'] as const) metrics.countWrite(kind, reason);
    for (const cause of errorClasses) metrics.countReflectorRestart(kind, cause);
  }
  metrics.setLeader('wss-operator', true);
  const series = [...(await scrape(metrics)).keys()];
  assert.ok(series.length <= 1_000, `${series.length} series`);
  const reasonsSeen = new Set(series.flatMap((name) => /^wss_routes\{.*reason="(\w+)"/.exec(name)?.[1] ?? []));
  assert.deepEqual([...reasonsSeen].sort(), [...Object.keys(reasons), 'Other'].sort());
});

test('a scrape costs no more for each of 10,000 routes than for each of 1,000', async (t) => {
  for (const perRoute of [false, true]) {
    const [few, many] = [await measureScrape(1_000, perRoute), await measureScrape(10_000, perRoute)];
    t.diagnostic(
      `${perRoute ? 'with' : 'without'} per-route metrics: ${few.toFixed(2)} and ${many.toFixed(2)} ms of CPU`,
    );
    assert.ok(many <= 30 * few, `${many} ms for ten times as many as take ${few} ms`);
  }
});

/** Milliseconds of CPU. The best of four: what the machine does besides is not what is measured. */
async function measureScrape(routes: number, perRoute: boolean): Promise<number> {
  const metrics = create({ readRoutes: () => listManyRoutes(routes), perRoute });
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round += 1) {
    const before = process.cpuUsage();
    await metrics.render();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

test('leadership is told under the name of the Lease, and only once it is known', async () => {
  const metrics = create();
  const read = async () => [...(await scrape(metrics))].filter(([name]) => name.startsWith('leader_election'));
  assert.deepEqual(await read(), []);
  metrics.setLeader('wss-operator', false);
  assert.deepEqual(await read(), [['leader_election_master_status{name="wss-operator"}', 0]]);
  metrics.setLeader('wss-operator', true);
  assert.deepEqual(await read(), [['leader_election_master_status{name="wss-operator"}', 1]]);
});

test('two registries in one process do not share counts', async () => {
  const [first, second] = [create(), create()];
  first.countWrite('Ingress', 'created');
  assert.equal((await scrape(first)).get('wss_writes_total{kind="Ingress",reason="created"}'), 1);
  assert.equal((await scrape(second)).has('wss_writes_total{kind="Ingress",reason="created"}'), false);
});

test('routes that handshakes do not reach are counted by a reason of the catalogue', async () => {
  const routes = [
    route('a', { unreachable: 'NoTLS' }),
    route('b', { unreachable: 'NoTLS' }),
    route('c', { unreachable: 'Invented' }),
    route('d'),
  ];
  const series = await scrape(create({ readRoutes: () => routes }));
  assert.equal(series.get('wss_routes_unreachable{reason="NoTLS"}'), 2);
  assert.equal(series.get('wss_routes_unreachable{reason="Other"}'), 1);
});
