/** `wss probe --all` and `--route` against a real API server: which routes are found, how they are probed, and what is told. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { RouteReport } from '../../src/cli/routes-report.ts';
import { applyObjects, installOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, routePath } from '../support/routes.ts';
import { main, type Outcome, wssProbe } from './command.ts';
import { afterSwitch } from './loopback.ts';
import { host, setUp } from './setting.ts';

const { loopback, maker, authority, identity } = await setUp();
const caFile = join(maker.directory, 'authority.pem');
writeFileSync(caFile, authority.certificate);
const close1000 = Buffer.from([0x88, 2, 0x03, 0xe8]);

/** Keeps each socket for a moment, so that probes meet. */
const sockets = { open: 0, most: 0 };
const good = await loopback.serveTls(
  identity,
  {},
  afterSwitch('', (socket) => {
    sockets.open += 1;
    sockets.most = Math.max(sockets.most, sockets.open);
    socket.on('close', () => {
      sockets.open -= 1;
    });
    setTimeout(() => socket.end(close1000), 20);
  }),
);
const dead = await loopback.findFreePort();
const silent = await loopback.serveBytes(() => {});

interface Wish {
  readonly namespace: string;
  readonly name: string;
  readonly port?: number;
  readonly spec?: object;
  readonly addresses?: readonly string[];
}

describe('routes of a cluster', () => {
  let rig: Rig;

  before(async () => {
    rig = await startRig({ parts: [] });
  });

  after(() => rig?.stop());

  /** A route as the operator leaves it: nobody else is there to write its status. */
  async function publish({ namespace, name, port = good, spec, addresses = ['127.0.0.1'] }: Wish): Promise<void> {
    const route = buildRoute(namespace, name, { hosts: [host], verification: { host, port }, ...spec });
    await rig.client.create(`/apis/wssroute.dev/v1alpha1/namespaces/${namespace}/wssroutes`, route);
    const status = { addresses, urls: [`wss://${name}.${namespace}.example.com/ws`], conditions: [] };
    await rig.client.patch(`${routePath(namespace, name)}/status`, { status });
  }

  function probeRoutes(...args: readonly string[]): Promise<Outcome> {
    return wssProbe('--kubeconfig', rig.kubeconfig, ...args);
  }

  async function probeAll(...args: readonly string[]): Promise<readonly RouteReport[]> {
    const { out, err } = await probeRoutes('--all', '--json', ...args);
    assert.equal(err, '');
    return JSON.parse(out);
  }

  async function expectError(says: RegExp, ...args: readonly string[]): Promise<void> {
    const { exitCode, out, err } = await wssProbe(...args);
    assert.match(err, /^error: [^\n]+\n$/);
    assert.match(err, says);
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: '' });
  }

  test('cannot be listed where the kind is not installed', async () => {
    await expectError(/127\.0\.0\.1:\d+ does not know WssRoutes: install/, '--all', '--kubeconfig', rig.kubeconfig);
    await expectError(/does not know WssRoutes/, '--route', 'a/b', '--kubeconfig', rig.kubeconfig);
  });

  test('are none in a new cluster, which is no failure', async () => {
    await installOperator(rig);
    const namespaces = ['first', 'second', 'many', 'odd'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    }));
    await applyObjects(rig, namespaces);
    const { exitCode, out, err } = await probeRoutes('--all');
    assert.deepEqual(
      { exitCode, out, err },
      { exitCode: 0, out: '', err: 'warning: there is no WssRoute in the cluster\n' },
    );
    assert.deepEqual(await probeRoutes('--all', '--json', '-n', 'first'), {
      exitCode: 0,
      out: '[]\n',
      err: 'warning: there is no WssRoute in first\n',
    });
  });

  test('get a line each, by namespace and name, and then the cures', async () => {
    await publish({ namespace: 'second', name: 'works' });
    await publish({ namespace: 'first', name: 'refused', port: dead });
    await publish({ namespace: 'first', name: 'off', spec: { verification: { host, port: good, enabled: false } } });
    await publish({ namespace: 'first', name: 'pending', addresses: [] });
    await publish({ namespace: 'first', name: 'wild', spec: { hosts: ['*.example.com'], verification: {} } });
    const { exitCode, out, err } = await probeRoutes('--all');
    assert.deepEqual({ exitCode, err }, { exitCode: 1, err: '' });
    const shape = out
      .replaceAll(/ \d+ ms/g, ' 1 ms')
      .replaceAll(/:\d{4,5}\b/g, ':PORT')
      .replaceAll(/ {2,}/g, '  ');
    assert.deepEqual(shape.split('\n'), [
      'NAMESPACE  NAME  ATTACHMENT  URL  RESULT  REASON  LATENCY',
      'first  off  IngressClass/nginx  wss://chat.test:PORT/ws  ok  Connected  1 ms',
      'first  pending  IngressClass/nginx  wss://pending.first.example.com/ws  unknown  NotProbed  -',
      'first  refused  IngressClass/nginx  wss://chat.test:PORT/ws  failed  ConnectRefused  1 ms',
      'first  wild  IngressClass/nginx  wss://wild.first.example.com/ws  unknown  NotProbed  -',
      'second  works  IngressClass/nginx  wss://chat.test:PORT/ws  ok  Connected  1 ms',
      '',
      'first/pending at IngressClass/nginx: NotProbed: no address is published for the route yet: see its conditions, `kubectl describe wssroute` shows them',
      'first/refused at IngressClass/nginx: ConnectRefused: nothing listens at 127.0.0.1:PORT',
      '  cure: see whether the controller runs and its Service has the port',
      'first/wild at IngressClass/nginx: NotProbed: the route has wildcard hosts only: set spec.verification.host to a name that clients open',
      '',
      '2 of 5 routes are reachable',
      '',
    ]);
  });

  test('are an array of results as JSON, and those of a namespace are those', async () => {
    const reports = await probeAll();
    assert.deepEqual(
      reports.map(({ namespace, name, reason }) => `${namespace}/${name} ${reason}`),
      [
        'first/off Connected',
        'first/pending NotProbed',
        'first/refused ConnectRefused',
        'first/wild NotProbed',
        'second/works Connected',
      ],
    );
    const [works] = await probeAll('--namespace', 'second');
    assert.ok(works?.reason === 'Connected');
    assert.equal(works.tls?.chain, 'private');
    assert.equal((await probeRoutes('--all', '-n', 'second')).exitCode, 0);
  });

  test('are strict about authorities with --ca only', async () => {
    const stranger = await maker.make({ commonName: 'Stranger', isAuthority: true });
    const strangerFile = join(maker.directory, 'stranger.pem');
    await writeFile(strangerFile, stranger.certificate);
    assert.equal((await probeAll('-n', 'second', '--ca', caFile))[0]?.reason, 'Connected');
    assert.equal((await probeAll('-n', 'second', '--ca', strangerFile))[0]?.reason, 'UntrustedChain');
  });

  test('are shown step by step, one alone', async () => {
    const { exitCode, out } = await probeRoutes('--route', 'second/works');
    assert.match(
      out,
      /^tcp +passed[\s\S]*^close +passed[\s\S]*^Connected: the WebSocket handshake succeeded in \d+ ms\n$/m,
    );
    assert.equal(exitCode, 0);
    const refused = await probeRoutes('--route', 'refused', '-n', 'first', '--json');
    assert.equal(JSON.parse(refused.out).reason, 'ConnectRefused');
    assert.equal(refused.exitCode, 1);
    const config = ['--kubeconfig', rig.kubeconfig];
    await expectError(/wssroutes\.wssroute\.dev "none" not found/, '--route', 'first/none', ...config);
    await expectError(/not found/, '--route', 'works', ...config);
    await expectError(/no address is published/, '--route', 'first/pending', ...config);
  });

  test('are all told where one of them cannot be probed', async () => {
    await publish({ namespace: 'odd', name: 'hollow', addresses: [''] });
    await publish({ namespace: 'odd', name: 'works' });
    const reports = await probeAll('-n', 'odd');
    assert.deepEqual(
      reports.map(({ name, reason }) => `${name} ${reason}`),
      ['hollow NotProbed', 'works Connected'],
    );
    assert.match(reports[0]?.message ?? '', /^cannot probe: the address to connect to must not be empty$/);
    const { exitCode, out, err } = await probeRoutes('--all', '-n', 'odd');
    assert.deepEqual({ exitCode, err }, { exitCode: 1, err: '' });
    assert.match(out, /^odd +hollow .* unknown +NotProbed[\s\S]*^odd +works .* ok +Connected[\s\S]*^1 of 2 routes/m);
  });

  test('have one verdict, whoever asks: nobody pings them', async () => {
    const greets = await loopback.serveTls(
      identity,
      {},
      afterSwitch(Buffer.from([0x81, 2, 0x68, 0x69]), (socket) => socket.resume()),
    );
    const dies = await loopback.serveTls(
      identity,
      {},
      afterSwitch(Buffer.from([0x81, 2, 0x68, 0x69]), (socket) => socket.end()),
    );
    for (const [name, port, reason] of [
      [
        'mute',
        await loopback.serveTls(
          identity,
          {},
          afterSwitch('', (socket) => socket.resume()),
        ),
        'Connected',
      ],
      ['greets', greets, 'Connected'],
      ['dies', dies, 'ClosedAtOnce'],
    ] as const) {
      await publish({ namespace: 'odd', name, port });
      const alone = JSON.parse((await probeRoutes('--route', `odd/${name}`, '--json')).out);
      const among = (await probeAll('-n', 'odd')).find((report) => report.name === name);
      assert.deepEqual([alone.reason, among?.reason], [reason, reason], name);
    }
    await rig.client.delete('/apis/wssroute.dev/v1alpha1/namespaces/odd/wssroutes');
  });

  test('are probed 16 at once, however many pages they fill', { timeout: 180_000 }, async () => {
    const names = Array.from({ length: 520 }, (_, index) => `route-${String(index).padStart(3, '0')}`);
    for (let start = 0; start < names.length; start += 20) {
      await Promise.all(names.slice(start, start + 20).map((name) => publish({ namespace: 'many', name })));
    }
    sockets.most = 0;
    const reports = await probeAll('--namespace', 'many');
    assert.deepEqual(
      reports.map(({ name, reason }) => `${name} ${reason}`),
      names.map((name) => `${name} Connected`),
    );
    assert.ok(sockets.most > 8 && sockets.most <= 16, `${sockets.most} at once`);
    await rig.client.delete('/apis/wssroute.dev/v1alpha1/namespaces/many/wssroutes');
  });

  test('are left when a signal comes, with what is known by then', { timeout: 60_000 }, async () => {
    await publish({ namespace: 'many', name: 'hangs', port: silent });
    await publish({ namespace: 'many', name: 'works' });
    const connected = Promise.all([loopback.waitForConnection(silent), loopback.waitForEnd(good)]);
    const args = [main, 'probe', '--all', '-n', 'many', '--timeout', '10m', '--kubeconfig', rig.kubeconfig, '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    await connected;
    child.kill('SIGINT');
    const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    assert.deepEqual({ err, exitCode }, { err: '', exitCode: 130 });
    const reports: readonly RouteReport[] = JSON.parse(out);
    assert.deepEqual(
      reports.map(({ name, reason }) => `${name} ${reason}`),
      ['works Connected'],
    );
    await rig.client.delete('/apis/wssroute.dev/v1alpha1/namespaces/many/wssroutes');
  });

  test('may be read by somebody who has seen enough', { timeout: 60_000 }, async () => {
    const args = [main, 'probe', '--all', '--kubeconfig', rig.kubeconfig];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [err, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    assert.deepEqual({ err, exitCode }, { err: '', exitCode: 141 });
  });

  test('need the permission to list them', async () => {
    const kubeconfig = await rig.kubeconfigFor({ user: 'nobody' });
    const words = /does not let this be read: .*cannot list resource "wssroutes"/;
    await rig.access.expectDenials(() => expectError(words, '--all', '--kubeconfig', kubeconfig));
  });

  test('cannot be listed by credentials that are refused, without any, or in another context', async () => {
    const kubeconfig = await rig.kubeconfigForToken('nonsense');
    await expectError(/does not take the credentials/, '--all', '--kubeconfig', kubeconfig);
    await expectError(/nowhere/, '--all', '--kubeconfig', join(maker.directory, 'nowhere'));
    await expectError(/elsewhere/, '--all', '--kubeconfig', rig.kubeconfig, '--context', 'elsewhere');
  });

  test('cannot be listed while the API server is away', async () => {
    const away = join(maker.directory, 'away');
    const config = JSON.parse(await readFile(rig.kubeconfig, 'utf8'));
    config.clusters[0].cluster.server = `https://127.0.0.1:${dead}`;
    await writeFile(away, JSON.stringify(config));
    await expectError(
      /the API server 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/,
      '--all',
      '--kubeconfig',
      away,
    );
  });
});
