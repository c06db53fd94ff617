import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { publishBackend } from '../support/backend.ts';
import { createSilentAddress, moveBackend } from '../support/backend-addresses.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { type HandshakeAnswer, shakeHands } from '../support/handshake.ts';
import { findDestination } from '../support/ingress-nginx/access-log.ts';
import { findLocations } from '../support/ingress-nginx/rendered-conf.ts';
import { ingressNginxOf, waitUntilReady, waitUntilServed } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { fetchPlain } from '../support/plain-http.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, routePath } from '../support/routes.ts';
import { closeSocket, echo, openSocket, ping } from '../support/socket.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A route of its own for each feature. */
const features = {
  idle: { timeouts: { idle: '3s' } },
  connect: { timeouts: { connect: '1s' }, paths: [{ path: '/ws', service: { name: 'silent', port: 8080 } }] },
  open: { redirect: false },
  few: { limits: { connectionsPerClient: 2 } },
  slow: { limits: { handshakesPerSecond: 2, burst: 4 } },
  inside: { allowedSources: ['127.0.0.1/32', '2001:db8::/32'] },
  exact: { paths: [{ path: '/ws', pathType: 'Exact', service: { name: 'chat', port: 8080 } }] },
  several: {
    hosts: ['one.several.example.com', 'two.several.example.com'],
    paths: [
      { path: '/left', service: { name: 'left', port: 'ws' } },
      { path: '/left/deep', service: { name: 'right', port: 8080 } },
      { path: '/right', pathType: 'Exact', service: { name: 'right', port: 8080 } },
    ],
  },
} as const;

describe('every feature, in the running controller', () => {
  let rig: Rig;
  let operator: Operator;
  let ca: string;
  let address: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    address = ingressNginxOf(rig).address;
    ca = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'all' } }]);
    for (const name of ['chat', 'left', 'right', 'silent', 'plain']) {
      await publishBackend(rig, { namespace: 'all', name, port: 8080 });
    }
    await moveBackend(rig, { namespace: 'all', name: 'silent' }, [await createSilentAddress()]);
    operator = await startOperator(rig);
    const names = Object.entries(features);
    await applyObjects(
      rig,
      names.map(([name, spec]) => buildRoute('all', name, spec)),
    );
    for (const [name] of names) await waitUntilReady(rig, 'all', name);
    // nginx has taken over everything when it serves what came last.
    const paths = [{ path: '/ws', service: { name: 'plain', port: 8080 } }];
    await applyObjects(rig, [buildRoute('all', 'plain', { paths })]);
    await waitUntilReady(rig, 'all', 'plain');
    await waitUntilServed(rig, urlOf('plain'), ca);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  function open(name: string) {
    return openSocket(urlOf(name), { ca, address });
  }

  /** Over loopback a client has the address that it connects to. */
  function shake(url: string, from = address): Promise<HandshakeAnswer> {
    return shakeHands(url, { ca, address: from });
  }

  /** The text of every location of a route's host that nginx has for the path. */
  async function readLocations(name: string, path = '/ws'): Promise<string> {
    const all = findLocations(await ingressNginxOf(rig).nginxConf(), `${name}.all.example.com`);
    const own = [...all].filter(([match]) => match === `= ${path}` || match === `${path}/`);
    assert.equal(own.length, 2, [...all.keys()].join(', '));
    return own.map(([, text]) => text).join('\n');
  }

  /** A directive has to be in both locations: that of the path, and that of everything below it. */
  async function assertDirective(name: string, directive: RegExp): Promise<void> {
    const found = (await readLocations(name)).match(new RegExp(directive, 'g')) ?? [];
    assert.equal(found.length, 2, `${directive} in ${await readLocations(name)}`);
    assert.doesNotMatch(await readLocations('plain'), directive);
  }

  test('timeouts.idle: a silent socket is cut, one that pings lives on, and a longer time-out keeps silent ones', async () => {
    await assertDirective('idle', /proxy_read_timeout\s+3s;/);
    await assertDirective('idle', /proxy_send_timeout\s+3s;/);
    const [silent, pinging, patient] = await Promise.all([open('idle'), open('idle'), open('plain')]);
    const since = performance.now();
    const cut = once(silent, 'close').then(([code]) => ({ code, ms: performance.now() - since }));
    while (performance.now() - since < 7_000) {
      await ping(pinging);
      await setTimeout(1_000);
    }
    const { code, ms } = await Promise.race([cut, setTimeout(0, { code: 0, ms: Number.POSITIVE_INFINITY })]);
    console.log(`# the silent socket was cut after ${Math.round(ms)} ms with ${code}`);
    assert.equal(code, 1006);
    assert.ok(ms > 2_500 && ms < 5_000, `${ms} ms`);
    for (const socket of [pinging, patient]) {
      assert.equal((await echo(socket, 'alive')).data.toString(), 'alive');
      await closeSocket(socket);
    }
  });

  test('timeouts.connect: a backend that does not answer costs seconds, not more', async () => {
    await assertDirective('connect', /proxy_connect_timeout\s+1s;/);
    const since = performance.now();
    assert.equal((await shake(urlOf('connect'))).status, 504);
    const ms = performance.now() - since;
    console.log(`# given up after ${Math.round(ms)} ms`);
    // ingress-nginx tries three times.
    assert.ok(ms > 900 && ms < 4_500, `${ms} ms`);
  });

  test('redirect: plain HTTP is redirected, unless it shall not be', async () => {
    const path = '/ws';
    assert.match(await readLocations('plain'), /\tssl_redirect = true,/);
    assert.match(await readLocations('open'), /\tssl_redirect = false,/);
    assert.equal((await fetchPlain(address, 'plain.all.example.com', path)).status, 308);
    assert.equal((await fetchPlain(address, 'open.all.example.com', path)).status, 426, 'the answer of the backend');
    assert.equal((await shakeHands(urlOf('open').replace('wss:', 'ws:'), { address })).status, 101);
    assert.equal((await shake(urlOf('open'))).status, 101);
  });

  test('limits.connectionsPerClient: the third socket is refused until one is closed; another client is not concerned', async () => {
    await assertDirective('few', /limit_conn \S+ 2;/);
    const [first, second] = await Promise.all([open('few'), open('few')]);
    assert.equal((await shake(urlOf('few'))).status, 503);
    assert.equal((await shake(urlOf('few'), '127.0.0.1')).status, 101);
    assert.equal((await echo(first, 'alive')).data.toString(), 'alive');
    await closeSocket(first);
    const isTaken = async () => (await shake(urlOf('few'))).status === 101;
    await waitUntil(isTaken, { what: 'room for another socket', timeoutMs: 5_000 });
    await closeSocket(second);
  });

  test('limits.handshakesPerSecond and burst: of a flood, the burst and what the rate allows come through', async () => {
    await assertDirective('slow', /limit_req zone=\S+ burst=4 nodelay;/);
    const conf = await ingressNginxOf(rig).nginxConf();
    assert.match(conf, /limit_req_zone \$limit_\S+ zone=all_slow-wss_\S+ rate=2r\/s;/);
    const since = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => shake(urlOf('slow'))));
    const seconds = (performance.now() - since) / 1000;
    const accepted = answers.filter(({ status }) => status === 101).length;
    const refused = answers.filter(({ status }) => status === 503).length;
    console.log(`# of 20 handshakes in ${seconds.toFixed(2)} s, ${accepted} were accepted and ${refused} refused`);
    assert.equal(accepted + refused, 20);
    assert.ok(accepted >= 5 && accepted <= 5 + Math.ceil(2 * seconds), `${accepted} accepted`);
    const isTaken = async () => (await shake(urlOf('slow'))).status === 101;
    await waitUntil(isTaken, { what: 'the next handshake', timeoutMs: 5_000, intervalMs: 600 });
  });

  test('allowedSources: a client outside is refused, one inside is not', async () => {
    await assertDirective('inside', /allow 127\.0\.0\.1\/32;\s+allow 2001:db8::\/32;\s+deny all;/);
    assert.equal((await shake(urlOf('inside'))).status, 403);
    assert.equal((await shake(urlOf('inside'), '127.0.0.1')).status, 101);
  });

  test('pathType: Exact serves the path only, Prefix serves whole elements below it', async () => {
    const served = async (name: string, path: string) =>
      (await shake(`wss://${name}.all.example.com${path}`)).status === 101;
    const paths = ['/ws', '/ws/', '/ws/room', '/wsx', '/WS', '/'];
    const serves = async (name: string) => {
      const all: string[] = [];
      for (const path of paths) if (await served(name, path)) all.push(path);
      return all;
    };
    assert.deepEqual(await serves('plain'), ['/ws', '/ws/', '/ws/room']);
    assert.deepEqual(await serves('exact'), ['/ws']);
  });

  test('several hosts and paths, two Services, a named port: each handshake reaches the right Service', async () => {
    const { hosts } = features.several;
    const expected = {
      '/left': 'all-left-ws',
      '/left/room': 'all-left-ws',
      '/left/deep': 'all-right-8080',
      '/left/deep/er': 'all-right-8080',
      '/right': 'all-right-8080',
    };
    for (const host of hosts) {
      for (const path of Object.keys(expected)) {
        assert.equal((await shake(`wss://${host}${path}?from=${host}${path}`)).status, 101, `${host}${path}`);
      }
      assert.equal((await shake(`wss://${host}/right/room`)).status, 404);
    }
    for (const host of hosts) {
      for (const [path, backend] of Object.entries(expected)) {
        const found = await findDestination(ingressNginxOf(rig), `from=${host}${path}`);
        assert.equal(found.backend, backend, `${host}${path}`);
      }
    }
  });

  test('everything is supported as it is, and nginx accepts the whole', async () => {
    for (const name of Object.keys(features)) {
      const condition = findCondition(await rig.client.get(routePath('all', name)), 'FieldsSupported');
      assert.deepEqual([name, condition.status, condition.reason], [name, 'True', 'AllFieldsSupported']);
    }
    const { code, output } = await ingressNginxOf(rig).testConf();
    assert.equal(code, 0, output);
  });
});

function urlOf(name: string): string {
  return `wss://${name}.all.example.com/ws`;
}
