import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { WebSocket } from 'ws';
import type { ProbeResult } from '../../src/probe/result.ts';
import { wssProbe } from '../probe/command.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { ingressNginxOf, proveRoute, waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute } from '../support/routes.ts';
import { closeSocket, echo, openSocket } from '../support/socket.ts';

/** Longer than nginx's own 60 s, twice over. */
const seconds = 150;
/** nginx leaves a timer as it is when it would move by less than 300 ms (NGX_TIMER_LAZY_DELAY of src/event/ngx_event_timer.h). */
const earliestMs = 4_600;
const routes = { quiet: {}, short: { timeouts: { idle: '5s' } }, minute: { timeouts: { idle: '1m' } } };

describe('sockets on which nobody sends anything', { concurrency: true }, () => {
  let rig: Rig;
  let operator: Operator;
  let ca: string;
  let caFile: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    ca = (await installTestCa(rig)).rootPem;
    caFile = join(rig.directory, 'root.pem');
    await writeFile(caFile, ca);
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'idle' } }]);
    await publishBackend(rig, { namespace: 'idle', name: 'chat', port: 8080 });
    operator = await startOperator(rig);
    await applyObjects(
      rig,
      Object.entries(routes).map(([name, spec]) => buildRoute('idle', name, spec)),
    );
    // Both before the first socket is opened: nginx ends the sockets of a configuration that it has left.
    for (const name of Object.keys(routes)) await waitUntilReady(rig, 'idle', name);
    for (const name of Object.keys(routes)) await proveRoute(rig, urlOf(name), ca);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  function urlOf(name: string): string {
    return `wss://${name}.idle.example.com/ws`;
  }

  function open(name: string): Promise<WebSocket> {
    return openSocket(urlOf(name), { ca, address: ingressNginxOf(rig).address });
  }

  async function probe(...args: readonly string[]): Promise<readonly [ProbeResult, number]> {
    const { out, err, exitCode } = await wssProbe(...args, '--ca', caFile, '--json');
    assert.equal(err, '');
    return [JSON.parse(out), exitCode];
  }

  test(`live ${seconds} s by default, and wss probe says so`, { timeout: 240_000 }, async () => {
    const { address, httpsPort } = ingressNginxOf(rig);
    const socket = await open('quiet');
    const silentSince = performance.now();
    const asked = [urlOf('quiet'), '--connect', `${address}:${httpsPort}`, '--idle', `${seconds}s`];
    const [result, exitCode] = await probe(...asked);
    assert.deepEqual([result.reason, result.idle?.end, exitCode], ['Connected', 'outlived', 0], result.message);
    const { seconds: lived = 0, silentSeconds, pings, messages } = result.idle ?? {};
    assert.ok(lived >= seconds && lived < seconds + 5, `${lived} s`);
    assert.deepEqual([silentSeconds, pings, messages], [lived, 0, 0]);
    // Another client, which knows nothing of the probe: its socket is as old, and works.
    assert.ok(performance.now() - silentSince > seconds * 1000);
    assert.equal((await echo(socket, 'still there?')).data.toString(), 'still there?');
    await closeSocket(socket);
  });

  test('are cut after a minute where that is the timeout, and wss probe says whose default that is', async () => {
    const [result, exitCode] = await probe('--route', 'idle/minute', '--kubeconfig', rig.kubeconfig, '--idle', '2m');
    assert.deepEqual([result.reason, exitCode], ['CutWhenIdle', 1], result.message);
    assert.match(result.cure ?? '', /\(60 s is the default of nginx, and AWS load balancers/);
  });

  test('are cut after timeouts.idle, and wss probe says when and how', async () => {
    const { address, httpsPort } = ingressNginxOf(rig);
    const socket = await open('short');
    const silentSince = performance.now();
    const [[code], byUrl, byRoute] = await Promise.all([
      once(socket, 'close'),
      probe(urlOf('short'), '--connect', `${address}:${httpsPort}`, '--idle', '60s'),
      probe('--route', 'idle/short', '--kubeconfig', rig.kubeconfig, '--idle', '60s'),
    ]);
    assert.equal(code, 1006, 'nginx sends no close frame');
    assert.ok(performance.now() - silentSince > earliestMs);
    for (const [result, exitCode] of [byUrl, byRoute]) {
      assert.deepEqual([result.reason, result.idle?.end, exitCode], ['CutWhenIdle', 'fin', 1], result.message);
      const { silentSeconds = 0 } = result.idle ?? {};
      assert.ok(silentSeconds >= earliestMs / 1000 && silentSeconds < 7, `${silentSeconds} s`);
      assert.match(result.cure ?? '', /raise timeouts\.idle of the route/);
    }
  });
});
