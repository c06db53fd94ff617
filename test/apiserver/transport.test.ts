import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { ClusterAccess } from '../../src/kube/access.ts';
import { apply } from '../../src/kube/apply.ts';
import { loadClusterAccess } from '../../src/kube/credentials.ts';
import { AbortedError, ApiError, ConnectionError, classify, describe, retryAfterMs } from '../../src/kube/errors.ts';
import { pathOf } from '../../src/kube/path.ts';
import type { CountedRequest } from '../../src/kube/request.ts';
import type { TransportOptions } from '../../src/kube/transport.ts';
import { Transport } from '../../src/kube/transport.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import { adminAccess, adminTransport, configMapKind, makeNamespace, options, writeConfigMap } from './cluster.ts';
import { Forwarder } from './forwarder.ts';
import { startSecondApiserver } from './second-apiserver.ts';

let rig: Rig;
let access: ClusterAccess;
let admin: Transport;
let namespace: string;
const ends: (() => Promise<unknown>)[] = [];

before(async () => {
  rig = await startRig({ parts: [] });
  access = await adminAccess(rig.kubeconfig);
  admin = await adminTransport(rig.kubeconfig);
  namespace = await makeNamespace(admin);
});

after(async () => {
  await admin?.close();
  await rig?.stop();
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function open(change: Partial<TransportOptions> = {}): Transport {
  const transport = new Transport({ access, version: '1.2.3', ...change });
  ends.push(() => transport.close());
  return transport;
}

function at(server: URL): ClusterAccess {
  const { currentNamespace, source, tls } = access;
  return { server, currentNamespace, source, tls, authorize: () => access.authorize() };
}

async function forward(): Promise<Forwarder> {
  const forwarder = await Forwarder.start(access.server);
  ends.push(() => forwarder.stop());
  return forwarder;
}

function version(
  transport: Transport,
  extra: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<{ status: number }> {
  return transport.request({ method: 'GET', path: '/version', ...extra });
}

test('answers, refusals and failures are told apart and counted', async () => {
  const counted: CountedRequest[] = [];
  const transport = open({ onRequest: (request) => counted.push(request) });
  const answer = await transport.request<{ gitVersion: string }>({ method: 'GET', path: '/version' });
  assert.match(answer.body.gitVersion, /^v1\./);
  await assert.rejects(transport.request({ method: 'GET', path: '/apis/none/v1/x' }), (error: unknown) => {
    assert.ok(error instanceof ApiError);
    assert.equal(describe(error), 'GET /apis/none/v1/x: 404: 404 page not found');
    return classify(error) === 'notFound';
  });
  const nowhere = open({ access: at(new URL('https://127.0.0.1:1')), onRequest: (request) => counted.push(request) });
  await assert.rejects(version(nowhere), (error: unknown) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(describe(error), /^GET \/version: connect ECONNREFUSED 127\.0\.0\.1:1/);
    return classify(error) === 'unavailable';
  });
  assert.deepEqual(
    counted.map(({ verb, code, host }) => `${verb} ${code} ${host}`),
    [`GET 200 ${access.server.host}`, `GET 404 ${access.server.host}`, 'GET <error> 127.0.0.1:1'],
  );
  assert.ok(counted.every(({ seconds }) => seconds > 0 && seconds < 10));
});

test('a server that is not the one of the CA gets nothing', async () => {
  const stranger = { ...at(access.server), tls: { ...access.tls, ca: '' } };
  await assert.rejects(version(open({ access: stranger })), (error: unknown) => {
    return classify(error) === 'unavailable' && /certificate/.test(describe(error));
  });
});

test('says who it is', async () => {
  const mark = rig.audit.mark();
  await writeConfigMap(open(), namespace, 'agent', '1');
  const writes = await waitUntil(
    async () => {
      const found = await rig.audit.writes({ since: mark });
      return found.length > 0 && found;
    },
    { what: 'the audit log', timeoutMs: 5_000 },
  );
  assert.equal(writes[0]?.userAgent, 'wss-operator/1.2.3');
});

test('all writes share one connection, all lists and watches another', async () => {
  const forwarder = await forward();
  const transport = open({ access: at(forwarder.url) });
  for (let i = 0; i < 20; i += 1) await version(transport);
  await Promise.all(Array.from({ length: 300 }, () => version(transport)));
  assert.equal(forwarder.accepted, 1);
  await transport.request({ method: 'GET', path: pathOf(configMapKind), isBesideWrites: true });
  const watch = transport.stream({ path: pathOf(configMapKind), query: { watch: true }, inactivityMs: 60_000 });
  await watch.next();
  await watch.return();
  assert.equal(forwarder.accepted, 2);
});

test('a long list does not hold up a write', async () => {
  const transport = open();
  const value = 'x'.repeat(500_000);
  await Promise.all(Array.from({ length: 20 }, (_, i) => writeConfigMap(transport, namespace, `big-${i}`, value)));
  const list = transport.request({ method: 'GET', path: pathOf(configMapKind, namespace), isBesideWrites: true });
  let isListed = false;
  void list.finally(() => {
    isListed = true;
  });
  await version(transport);
  assert.equal(isListed, false, 'the list of 10 MB was faster than one small request');
  await list;
});

test('a connection that breaks fails what is under way, and the next request gets a new one', async () => {
  const forwarder = await forward();
  const transport = open({ access: at(forwarder.url) });
  await version(transport);
  forwarder.cutAfter(10);
  const lost = await Promise.allSettled(Array.from({ length: 10 }, () => version(transport)));
  assert.ok(lost.some(({ status }) => status === 'rejected'));
  for (const one of lost) if (one.status === 'rejected') assert.equal(classify(one.reason), 'unavailable');
  forwarder.restore();
  assert.equal((await version(transport)).status, 200);
});

test('a peer that is silent without having closed is noticed by pings, long before the time limit', async () => {
  const forwarder = await forward();
  const transport = open({ access: at(forwarder.url), pingMs: 100 });
  await version(transport);
  forwarder.silence();
  const startedAt = performance.now();
  await assert.rejects(version(transport, { timeoutMs: 60_000 }), (error: unknown) => {
    return classify(error) === 'unavailable' && /no answer to 3 pings/.test(describe(error));
  });
  assert.ok(performance.now() - startedAt < 3_000);
  forwarder.restore();
  assert.equal((await version(transport)).status, 200);
});

/** SIGSTOP takes effect a moment after it was sent. */
async function pause(): Promise<void> {
  rig.apiserver.pause();
  const stat = async () => await readFile(`/proc/${rig.apiserver.pid}/stat`, 'utf8');
  await waitUntil(async () => (await stat()).includes(') T '), { what: 'the API server to stop', timeoutMs: 5_000 });
}

test('an API server that stands still runs into the time limit, and is asked again when it goes on', async () => {
  const transport = open({ pingMs: 60_000 });
  await version(transport);
  await pause();
  try {
    await assert.rejects(version(transport, { timeoutMs: 200 }), (error: unknown) => classify(error) === 'unavailable');
  } finally {
    rig.apiserver.resume();
  }
  await waitUntil(async () => (await version(transport)).status === 200, { what: 'an answer', timeoutMs: 10_000 });
});

test('the caller may give up: before it is sent, while it waits, and in the middle of a stream', async () => {
  const transport = open();
  await assert.rejects(version(transport, { signal: AbortSignal.abort() }), AbortedError);
  await pause();
  try {
    const giveUp = new AbortController();
    const waiting = version(transport, { signal: giveUp.signal });
    giveUp.abort();
    await assert.rejects(waiting, (error: unknown) => classify(error) === 'aborted');
  } finally {
    rig.apiserver.resume();
  }
  const leave = new AbortController();
  const { signal } = leave;
  const lines = transport.stream({ path: pathOf(configMapKind), query: { watch: true }, inactivityMs: 60_000, signal });
  await assert.rejects(
    async () => {
      for await (const _ of lines) leave.abort();
    },
    (error: unknown) => classify(error) === 'aborted',
  );
  assert.equal((await version(transport)).status, 200);
});

test('a stream that stays silent is ended', async () => {
  const query = { watch: true, resourceVersion: '0', fieldSelector: 'metadata.name=none' };
  const lines = open().stream({ path: pathOf(configMapKind, namespace), query, inactivityMs: 300 });
  await assert.rejects(lines.next(), (error: unknown) => classify(error) === 'unavailable');
});

test('a rejected token is read again at once; what it may not do is forbidden', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wss-token-'));
  ends.push(() => rm(folder, { recursive: true }));
  const serviceAccountKind = { ...configMapKind, kind: 'ServiceAccount', plural: 'serviceaccounts' };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'reader' } };
  await apply(admin, serviceAccountKind, account, options);
  const minted = await admin.request<{ status: { token: string } }>({
    method: 'POST',
    path: pathOf(serviceAccountKind, namespace, 'reader', 'token'),
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
  });
  await writeFile(join(folder, 'ca.crt'), (access.tls.ca ?? '').toString());
  await writeFile(join(folder, 'token'), 'expired');
  const env = { KUBERNETES_SERVICE_HOST: access.server.hostname, KUBERNETES_SERVICE_PORT: access.server.port };
  const inPod = await loadClusterAccess({ env, serviceAccount: folder });
  const transport = open({ access: inPod });
  const list = () => transport.request({ method: 'GET', path: pathOf(configMapKind, namespace) });
  await assert.rejects(list(), (error: unknown) => classify(error) === 'unauthorized');
  await writeFile(join(folder, 'token'), minted.body.status.token);
  await waitUntil(
    async () => {
      const outcome = await list().catch(classify);
      return outcome === 'forbidden';
    },
    { what: 'the new token to be used', timeoutMs: 5_000 },
  );
  await assert.rejects(
    list(),
    /403 Forbidden: configmaps is forbidden: User "system:serviceaccount:test-\w+:reader" cannot list/,
  );
});

test('another client certificate takes effect without a restart', async () => {
  const nobody = JSON.parse(await readFile(await rig.kubeconfigFor({ user: 'nobody' }), 'utf8')).users[0].user;
  const other = {
    ...access.tls,
    cert: await readFile(nobody['client-certificate']),
    key: await readFile(nobody['client-key']),
  };
  let tls = access.tls;
  const rotating: ClusterAccess = {
    ...at(access.server),
    get tls() {
      return tls;
    },
  };
  const transport = open({ access: rotating });
  const list = () => transport.request({ method: 'GET', path: pathOf(configMapKind, namespace) });
  assert.equal((await list()).status, 200);
  tls = other;
  await assert.rejects(list(), /403 Forbidden: .*User "nobody" cannot list/);
  tls = { ...access.tls };
  assert.equal((await list()).status, 200);
});

test('too many requests: the API server says how long to wait', async () => {
  const level = {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: { name: 'closed' },
    spec: {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 0,
        lendablePercent: 0,
        borrowingLimitPercent: 0,
        limitResponse: { type: 'Reject' },
      },
    },
  };
  const schema = {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'closed' },
    spec: {
      priorityLevelConfiguration: { name: 'closed' },
      matchingPrecedence: 2,
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'throttled' } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
        },
      ],
    },
  };
  await rig.apply(JSON.stringify(level));
  await rig.apply(JSON.stringify(schema));
  const kubeconfig = await rig.kubeconfigFor({ user: 'throttled' });
  const transport = open({ access: await adminAccess(kubeconfig) });
  // A level without seats still lets one request in at a time, so it takes many at once.
  const list = () => transport.request({ method: 'GET', path: pathOf(configMapKind) }).catch((error: unknown) => error);
  const error = await waitUntil(
    async () =>
      (await Promise.all(Array.from({ length: 50 }, list))).find((outcome) => classify(outcome) === 'throttled'),
    { what: 'the flow schema to take effect', timeoutMs: 10_000 },
  );
  assert.equal(retryAfterMs(error), 1_000);
});

test('speaks HTTP/1.1 to an API server that has no HTTP/2: many requests at once, beside open watches', async () => {
  const second = await startSecondApiserver(rig, 6444, ['--disable-http2-serving=true']);
  ends.push(() => second.process.kill());
  const transport = open({ access: at(second.url) });
  const query = { watch: true };
  const watches = Array.from({ length: 8 }, () =>
    transport.stream({ path: pathOf(configMapKind, namespace), query, inactivityMs: 60_000 }),
  );
  await Promise.all(watches.map((watch) => watch.next()));
  const writes = Array.from({ length: 100 }, (_, i) => writeConfigMap(transport, namespace, `h1-${i}`, '1'));
  assert.ok((await Promise.all(writes)).every(({ code }) => code === 201));
  for (const watch of watches) await watch.return();
});

test('an API server that keeps sending connections away (GOAWAY) costs hardly a request, and each of those is told', async () => {
  const second = await startSecondApiserver(rig, 6445, ['--goaway-chance=0.02']);
  ends.push(() => second.process.kill());
  const forwarder = await Forwarder.start(second.url);
  ends.push(() => forwarder.stop());
  const transport = open({ access: at(forwarder.url) });
  let next = 0;
  const lost: unknown[] = [];
  async function work(): Promise<void> {
    while (next < 1_000) {
      const write = writeConfigMap(transport, namespace, `goaway-${next++ % 50}`, `${next}`);
      await write.catch((error: unknown) => lost.push(error));
    }
  }
  await Promise.all(Array.from({ length: 16 }, work));
  // undici sends a request that was not taken once more, not for ever (MAX_GOAWAY_REPLAY_ATTEMPTS in client-h2.js).
  assert.ok(lost.length <= 10, `${lost.length} of 1,000 requests were lost: ${lost[0]}`);
  for (const error of lost) assert.equal(classify(error), 'unavailable');
  assert.ok(forwarder.accepted > 3, `only ${forwarder.accepted} connections: no GOAWAY came`);
});
