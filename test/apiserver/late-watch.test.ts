/** A watch may be behind the writes of its own process for as long as it likes: then the caches are not what is there. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Controller } from '../../src/controller/controller.ts';
import { ApiError } from '../../src/kube/errors.ts';
import type { ApiAnswer, RequestOptions, StreamOptions } from '../../src/kube/request.ts';
import { Transport } from '../../src/kube/transport.ts';
import { openPolicy } from '../../src/route/policy.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { installOperator, operatorUser } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  createIngressClass,
  createNamespace,
  findCondition,
  ingressPath,
  routePath,
  waitForCondition,
} from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { adminAccess } from './cluster.ts';

const namespace = 'late';
const routes = routePath(namespace, '').replace(/\/$/, '');
const ingresses = ingressPath(namespace, '').replace(/\/$/, '');
const timeoutMs = 20_000;

/** Open until it is closed; `break` fails whoever waits at it. */
class Gate {
  passed: Promise<void> = Promise.resolve();
  open: () => void = () => {};
  break: (error: Error) => void = () => {};

  close(): void {
    this.open();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    [this.passed, this.open, this.break] = [promise, resolve, reject];
  }
}

/** What the watch of Ingresses brings, and the answers to their writes, are kept back while their gates are closed. */
class LateTransport extends Transport {
  readonly events = new Gate();
  readonly answers = new Gate();
  /** How often all Ingresses have been listed and taken in. */
  lists = 0;

  /** What was kept back never comes: the history is not known any more, and everything is listed anew. */
  lose(): void {
    const lost = this.events.break;
    this.events.passed = Promise.resolve();
    lost(new ApiError({ method: 'WATCH', path: ingresses }, 410, { reason: 'Expired' }));
  }

  override async request<Body>(options: RequestOptions): Promise<ApiAnswer<Body>> {
    const answer = await super.request<Body>(options);
    if (options.method === 'PATCH' && options.path.startsWith(ingresses)) await this.answers.passed;
    return answer;
  }

  override async *stream(options: StreamOptions): AsyncGenerator<unknown, void, void> {
    for await (const line of super.stream(options)) {
      const isIngress = options.path.endsWith('/ingresses');
      if (isIngress) await this.events.passed;
      yield line;
      if (isIngress && JSON.stringify(line).includes('k8s.io/initial-events-end')) this.lists += 1;
    }
  }
}

describe('while the watch of Ingresses is behind', () => {
  let rig: Rig;
  let transport: LateTransport;
  let controller: Controller;
  const patches: string[] = [];
  const complaints: string[] = [];

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, namespace);
    transport = new LateTransport({
      access: await adminAccess(await rig.kubeconfigFor({ user: operatorUser })),
      version: 'test',
      onRequest: ({ verb, code }) => verb === 'PATCH' && patches.push(code),
    });
    controller = new Controller({
      ...{ transport, namespaces: [], policy: openPolicy, workers: 4, identity: 'test', verification: undefined },
      log: createLog({ level: 'error', stream: { write: (line) => complaints.push(line) } }),
      metrics: createMetrics({ readRoutes: () => [], workers: 4 }),
    });
    await controller.start();
    controller.lead();
  });

  after(async () => {
    transport?.events.open();
    transport?.answers.open();
    await controller?.stop(1_000);
    await transport?.close();
    await rig?.stop();
  });

  function createRoute(name: string): Promise<unknown> {
    return rig.client.create(routes, buildRoute(namespace, name, { tls: { secretName: 'own' } }));
  }

  test('an Ingress of somebody else that it has not brought is not taken over', async () => {
    const path = ingressPath(namespace, 'squat-wss');
    transport.events.close();
    const foreign = await rig.client.create(ingresses, {
      metadata: { name: 'squat-wss' },
      spec: { defaultBackend: { service: { name: 'chat', port: { number: 8080 } } } },
    });
    await createRoute('squat');
    await waitUntil(async () => patches.filter((code) => code === '409').length > 1, {
      ...{ what: 'the operator to have tried more than once', timeoutMs },
    });
    assert.deepEqual(await rig.client.get(path), foreign);
    transport.events.open();
    const blocked = { type: 'Accepted', status: 'False', reason: 'NameTaken' };
    const told = await waitForCondition(rig, namespace, 'squat', blocked, timeoutMs);
    assert.match(findCondition(told, 'Accepted')?.message, /Ingress "squat-wss" is needed, but exists/);
    assert.deepEqual(await rig.client.get(path), foreign);
    await rig.client.delete(path);
    await waitForCondition(rig, namespace, 'squat', { type: 'Accepted', status: 'True' }, timeoutMs);
  });

  test('what was made and has gone before everything is listed anew is made again, though no event tells of it', async () => {
    const path = ingressPath(namespace, 'brief-wss');
    transport.events.close();
    await createRoute('brief');
    const wait = { what: 'the Ingress', timeoutMs };
    const { metadata } = await rig.client.waitFor(path, (found) => found !== undefined, wait);
    await rig.client.delete(path);
    transport.lose();
    const again = await rig.client.waitFor(path, (found) => found !== undefined, wait);
    assert.notEqual(again.metadata.uid, metadata.uid);
    await waitForCondition(rig, namespace, 'brief', { type: 'Accepted', status: 'True' }, timeoutMs);
  });

  test('the same where the write is answered only after the list', async () => {
    const path = ingressPath(namespace, 'slow-wss');
    transport.events.close();
    transport.answers.close();
    const { lists } = transport;
    await createRoute('slow');
    const wait = { what: 'the Ingress', timeoutMs };
    const { metadata } = await rig.client.waitFor(path, (found) => found !== undefined, wait);
    await rig.client.delete(path);
    transport.lose();
    await waitUntil(async () => transport.lists > lists, { what: 'a new list', timeoutMs });
    transport.answers.open();
    const again = await rig.client.waitFor(path, (found) => found !== undefined, wait);
    assert.notEqual(again.metadata.uid, metadata.uid);
    await waitForCondition(rig, namespace, 'slow', { type: 'Accepted', status: 'True' }, timeoutMs);
  });

  test('nothing but that has failed', () => assert.deepEqual(complaints, []));
});
