import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { classify } from '../../src/kube/errors.ts';
import { Transport, type TransportOptions } from '../../src/kube/transport.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import { adminAccess, adminTransport, makeNamespace, writeConfigMap } from './cluster.ts';
import { Forwarder } from './forwarder.ts';

/** How the connection for writes ends while requests are under way on it: each of them is told, and the process goes on. */

let rig: Rig;
let admin: Transport;
let namespace: string;
const ends: (() => Promise<unknown>)[] = [];

before(async () => {
  rig = await startRig({ parts: [] });
  admin = await adminTransport(rig.kubeconfig);
  namespace = await makeNamespace(admin);
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

after(async () => {
  await admin?.close();
  await rig?.stop();
});

/** A transport whose API server has fallen silent, and twenty writes under way on it. */
async function hang(options: Partial<TransportOptions>): Promise<{
  readonly transport: Transport;
  readonly forwarder: Forwarder;
  readonly outcomes: Promise<readonly PromiseSettledResult<unknown>[]>;
}> {
  const access = await adminAccess(rig.kubeconfig);
  const forwarder = await Forwarder.start(access.server);
  ends.push(() => forwarder.stop());
  const moved = { ...access, server: forwarder.url, authorize: access.authorize.bind(access) };
  const transport = new Transport({ access: moved, version: 'test', mayWrite: () => true, ...options });
  ends.push(() => transport.close());
  await writeConfigMap(transport, namespace, 'warm', '1');
  forwarder.silence();
  const writes = Array.from({ length: 20 }, (_, index) => writeConfigMap(transport, namespace, `hung-${index}`, '1'));
  return { transport, forwarder, outcomes: Promise.allSettled(writes) };
}

function assertAllFailed(outcomes: readonly PromiseSettledResult<unknown>[], why: RegExp): void {
  assert.equal(outcomes.length, 20);
  for (const outcome of outcomes) {
    assert.equal(outcome.status, 'rejected');
    assert.match(String(outcome.reason), why);
    assert.equal(classify(outcome.reason), 'unavailable');
  }
}

test('by closing the transport', async () => {
  const { transport, outcomes } = await hang({});
  await new Promise((resolve) => setImmediate(resolve));
  await transport.close();
  assertAllFailed(await outcomes, /The client is destroyed/);
});

test('by a peer that answers no ping; the next write finds another connection', async () => {
  const { transport, forwarder, outcomes } = await hang({ pingMs: 100 });
  assertAllFailed(await outcomes, /no answer to 3 pings/);
  forwarder.restore();
  assert.equal((await writeConfigMap(transport, namespace, 'later', '1')).code, 201);
});

test('by the fence; when it opens, the next write finds another connection', async () => {
  let mayWrite = true;
  const { transport, forwarder, outcomes } = await hang({ mayWrite: () => mayWrite, pingMs: 100 });
  await new Promise((resolve) => setImmediate(resolve));
  // The next ping is what may not be sent.
  mayWrite = false;
  assertAllFailed(await outcomes, /nothing is sent any more/);
  await assert.rejects(writeConfigMap(transport, namespace, 'refused', '1'), /not sent, another replica may lead/);
  forwarder.restore();
  mayWrite = true;
  const isWritten = async () => (await writeConfigMap(transport, namespace, 'refused', '2')).code === 201;
  await waitUntil(isWritten, { what: 'another connection', timeoutMs: 5_000 });
});
