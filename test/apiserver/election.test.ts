import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { leaseKind } from '../../src/api/kinds.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { Election, type ElectionSettings } from '../../src/kube/election.ts';
import { classify } from '../../src/kube/errors.ts';
import type { LeaseSpec } from '../../src/kube/lease.ts';
import { pathOf } from '../../src/kube/path.ts';
import { Transport } from '../../src/kube/transport.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import { adminAccess, adminTransport, makeNamespace, writeConfigMap } from './cluster.ts';

const times = { leaseDurationMs: 3_000, renewDeadlineMs: 2_000, retryPeriodMs: 400 };

let rig: Rig;
let admin: Transport;
let namespace: string;
const candidates: Candidate[] = [];

before(async () => {
  rig = await startRig({ parts: [] });
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
  for (const { election, transport } of candidates.splice(0)) {
    await election.stop();
    await transport.close();
  }
});

interface Candidate {
  readonly election: Election;
  readonly transport: Transport;
  /** `elected`, `deposed`, `sees NAME`, in the order in which they happened. */
  readonly history: string[];
  readonly errors: unknown[];
}

async function enter(identity: string, settings: Partial<ElectionSettings> = {}): Promise<Candidate> {
  const transport: Transport = new Transport({
    access: await adminAccess(rig.kubeconfig),
    version: 'test',
    mayWrite: () => election.isLeader,
  });
  const history: string[] = [];
  const errors: unknown[] = [];
  const election = new Election({
    ...times,
    namespace,
    name: 'throne',
    ...settings,
    transport,
    identity,
    clock: systemClock,
    now: () => new Date(),
    random: Math.random,
    onElected: () => history.push('elected'),
    onDeposed: () => history.push('deposed'),
    onLeader: (leader) => history.push(`sees ${leader}`),
    onError: (error) => errors.push(error),
    onNotReleased: (error) => errors.push(error),
  });
  const candidate = { election, transport, history, errors };
  candidates.push(candidate);
  election.start();
  return candidate;
}

function reign({ election }: Candidate, timeoutMs = 10_000): Promise<boolean> {
  return waitUntil(async () => election.isLeader, { what: 'the candidate to lead', timeoutMs });
}

function readLease(): Promise<{ readonly spec: LeaseSpec }> {
  return rig.client.get(pathOf(leaseKind, namespace, 'throne'));
}

test('one of two leads, and the lease is one that kubectl understands', async () => {
  const first = await enter('a');
  await reign(first);
  const second = await enter('b');
  await waitUntil(async () => second.history.includes('sees a'), { what: 'b to see a', timeoutMs: 5_000 });
  const { spec } = await readLease();
  assert.equal(spec.holderIdentity, 'a');
  assert.equal(spec.leaseDurationSeconds, 3);
  assert.equal(spec.leaseTransitions, 0);
  assert.match(await rig.kubectl('get', 'lease', 'throne', '-n', namespace), /throne\s+a\s/);
  // Renewed: still the same term after a whole lease.
  const { renewTime } = spec;
  await waitUntil(
    async () => Date.parse((await readLease()).spec.renewTime ?? '') - Date.parse(renewTime ?? '') > 3_000,
    {
      what: 'renewals over more than a lease',
      timeoutMs: 10_000,
    },
  );
  assert.deepEqual(first.history, ['elected']);
  assert.deepEqual(second.history, ['sees a']);
  assert.equal(second.election.isLeader, false);
});

test('a leader that leaves frees the lease: the next one need not wait', async () => {
  const first = await enter('a');
  await reign(first);
  const second = await enter('b');
  await waitUntil(async () => second.history.includes('sees a'), { what: 'b to see a', timeoutMs: 5_000 });
  const leftAt = performance.now();
  await first.election.stop();
  assert.deepEqual(first.history, ['elected', 'deposed']);
  await reign(second, 1_000);
  assert.ok(performance.now() - leftAt < times.leaseDurationMs, 'it has not waited for the lease to end');
  const { spec } = await readLease();
  assert.equal(spec.holderIdentity, 'b');
  assert.equal(spec.leaseTransitions, 1);
});

test('no write leaves a process that does not lead', async () => {
  const first = await enter('a');
  await reign(first);
  await writeConfigMap(first.transport, namespace, 'decree', '1');
  const second = await enter('b');
  await waitUntil(async () => second.history.includes('sees a'), { what: 'b to see a', timeoutMs: 5_000 });
  const mark = rig.audit.mark();
  await assert.rejects(writeConfigMap(second.transport, namespace, 'decree', '2'), (error) => {
    assert.equal(classify(error), 'aborted');
    assert.match(String(error), /not sent, another replica may lead/);
    return true;
  });
  const writes = rig.audit.writes({ since: mark }).filter(({ resource }) => resource === 'configmaps');
  assert.deepEqual(writes, []);
});

test('a write that was made in time, but not sent in time, does not leave either', async () => {
  let answers: readonly boolean[] = [];
  const fenced = new Transport({
    access: await adminAccess(rig.kubeconfig),
    version: 'test',
    mayWrite() {
      const [answer = true, ...rest] = answers;
      answers = rest;
      return answer;
    },
  });
  try {
    await writeConfigMap(fenced, namespace, 'decree', '1');
    const mark = rig.audit.mark();
    // As if the process had been paused between the making of the request and the end of that turn of the event loop.
    answers = [true, true, false];
    await assert.rejects(writeConfigMap(fenced, namespace, 'decree', '2'), /nothing is sent any more/);
    assert.deepEqual(answers, []);
    // The next one finds another connection.
    const isWritten = async () => (await writeConfigMap(fenced, namespace, 'decree', '3')) !== undefined;
    await waitUntil(isWritten, { what: 'another connection', timeoutMs: 5_000 });
    const writes = rig.audit.writes({ since: mark }).filter(({ resource }) => resource === 'configmaps');
    assert.equal(writes.length, 1);
  } finally {
    await fenced.close();
  }
});

test('without an API server a term ends at its deadline, and a new one begins when it is back', async () => {
  const only = await enter('a');
  await reign(only);
  await rig.apiserver.kill('SIGKILL');
  const killedAt = performance.now();
  await waitUntil(async () => !only.election.isLeader, { what: 'the term to end', timeoutMs: 5_000 });
  assert.ok(performance.now() - killedAt <= times.renewDeadlineMs + 200, 'not later than the deadline');
  await waitUntil(async () => only.history.includes('deposed'), { what: 'the end to be told', timeoutMs: 1_000 });
  assert.ok(only.errors.length > 0, 'the failures are told');
  await rig.apiserver.restart();
  await reign(only, 20_000);
  assert.deepEqual(only.history, ['elected', 'deposed', 'elected']);
  assert.equal((await readLease()).spec.leaseTransitions, 0);
});

test('a lease that somebody deletes is made again', async () => {
  const first = await enter('a');
  await reign(first);
  const before = await rig.client.get(pathOf(leaseKind, namespace, 'throne'));
  await rig.kubectl('delete', 'lease', 'throne', '-n', namespace);
  await waitUntil(
    async () => {
      const { metadata, spec } = await rig.client.get(pathOf(leaseKind, namespace, 'throne'));
      return metadata.uid !== before.metadata.uid && spec.holderIdentity === 'a';
    },
    { what: 'another lease', timeoutMs: 5_000 },
  );
  await reign(first);
});

test('what others have put into the lease stays', async () => {
  const path = pathOf(leaseKind, namespace);
  const annotations = { owner: 'somebody else' };
  await rig.client.create(path, { metadata: { name: 'throne', annotations } });
  const first = await enter('a');
  await reign(first);
  const { metadata, spec } = await rig.client.get(`${path}/throne`);
  assert.deepEqual(metadata.annotations, annotations);
  assert.equal(spec.holderIdentity, 'a');
});

test('somebody who touches the lease all the time deposes nobody', async () => {
  const first = await enter('a');
  await reign(first);
  const path = pathOf(leaseKind, namespace, 'throne');
  const until = performance.now() + 2 * times.renewDeadlineMs;
  for (let touch = 0; performance.now() < until; touch += 1) {
    await rig.client.patch(path, { metadata: { annotations: { touch: `${touch}` } } });
    await pass(50);
  }
  assert.deepEqual(first.history, ['elected']);
  const { spec } = await readLease();
  await first.election.stop();
  assert.notEqual(spec.renewTime, undefined);
  assert.equal((await readLease()).spec.holderIdentity, '', 'it was freed although its version had moved on');
});

test('a namespace that does not exist is told, again and again', async () => {
  const lost = await enter('a', { namespace: 'no-such-namespace' });
  await waitUntil(async () => lost.errors.length > 1, { what: 'two failures', timeoutMs: 5_000 });
  assert.match(String(lost.errors[0]), /namespaces "no-such-namespace" not found/);
});

test('of ten that enter at once exactly one leads', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, (_, index) => enter(`candidate-${index}`)));
  await Promise.any(all.map((each) => reign(each)));
  const { spec } = await readLease();
  for (const each of all) {
    await waitUntil(async () => each.history.length > 0, { what: 'each to know who leads', timeoutMs: 5_000 });
  }
  const leaders = all.filter(({ election }) => election.isLeader);
  assert.equal(leaders.length, 1);
  assert.equal(leaders[0], all[Number(spec.holderIdentity?.split('-')[1])]);
});
