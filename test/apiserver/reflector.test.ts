import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Kind } from '../../src/api/kinds.ts';
import type { ClusterAccess } from '../../src/kube/access.ts';
import { apply, remove } from '../../src/kube/apply.ts';
import { classify } from '../../src/kube/errors.ts';
import type { ReflectorOptions } from '../../src/kube/reflector.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { Transport } from '../../src/kube/transport.ts';
import { ETCD_URL } from '../support/etcd.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  adminAccess,
  adminTransport,
  configMapKind,
  makeNamespace,
  options,
  readAll,
  untilDone,
  writeConfigMap,
} from './cluster.ts';
import { Forwarder } from './forwarder.ts';

let rig: Rig;
let access: ClusterAccess;
let admin: Transport;
let namespace: string;
const ends: (() => Promise<unknown>)[] = [];

before(async () => {
  rig = await startRig({ parts: [] });
  access = await adminAccess(rig.kubeconfig);
  admin = await adminTransport(rig.kubeconfig);
});

after(async () => {
  await admin?.close();
  await rig?.stop();
});

beforeEach(async () => {
  namespace = await makeNamespace(admin);
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A reflector with a journal of all that it reported, and a copy that is made of the reports alone. */
class Witness {
  readonly journal: string[] = [];
  readonly states: string[] = [];
  readonly copy = new Map<string, string>();
  readonly deleted = new Set<string>();
  readonly reflector: Reflector<string>;

  constructor(transport: Transport, kind: Kind, change: Partial<ReflectorOptions<string>> = {}) {
    this.reflector = new Reflector({
      transport,
      kind,
      namespace,
      project: (object) => JSON.stringify((object as { data?: unknown; spec?: unknown }).data ?? object.spec ?? null),
      onChange: (key, old, now) => {
        this.journal.push(`${key.slice(key.indexOf('/') + 1)} ${old ?? '-'} > ${now ?? '-'}`);
        assert.equal(this.copy.get(key), old, `${key} was reported with a past that was never reported`);
        if (now === undefined) this.copy.delete(key);
        else this.copy.set(key, now);
        if (now === undefined) this.deleted.add(key);
      },
      onState: (state) =>
        this.states.push(state.phase === 'retrying' ? `retrying ${classify(state.error)}` : state.phase),
      onError: (error) => this.journal.push(`threw ${String(error)}`),
      ...change,
    });
    this.reflector.start();
    ends.push(() => this.reflector.stop());
  }

  async sees(what: string, isSeen: () => boolean, timeoutMs = 20_000): Promise<void> {
    await waitUntil(async () => isSeen(), {
      what,
      timeoutMs,
      intervalMs: 2,
      explain: () => `states: ${this.states.join(', ')}\njournal: ${this.journal.slice(-20).join('; ')}`,
    });
  }

  /** What it knows is what the API server has, object by object, version by version. */
  async agrees(kind: Kind): Promise<void> {
    const truth = await readAll(admin, kind, namespace);
    await this.sees('the same versions as the API server', () => {
      const { reflector } = this;
      if (reflector.size !== truth.size) return false;
      return [...truth].every(([key, object]) => reflector.resourceVersionOf(key) === object.metadata.resourceVersion);
    });
    assert.deepEqual(new Map(this.reflector.entries()), this.copy);
    for (const [key, object] of truth) assert.equal(this.reflector.uidOf(key), object.metadata.uid);
  }
}

async function forwarded(): Promise<{ forwarder: Forwarder; transport: Transport }> {
  const forwarder = await Forwarder.start(access.server);
  const { currentNamespace, source } = access;
  const transport = new Transport({
    access: { server: forwarder.url, currentNamespace, source, tls: access.tls, authorize: () => access.authorize() },
    version: 'test',
    pingMs: 200,
  });
  ends.push(() => forwarder.stop());
  ends.push(() => transport.close());
  return { forwarder, transport };
}

function keyOf(name: string): string {
  return `${namespace}/${name}`;
}

for (const mode of ['auto', 'pages'] as const) {
  test(`sees what is created, changed and deleted (${mode})`, async () => {
    await writeConfigMap(admin, namespace, 'before', '1');
    const witness = new Witness(admin, configMapKind, { mode });
    await witness.reflector.whenSynced();
    assert.equal(witness.reflector.get(keyOf('before')), '{"value":"1"}');
    await writeConfigMap(admin, namespace, 'a', '1');
    const second = await writeConfigMap(admin, namespace, 'a', '2');
    const uid = second.uid;
    await witness.sees('the second write', () => witness.reflector.hasSeen(second.resourceVersion));
    await remove(admin, configMapKind, keyOf('a'), { uid });
    await witness.sees('the deletion', () => witness.reflector.get(keyOf('a')) === undefined);
    assert.deepEqual(witness.journal, [
      'before - > {"value":"1"}',
      'a - > {"value":"1"}',
      'a {"value":"1"} > {"value":"2"}',
      'a {"value":"2"} > -',
    ]);
    assert.deepEqual(witness.states, ['listing', 'watching']);
    await witness.agrees(configMapKind);
  });
}

test('an object that loses the label is gone, one that gets it is there', async () => {
  await writeConfigMap(admin, namespace, 'a', '1', { pick: 'yes' });
  await writeConfigMap(admin, namespace, 'b', '1', { pick: 'no' });
  const witness = new Witness(admin, configMapKind, { labelSelector: 'pick=yes' });
  await witness.reflector.whenSynced();
  assert.deepEqual([...witness.copy.keys()], [keyOf('a')]);
  await writeConfigMap(admin, namespace, 'a', '2', { pick: 'no' });
  await writeConfigMap(admin, namespace, 'b', '2', { pick: 'yes' });
  await witness.sees('the other one', () => witness.copy.has(keyOf('b')) && !witness.copy.has(keyOf('a')));
});

for (const mode of ['auto', 'pages'] as const) {
  test(`metadata only: neither data nor spec is transferred (${mode})`, async () => {
    await writeConfigMap(admin, namespace, 'a', 'secret', { app: 'x' });
    const seen: unknown[] = [];
    const witness = new Witness(admin, configMapKind, {
      mode,
      metadataOnly: true,
      project: (object) => {
        seen.push(object);
        return JSON.stringify(object.metadata.labels);
      },
    });
    await witness.reflector.whenSynced();
    await writeConfigMap(admin, namespace, 'b', 'secret', { app: 'y' });
    await witness.sees('both', () => witness.copy.size === 2);
    assert.deepEqual([...witness.copy.values()], ['{"app":"x"}', '{"app":"y"}']);
    assert.equal(JSON.stringify(seen).includes('secret'), false);
  });
}

test('2,000 objects are the same by streamed list and by pages, and with text that looks like line ends', async () => {
  const text = 'ä€😀\u2028\u2029\n';
  let next = 0;
  async function write(): Promise<void> {
    while (next < 2_000) {
      const i = next++;
      await writeConfigMap(admin, namespace, `pig-${i}`, `${text}${i}`);
    }
  }
  await Promise.all(Array.from({ length: 32 }, write));
  const streamed = new Witness(admin, configMapKind, { mode: 'auto' });
  const paged = new Witness(admin, configMapKind, { mode: 'pages' });
  await Promise.all([streamed.reflector.whenSynced(), paged.reflector.whenSynced()]);
  assert.equal(streamed.reflector.size, 2_000);
  assert.equal(streamed.reflector.get(keyOf('pig-7')), JSON.stringify({ value: `${text}7` }));
  assert.deepEqual(new Map([...streamed.copy].sort()), new Map([...paged.copy].sort()));
  await streamed.agrees(configMapKind);
  await paged.agrees(configMapKind);
});

test('nothing is missed when the API server is killed and comes back', async () => {
  const transport = await adminTransport(rig.kubeconfig);
  ends.push(() => transport.close());
  const witness = new Witness(transport, configMapKind);
  await witness.reflector.whenSynced();
  const gone = new Set<string>();
  let isOver = false;
  async function churn(worker: number): Promise<void> {
    for (let i = 0; !isOver; i += 1) {
      const name = `w${worker}-${i % 20}`;
      const { uid } = await untilDone(() => writeConfigMap(admin, namespace, name, `${i}`));
      if (i % 3 !== 0) continue;
      await untilDone(() => remove(admin, configMapKind, keyOf(name), { uid }));
      gone.add(keyOf(name));
    }
  }
  const churning = Promise.all([churn(0), churn(1), churn(2)]);
  await witness.sees('some changes', () => witness.journal.length > 50);
  await rig.apiserver.kill('SIGKILL');
  await witness.sees('the loss', () => witness.reflector.state.phase === 'retrying');
  await rig.apiserver.start();
  const readyAt = performance.now();
  const seenBefore = witness.journal.length;
  await witness.sees('changes after the restart', () => witness.journal.length > seenBefore);
  assert.ok(performance.now() - readyAt < 2_000, `noticed only ${performance.now() - readyAt} ms after it was ready`);
  await witness.sees('more changes', () => witness.journal.length > seenBefore + 50);
  isOver = true;
  await churning;
  await witness.agrees(configMapKind);
  for (const key of witness.deleted) assert.ok(gone.has(key), `${key} was reported as deleted and never was`);
  assert.equal(witness.states.includes('retrying aborted'), false);
});

test('a watch that the API server ends without an error goes on from where it was', async () => {
  const requests: string[] = [];
  const transport = new Transport({
    access,
    version: 'test',
    onRequest: ({ verb, code }) => requests.push(`${verb} ${code}`),
  });
  ends.push(() => transport.close());
  const witness = new Witness(transport, configMapKind, { watchSeconds: 1 });
  await witness.reflector.whenSynced();
  let written = 0;
  // One write within each watch, so that every one of them has something to miss.
  while (requests.length < 4) {
    const { length } = requests;
    await writeConfigMap(admin, namespace, `a${written++}`, '1');
    await witness.sees('the end of a watch', () => requests.length > length);
  }
  await witness.agrees(configMapKind);
  assert.equal(witness.journal.length, written);
  assert.deepEqual(witness.states, ['listing', 'watching']);
  assert.deepEqual(new Set(requests), new Set(['GET 200']));
});

test('a namesake that was made while the connection was down is a deletion and an addition', async () => {
  const { forwarder, transport } = await forwarded();
  const first = await writeConfigMap(admin, namespace, 'a', '1');
  const witness = new Witness(transport, configMapKind);
  await witness.reflector.whenSynced();
  forwarder.cut();
  await witness.sees('the loss', () => witness.reflector.state.phase === 'retrying');
  await remove(admin, configMapKind, keyOf('a'), { uid: first.uid });
  await writeConfigMap(admin, namespace, 'a', '1');
  assert.equal(witness.reflector.size, 1, 'being cut off is no deletion');
  forwarder.restore();
  await witness.agrees(configMapKind);
  assert.deepEqual(witness.journal, ['a - > {"value":"1"}', 'a {"value":"1"} > -', 'a - > {"value":"1"}']);
});

test('a version that the API server has forgotten leads to a new list', async () => {
  const { forwarder, transport } = await forwarded();
  await writeConfigMap(admin, namespace, 'kept', '1');
  const lost = await writeConfigMap(admin, namespace, 'lost', '1');
  const first = await writeConfigMap(admin, namespace, 'again', '1');
  const witness = new Witness(transport, configMapKind);
  await witness.reflector.whenSynced();
  forwarder.cut();
  await witness.sees('the loss', () => witness.reflector.state.phase === 'retrying');
  await remove(admin, configMapKind, keyOf('lost'), { uid: lost.uid });
  await remove(admin, configMapKind, keyOf('again'), { uid: first.uid });
  await writeConfigMap(admin, namespace, 'again', '1');
  const { resourceVersion } = await writeConfigMap(admin, namespace, 'new', '1');
  await compact(resourceVersion);
  await rig.apiserver.kill('SIGKILL');
  await rig.apiserver.start();
  forwarder.restore();
  await witness.agrees(configMapKind);
  assert.ok(witness.states.includes('retrying expired'), witness.states.join(', '));
  assert.deepEqual(witness.journal.slice(3).sort(), [
    'again - > {"value":"1"}',
    'again {"value":"1"} > -',
    'lost {"value":"1"} > -',
    'new - > {"value":"1"}',
  ]);
});

/** By etcd's own JSON gateway. */
async function compact(revision: string): Promise<void> {
  const answer = await fetch(`${ETCD_URL}/v3/kv/compaction`, {
    method: 'POST',
    body: JSON.stringify({ revision, physical: true }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

test('a watch that is cut in the middle of an event goes on without a gap', async () => {
  const { forwarder, transport } = await forwarded();
  const witness = new Witness(transport, configMapKind);
  await witness.reflector.whenSynced();
  for (let i = 0; i < 12; i += 1) {
    // Some bytes of TLS and HTTP/2 further: inside of the 3 kB that each event takes.
    forwarder.cutAfter(500 + 200 * i);
    await writeConfigMap(admin, namespace, `a${i}`, 'x'.repeat(3_000));
    await witness.sees('the loss', () => witness.states.at(-1) !== 'watching');
    forwarder.restore();
    await witness.sees('the event', () => witness.copy.has(keyOf(`a${i}`)));
    await witness.sees('the watch', () => witness.reflector.state.phase === 'watching');
  }
  await witness.agrees(configMapKind);
  assert.equal(witness.journal.length, 12);
});

test('a peer that is silent without having closed is given up', async () => {
  const { forwarder, transport } = await forwarded();
  const witness = new Witness(transport, configMapKind);
  await witness.reflector.whenSynced();
  const accepted = forwarder.accepted;
  forwarder.silence();
  await writeConfigMap(admin, namespace, 'a', '1');
  await witness.sees('the loss', () => witness.states.some((state) => state.startsWith('retrying')), 5_000);
  forwarder.restore();
  await witness.agrees(configMapKind);
  assert.ok(forwarder.accepted > accepted);
});

const pigKind = { group: 'test.wssroute.dev', version: 'v1', kind: 'Pig', plural: 'pigs', isNamespaced: true } as const;
const crdKind = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  isNamespaced: false,
} as const;
const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'pigs.test.wssroute.dev' },
  spec: {
    group: pigKind.group,
    scope: 'Namespaced',
    names: { kind: 'Pig', plural: 'pigs', singular: 'pig', listKind: 'PigList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { weight: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};

async function writePig(name: string, weight: number): Promise<void> {
  const pig = { apiVersion: 'test.wssroute.dev/v1', kind: 'Pig', metadata: { namespace, name }, spec: { weight } };
  await waitUntil(async () => await apply(admin, pigKind, pig, options), {
    what: 'the CRD to be served',
    timeoutMs: 10_000,
  });
}

test('a kind that is not installed is absent, found when it is, and absent again when it is removed', async () => {
  const witness = new Witness(admin, pigKind);
  await witness.reflector.whenSynced();
  assert.equal(witness.reflector.isAbsent, true);
  assert.equal(witness.reflector.hasSynced, true);
  assert.equal(witness.reflector.hasSeen('1'), true, 'nobody waits for an absent kind');
  const { uid } = await apply(admin, crdKind, crd, options);
  await writePig('a', 90);
  await witness.sees('the first pig', () => witness.reflector.get(keyOf('a')) === '{"weight":90}', 8_000);
  assert.equal(witness.reflector.isAbsent, false);
  await remove(admin, crdKind, '/pigs.test.wssroute.dev', { uid });
  await witness.sees('the absence', () => witness.reflector.isAbsent, 15_000);
  assert.deepEqual(witness.journal, ['a - > {"weight":90}', 'a {"weight":90} > -']);
  const again = await apply(admin, crdKind, crd, options);
  await writePig('b', 100);
  await witness.sees('the second pig', () => witness.reflector.get(keyOf('b')) === '{"weight":100}', 8_000);
  await remove(admin, crdKind, '/pigs.test.wssroute.dev', { uid: again.uid });
});

test('a cluster that is restored from a backup is believed, though its versions are older', async () => {
  await writeConfigMap(admin, namespace, 'old', '1');
  const data = join(rig.directory, 'etcd');
  const backup = join(rig.directory, 'backup');
  await whileDown(() => cp(data, backup, { recursive: true }));
  const witness = new Witness(admin, configMapKind);
  await witness.reflector.whenSynced();
  await writeConfigMap(admin, namespace, 'old', '2');
  for (let i = 0; i < 300; i += 1) await writeConfigMap(admin, namespace, 'new', `${i}`);
  const written = await writeConfigMap(admin, namespace, 'new', 'last');
  await witness.sees('the last write', () => witness.reflector.hasSeen(written.resourceVersion));
  const { epoch } = witness.reflector;
  await whileDown(async () => {
    await rm(data, { recursive: true });
    await cp(backup, data, { recursive: true });
  });
  await witness.sees(
    'the older state',
    () => witness.copy.size === 1 && witness.copy.get(keyOf('old')) === '{"value":"1"}',
  );
  assert.equal(witness.reflector.epoch, epoch + 1);
  assert.equal(witness.reflector.hasSeen(written.resourceVersion, epoch), true, 'nobody waits for what was undone');
  assert.equal(witness.reflector.hasSeen(written.resourceVersion), false);
  await writeConfigMap(admin, namespace, 'next', '1');
  await witness.sees('what comes next', () => witness.copy.has(keyOf('next')));
  await witness.agrees(configMapKind);
});

async function whileDown(work: () => Promise<void>): Promise<void> {
  await rig.apiserver.kill('SIGKILL');
  await rig.etcd.kill('SIGKILL');
  await work();
  await rig.etcd.start();
  await rig.apiserver.start();
}

test('a handler that throws is reported and the stream goes on', async () => {
  const errors: string[] = [];
  const witness = new Witness(admin, configMapKind, {
    project: (object) => {
      if (object.metadata.name === 'unreadable') throw new Error('cannot project');
      return object.metadata.name;
    },
    onChange: (key) => {
      if (key.endsWith('/bad')) throw new Error('cannot handle');
    },
    onError: (error) => errors.push(String(error)),
  });
  await witness.reflector.whenSynced();
  for (const name of ['bad', 'unreadable', 'good']) await writeConfigMap(admin, namespace, name, '1');
  await witness.sees('the good one', () => witness.reflector.get(keyOf('good')) === 'good');
  assert.deepEqual(errors, ['Error: cannot handle', 'Error: cannot project']);
  assert.equal(witness.reflector.get(keyOf('bad')), 'bad');
});

test('after stop nothing is called any more, even when it is in the middle of waiting for a dead server', async () => {
  const { forwarder, transport } = await forwarded();
  const witness = new Witness(transport, configMapKind);
  await witness.reflector.whenSynced();
  forwarder.cut();
  await witness.sees('the loss', () => witness.reflector.state.phase === 'retrying');
  const startedAt = performance.now();
  await witness.reflector.stop();
  assert.ok(performance.now() - startedAt < 500);
  forwarder.restore();
  const count = witness.journal.length + witness.states.length;
  const other = new Witness(transport, configMapKind);
  await writeConfigMap(admin, namespace, 'a', '1');
  await other.sees('the write', () => other.copy.size === 1);
  assert.equal(witness.journal.length + witness.states.length, count);
});

test('knows when its own write has come back', async () => {
  const witness = new Witness(admin, configMapKind);
  await witness.reflector.whenSynced();
  const { resourceVersion } = await writeConfigMap(admin, namespace, 'a', '1');
  await witness.sees('the write', () => witness.reflector.hasSeen(resourceVersion));
  assert.equal(witness.reflector.get(keyOf('a')), '{"value":"1"}');
  assert.equal(witness.reflector.hasSeen(`${resourceVersion}0`), false);
});
