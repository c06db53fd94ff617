import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { eventKind } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/objects.ts';
import { version } from '../../src/cli/version.ts';
import type { EventInput, EventRecorderOptions } from '../../src/kube/events.ts';
import { EventRecorder } from '../../src/kube/events.ts';
import { pathOf } from '../../src/kube/path.ts';
import { Transport } from '../../src/kube/transport.ts';
import { grantOperator, operatorUser } from '../support/operator.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import { adminAccess, adminTransport, configMapKind, makeNamespace, readAll, writeConfigMap } from './cluster.ts';

let rig: Rig;
let admin: Transport;
let namespace: string;
let uid: string;
let dropped: string[];
const ends: (() => Promise<unknown>)[] = [];

before(async () => {
  rig = await startRig({ parts: [] });
  admin = await adminTransport(rig.kubeconfig);
  await grantOperator(rig);
});

after(async () => {
  await admin?.close();
  await rig?.stop();
});

beforeEach(async () => {
  namespace = await makeNamespace(admin);
  uid = (await writeConfigMap(admin, namespace, 'pig', '1')).uid;
  dropped = [];
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function open(change: Partial<EventRecorderOptions> = {}): EventRecorder {
  const recorder = new EventRecorder({
    transport: admin,
    reportingInstance: 'pod-1',
    now: () => new Date(),
    onDropped: (event, why) => dropped.push(`${event.note} ${why}`),
    seriesMs: 50,
    ...change,
  });
  ends.push(async () => recorder.stop());
  return recorder;
}

function event(note: string, change: Partial<EventInput> = {}): EventInput {
  const regarding = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'pig', uid };
  return { regarding, type: 'Normal', reason: 'Fed', action: 'Feed', note, ...change };
}

interface Stored extends KubeObject {
  readonly note: string;
  readonly series?: { readonly count: number };
}

async function stored(): Promise<Stored[]> {
  return [...(await readAll(admin, eventKind, namespace)).values()] as Stored[];
}

test('an event is there for kubectl describe', async () => {
  const recorder = open();
  recorder.record(event('ate\n5 kg', { type: 'Warning' }));
  await recorder.flush(5_000);
  const [one] = await stored();
  assert.equal(one?.note, 'ate 5 kg');
  assert.equal(one?.reportingController, 'wssroute.dev/wss-operator');
  assert.equal(one?.reportingInstance, 'pod-1');
  const described = await rig.kubectl('describe', 'configmap', 'pig', '-n', namespace);
  assert.match(described, /Warning\s+Fed\s+.*wssroute\.dev\/wss-operator.*ate 5 kg/);
  assert.deepEqual(dropped, []);
});

test('equal events become one with a count, others stay apart, with the permissions of the operator', async () => {
  const own = await adminAccess(await rig.kubeconfigFor({ user: operatorUser }));
  const transport = new Transport({ access: own, version });
  ends.push(() => transport.close());
  const recorder = open({ transport });
  for (let i = 0; i < 40; i += 1) recorder.record(event('hungry'));
  recorder.record(event('full'));
  await waitUntil(async () => (await stored()).some(({ series }) => series?.count === 40), {
    what: 'the count of the series',
    timeoutMs: 5_000,
    explain: async () => JSON.stringify(await stored()),
  });
  assert.deepEqual((await stored()).map(({ note, series }) => [note, series?.count]).sort(), [
    ['full', undefined],
    ['hungry', 40],
  ]);
});

test('repetitions are written at most once per interval', async () => {
  const codes: string[] = [];
  const transport = new Transport({
    access: await adminAccess(rig.kubeconfig),
    version: 'test',
    onRequest: ({ verb, code }) => codes.push(`${verb} ${code}`),
  });
  ends.push(() => transport.close());
  const recorder = open({ transport, seriesMs: 600_000 });
  for (let i = 0; i < 100; i += 1) {
    recorder.record(event('hungry'));
    if (i === 0) await recorder.flush(5_000);
  }
  assert.deepEqual(codes, ['POST 201']);
  await recorder.flush(5_000);
  assert.deepEqual(codes, ['POST 201', 'PATCH 200']);
  assert.equal((await stored())[0]?.series?.count, 100);
});

test('an Event that has expired meanwhile is made anew', async () => {
  const recorder = open();
  recorder.record(event('hungry'));
  await recorder.flush(5_000);
  const [first] = await stored();
  await admin.request({ method: 'DELETE', path: pathOf(eventKind, namespace, first?.metadata.name) });
  recorder.record(event('hungry'));
  await recorder.flush(5_000);
  const [second] = await stored();
  assert.equal(second?.note, 'hungry');
  assert.notEqual(second?.metadata.uid, first?.metadata.uid);
});

test('one object that talks too much is cut off, and others are not', async () => {
  const recorder = open();
  for (let i = 0; i < 30; i += 1) recorder.record(event(`note ${i}`));
  const other = { ...event('other').regarding, uid: 'another' };
  recorder.record(event('other', { regarding: other }));
  await recorder.flush(10_000);
  assert.equal((await stored()).length, 26);
  assert.deepEqual(dropped, ['note 25 rate', 'note 26 rate', 'note 27 rate', 'note 28 rate', 'note 29 rate']);
});

test('what the API server does not take is dropped and told, and the next one gets through', async () => {
  const recorder = open();
  recorder.record(event('lost', { regarding: { ...event('').regarding, namespace: 'test-does-not-exist' } }));
  recorder.record(event('kept'));
  await recorder.flush(5_000);
  assert.deepEqual(dropped, ['lost failed']);
  assert.deepEqual(
    (await stored()).map(({ note }) => note),
    ['kept'],
  );
});

test('events wait for an API server that is away', async () => {
  const recorder = open();
  await rig.apiserver.kill('SIGKILL');
  const startedAt = performance.now();
  recorder.record(event('patient'));
  assert.ok(performance.now() - startedAt < 50);
  await rig.apiserver.start();
  await waitUntil(async () => (await stored()).length === 1, { what: 'the event', timeoutMs: 20_000 });
  assert.deepEqual(dropped, []);
});

test('stop drops what is not written', async () => {
  await rig.apiserver.kill('SIGKILL');
  const recorder = open();
  recorder.record(event('late'));
  recorder.stop();
  recorder.record(event('too late'));
  await rig.apiserver.start();
  assert.deepEqual(await stored(), []);
  assert.ok(await readAll(admin, configMapKind, namespace));
});
