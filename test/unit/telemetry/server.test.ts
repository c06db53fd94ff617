import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { type HealthCheck, serveHealth, serveMetrics, type TelemetryServer } from '../../../src/telemetry/server.ts';

const loopback = '127.0.0.1:0';

function createTestMetrics() {
  return createMetrics({ readRoutes: () => [], workers: 1 });
}

async function keep(t: TestContext, starting: Promise<TelemetryServer | undefined>): Promise<TelemetryServer> {
  const server = await starting;
  assert.ok(server !== undefined);
  t.after(() => server.close());
  return server;
}

async function get(server: TelemetryServer, path: string, init: RequestInit = {}) {
  const response = await fetch(`http://${server.address}${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

test('/metrics is in the text format of Prometheus, on the port that was free', async (t) => {
  const server = await keep(t, serveMetrics({ address: loopback, metrics: createTestMetrics() }));
  assert.match(server.address, /^127\.0\.0\.1:[1-9]\d*$/);
  const { status, headers, body } = await get(server, '/metrics');
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.match(body, /^wss_routes\{ready="true",reason="Ready"\} 0$/m);
});

test('a scrape that fails is told to who asked, and the next one works', async (t) => {
  const outcomes = [new Error('cache is gone'), undefined];
  const render = async () => {
    const error = outcomes.shift();
    if (error !== undefined) throw error;
    return { contentType: 'text/plain', body: 'up 1\n' };
  };
  const server = await keep(t, serveMetrics({ address: loopback, metrics: { render } }));
  const failed = await get(server, '/metrics');
  assert.deepEqual([failed.status, failed.body], [500, 'metrics failed: cache is gone\n']);
  assert.equal((await get(server, '/metrics')).body, 'up 1\n');
});

test('/readyz follows the checks and names what is missing', async (t) => {
  let checks: readonly HealthCheck[] = [
    { name: 'watch-ingresses', failure: undefined },
    { name: 'watch-services', failure: 'retrying: GET /api/v1/services: 403 Forbidden' },
  ];
  const server = await keep(t, serveHealth({ address: loopback, listChecks: () => checks }));
  const failing = await get(server, '/readyz');
  assert.equal(failing.status, 500);
  assert.equal(
    failing.body,
    '[+]watch-ingresses ok\n[-]watch-services failed: retrying: GET /api/v1/services: 403 Forbidden\nreadyz check failed\n',
  );
  checks = checks.map(({ name }) => ({ name, failure: undefined }));
  assert.deepEqual(await get(server, '/readyz').then(({ status, body }) => [status, body]), [200, 'ok']);
  const verbose = await get(server, '/readyz?verbose');
  assert.equal(verbose.status, 200);
  assert.equal(verbose.body, '[+]watch-ingresses ok\n[+]watch-services ok\nreadyz check passed\n');
});

test('/healthz and /livez do not follow the checks of readiness: a restart would not cure what they wait for', async (t) => {
  const listChecks = () => [{ name: 'watch-ingresses', failure: 'listing' }];
  const server = await keep(t, serveHealth({ address: loopback, listChecks }));
  for (const name of ['healthz', 'livez']) {
    assert.deepEqual(await get(server, `/${name}`).then(({ status, body }) => [status, body]), [200, 'ok']);
    assert.equal((await get(server, `/${name}?verbose`)).body, `[+]ping ok\n${name} check passed\n`);
  }
});

test('only GET and HEAD of the pages that there are', async (t) => {
  const server = await keep(t, serveHealth({ address: loopback, listChecks: () => [] }));
  const head = await get(server, '/readyz', { method: 'HEAD' });
  assert.deepEqual([head.status, head.body, head.headers.get('content-length')], [200, '', '2']);
  const post = await get(server, '/readyz', { method: 'POST', body: 'x' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
  for (const path of ['/', '/metrics', '/__proto__', '/constructor', '//']) {
    const { status, body } = await get(server, path);
    assert.equal(status, 404, path);
    assert.match(body, /\/healthz, \/livez, \/readyz/);
  }
});

test('0 means no server', async () => {
  assert.equal(await serveMetrics({ address: '0', metrics: createTestMetrics() }), undefined);
  assert.equal(await serveHealth({ address: '0', listChecks: () => [] }), undefined);
});

test('an address that is wrong or taken is an error that names the flag', async (t) => {
  const metrics = createTestMetrics();
  const server = await keep(t, serveMetrics({ address: loopback, metrics }));
  await assert.rejects(serveHealth({ address: server.address, listChecks: () => [] }), {
    message: `cannot listen on --health-address ${server.address}: listen EADDRINUSE: address already in use ${server.address}`,
  });
  await assert.rejects(
    serveMetrics({ address: '8080', metrics }),
    /^Error: --metrics-address "8080" is not an address/,
  );
});

test('close drops open connections at once, idle ones and half a request too', async () => {
  const server = await serveMetrics({ address: loopback, metrics: createTestMetrics() });
  assert.ok(server !== undefined);
  const port = Number(server.address.split(':')[1]);
  const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  sockets[0]?.write('GET /metrics HTTP/1.1\r\nHost:');
  await fetch(`http://${server.address}/metrics`).then((response) => response.text());
  const closed = sockets.map((socket) =>
    once(
      socket.on('error', () => {}),
      'close',
    ),
  );
  const startedAt = performance.now();
  await server.close();
  await Promise.all(closed);
  assert.ok(performance.now() - startedAt < 1_000, 'close waited for a client');
  await assert.rejects(fetch(`http://${server.address}/metrics`));
});

test('a server alone does not keep a process alive', () => {
  const module = new URL('../../../src/telemetry/server.ts', import.meta.url).href;
  const script = `import { serveHealth } from ${JSON.stringify(module)};
    console.log((await serveHealth({ address: '127.0.0.1:0', listChecks: () => [] })).address);`;
  const args = ['--input-type=module', '--eval', script];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
  assert.equal(status, 0);
  assert.match(stdout, /^127\.0\.0\.1:\d+\n$/);
});
