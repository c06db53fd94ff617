/**
 * Thousands of routes whose handshakes fail slowly: they take every turn there is for minutes. A route that somebody writes meanwhile is
 * reconciled as if they were not there, and proved before them. `WSS_FLOOD_ROUTES` says how many.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { CertificateMaker } from '../probe/certificate-maker.ts';
import { answering, composeSwitch, Loopback } from '../probe/loopback.ts';
import { digBlackHole } from '../support/black-hole.ts';
import { installOperator, type Operator, startOperator } from '../support/operator.ts';
import { readCpuSeconds, readRssMiB } from '../support/process-usage.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  createIngressClass,
  createNamespace,
  ingressPath,
  routePath,
  waitForCondition,
} from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';

const size = Number(process.env.WSS_FLOOD_ROUTES ?? 5000);
const namespace = 'flood';
const collection = routePath(namespace, '').replace(/\/$/, '');
const configuration = `apiVersion: config.wssroute.dev/v1alpha1
kind: OperatorConfiguration
verification: { minInterval: 10s }
`;
const failures = 'wss_handshake_seconds_count{result="failure"}';
const successes = 'wss_handshake_seconds_count{result="success"}';
const unreachable = 'wss_routes_unreachable{reason="ConnectTimeout"}';
const depth = 'workqueue_depth{name="wssroute",controller="wssroute"}';

/** Milliseconds. A second is promised, and ten times what it takes on a machine that does other things besides. */
const mostMs = { reconcile: 1_000, prove: 60_000 };

describe(`among ${size} routes whose handshakes fail slowly`, () => {
  const maker = new CertificateMaker();
  const loopback = new Loopback();
  let rig: Rig;
  let operator: Operator;
  let blackHole: string;

  before(async () => {
    blackHole = await digBlackHole();
    rig = await startRig({ parts: [] });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, namespace);
    const file = join(rig.directory, 'operator.yaml');
    await writeFile(file, configuration);
    operator = await startOperator(rig, { args: ['--config', file, '--verification'] });
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
    await loopback[Symbol.asyncDispose]();
    maker[Symbol.dispose]();
  });

  test('every turn is taken, and the others wait', async (context) => {
    const names = Array.from({ length: size }, (_, index) => `slow-${index}`);
    await time(context, `creating ${size} routes`, () => forEach(names, (name) => createRoute(name)));
    await time(context, 'their Ingresses after that', () =>
      waitForMetric('wss_writes_total{kind="Ingress",reason="created"}', (value) => value >= size, 300_000),
    );
    await time(context, 'publishing their addresses', () => forEach(names, (name) => publish(name, blackHole)));
    await time(context, 'the first failure that is news, and an empty queue', async () => {
      await waitForMetric(unreachable, (value) => value >= 1, 120_000);
      await waitForMetric(depth, (value) => value === 0, 300_000);
    });
    await expectFlood(context);
  });

  test('a new route has its Ingress at once', async (context) => {
    const times: number[] = [];
    for (let index = 0; index < 10; index += 1) {
      const name = `new-${index}`;
      const startedAt = performance.now();
      await createRoute(name);
      await waitUntil(() => rig.client.find(ingressPath(namespace, `${name}-wss`)), {
        ...{ what: `the Ingress of ${name}`, timeoutMs: 60_000, intervalMs: 10 },
      });
      times.push(performance.now() - startedAt);
    }
    report(context, 'Ingress', times);
    assert.ok(Math.max(...times) < mostMs.reconcile, `the slowest took ${Math.max(...times)} ms`);
    await expectFlood(context);
  });

  test('a new route that works is proved before those that wait', async (context) => {
    const identity = await maker.make({ commonName: namespace, altNames: [`DNS:*.${namespace}.example.com`] });
    const port = await loopback.serveTls(identity, {}, answering(composeSwitch));
    const times: number[] = [];
    for (let index = 0; index < 8; index += 1) {
      const name = `works-${index}`;
      await createRoute(name, port);
      await rig.client.waitFor(ingressPath(namespace, `${name}-wss`), (found) => found !== undefined, {
        ...{ what: `the Ingress of ${name}`, timeoutMs: 60_000 },
      });
      const startedAt = performance.now();
      await publish(name, '127.0.0.1');
      await waitForCondition(rig, namespace, name, { type: 'Ready', status: 'True', reason: 'Ready' }, mostMs.prove);
      times.push(performance.now() - startedAt);
    }
    report(context, 'Ready', times);
    assert.ok((await operator.metric(successes)) >= times.length);
    await expectFlood(context);
  });

  test('what is not new waits its turn, and costs little', async (context) => {
    const [failed, cpu, startedAt] = [await operator.metric(failures), await cpuSeconds(), performance.now()];
    // More than one round of those that may be under way at once.
    await waitForMetric(failures, (value) => value >= failed + 100, 120_000, 2_000);
    const seconds = (performance.now() - startedAt) / 1000;
    const share = ((await cpuSeconds()) - cpu) / seconds;
    const made = (await operator.metric(failures)) - failed;
    context.diagnostic(`${made} failures in ${seconds.toFixed(1)} s: ${(100 * share).toFixed(1)} % of a core`);
    context.diagnostic(`resident: ${await readRssMiB(operator.pid)} MiB`);
    assert.ok(share < 0.5, `${share} of a core`);
    await expectFlood(context);
  });

  /** Handshakes fail all the time, and most routes have not had their turn. */
  async function expectFlood(context: TestContext): Promise<void> {
    const told = await operator.metric(unreachable);
    const failed = await operator.metric(failures);
    context.diagnostic(`${failed} handshakes have failed, of ${told} routes it is known`);
    await waitForMetric(failures, (value) => value > failed, 30_000);
    assert.ok(told > 0 && told < size / 2, `${told} of ${size} routes are known to be unreachable`);
  }

  function createRoute(name: string, port = 443): Promise<unknown> {
    const spec = { tls: { secretName: 'made-by-hand' }, verification: { interval: '10s', port } };
    return rig.client.create(collection, buildRoute(namespace, name, spec));
  }

  /** As the ingress controller does. */
  function publish(name: string, ip: string): Promise<unknown> {
    const status = { loadBalancer: { ingress: [{ ip }] } };
    return rig.client.patch(`${ingressPath(namespace, `${name}-wss`)}/status`, { status });
  }

  async function time(context: TestContext, what: string, act: () => Promise<unknown>): Promise<void> {
    const [startedAt, before] = [performance.now(), await cpuSeconds()];
    await act();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    context.diagnostic(`${what}: ${seconds} s, ${((await cpuSeconds()) - before).toFixed(1)} s of CPU of the operator`);
  }

  function cpuSeconds(): Promise<number> {
    return readCpuSeconds(operator.pid);
  }

  /** To read the metrics is a look at every route: `intervalMs` keeps that apart from what is measured. */
  function waitForMetric(
    series: string,
    isRight: (value: number) => boolean,
    timeoutMs: number,
    intervalMs = 1_000,
  ): Promise<unknown> {
    const explain = async () => `it is ${await operator.metric(series)}`;
    const look = async () => isRight(await operator.metric(series));
    return waitUntil(look, { what: series, timeoutMs, intervalMs, explain });
  }
});

async function forEach(names: readonly string[], act: (name: string) => Promise<unknown>): Promise<void> {
  const left = names.values();
  async function actUntilDone(): Promise<void> {
    for (const name of left) await act(name);
  }
  await Promise.all(Array.from({ length: 32 }, actUntilDone));
}

function report(context: TestContext, what: string, times: readonly number[]): void {
  const sorted = times.map(Math.round).sort((one, other) => one - other);
  context.diagnostic(
    `${what} after ${sorted[sorted.length >> 1]} ms (median), at most ${sorted.at(-1)} ms: ${times.map(Math.round).join(' ')}`,
  );
}
