import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { publishBackend } from '../support/backend.ts';
import { hasCondition, installTestCa, type TestCa } from '../support/cert-manager.ts';
import type { IngressNginx } from '../support/ingress-nginx/ingress-nginx.ts';
import { openRelay } from '../support/relay.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Proves the rig itself, with objects made by hand: what the operator will make of a WssRoute. */

const NAMESPACE = 'rig-test';
const HOST = 'chat.example.com';
const INGRESSES = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/ingresses`;
const CERTIFICATES = `/apis/cert-manager.io/v1/namespaces/${NAMESPACE}/certificates`;

let rig: Rig;
let ca: TestCa;

before(async () => {
  rig = await startRig({
    parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'],
    progress: (line) => console.log(line),
  });
  ca = await installTestCa(rig);
  await rig.client.create('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await publishBackend(rig, { namespace: NAMESPACE, name: 'chat', port: 80, portName: 'ws' });
});

after(async () => {
  await rig?.stop();
});

test('a certificate of the test authority is issued', async () => {
  await rig.client.create(CERTIFICATES, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'chat' },
    spec: { dnsNames: [HOST], secretName: 'chat-tls', issuerRef: { name: ca.name, kind: 'ClusterIssuer' } },
  });
  const wait = { what: 'the certificate', timeoutMs: 30_000 };
  const certificate = await rig.client.waitFor(`${CERTIFICATES}/chat`, (each) => hasCondition(each, 'Ready'), wait);
  assert.ok(Date.parse(certificate.status.notAfter) > Date.now());
});

test('an Ingress leads wss:// to the backend, which sees the address of the client', async () => {
  await rig.client.create(INGRESSES, {
    metadata: { name: 'chat', annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600' } },
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: [HOST], secretName: 'chat-tls' }],
      rules: [
        {
          host: HOST,
          http: {
            paths: [{ path: '/ws', pathType: 'Prefix', backend: { service: { name: 'chat', port: { name: 'ws' } } } }],
          },
        },
      ],
    },
  });
  const published = await rig.client.waitFor(
    `${INGRESSES}/chat`,
    (ingress) => ingress?.status.loadBalancer.ingress !== undefined,
    { what: 'the address of the Ingress', timeoutMs: 30_000 },
  );
  assert.deepEqual(published.status.loadBalancer.ingress, [{ ip: '192.0.2.10' }]);

  // The address is published before nginx has taken the Ingress over.
  const wait = { what: 'the first echo through nginx', timeoutMs: 15_000 };
  assert.equal(await waitUntil(() => echo('/ws', 'hello'), wait), 'hello');
  const last = (await data(rig.backend).requests()).at(-1);
  assert.equal(last?.url, '/ws');
  assert.equal(last?.headers.host, HOST);
  assert.equal(last?.headers['x-real-ip'], '127.0.0.1');
  assert.equal(last?.headers['x-forwarded-proto'], 'https');
});

test('the rendered configuration passes nginx -t and carries the annotation', async () => {
  const nginx = data(rig.ingressNginx);
  assert.match(await nginx.nginxConf(), /proxy_read_timeout\s+3600s;/);
  const { code, output } = await nginx.testConf();
  assert.equal(code, 0, output);
});

test('the Lua doubles serve every balancer of ingress-nginx', async () => {
  const nginx = data(rig.ingressNginx);
  // At this level nginx tells when it takes to another balancer. The reload for it has to be over: the controller hands the
  // balancers to a worker by HTTP, and one that is on its way out may let that request hang for seconds.
  const reloads = await countReloads(nginx);
  await nginx.configure({ 'error-log-level': 'info' });
  const hasReloaded = async () => (await countReloads(nginx)) > reloads;
  await waitUntil(hasReloaded, { what: 'the reload with the level of the error log', timeoutMs: 30_000 });
  const explain = async () =>
    `${await readFile(nginx.process.logFile, 'utf8')}\n${await nginx.errorLog()}`.slice(-8000);
  const setsCookie = async () => (await handshake('/ws')).headers['set-cookie']?.[0]?.startsWith('rig=');
  const changesTo = (name: string) => async () =>
    new RegExp(`LB algorithm changed from \\S+ to ${name},`).test(await nginx.errorLog());
  const balancers: readonly [string, Record<string, string>, () => Promise<boolean | undefined>][] = [
    ['cookie affinity', { affinity: 'cookie', 'session-cookie-name': 'rig' }, setsCookie],
    ['a hash of the client', { 'upstream-hash-by': '$remote_addr' }, changesTo('chash')],
    [
      'persistent cookies',
      { affinity: 'cookie', 'affinity-mode': 'persistent', 'session-cookie-name': 'rig' },
      setsCookie,
    ],
    ['the fastest backend', { 'load-balance': 'ewma' }, changesTo('ewma')],
    ['one after the other', {}, changesTo('round_robin')],
  ];
  const all = ['affinity', 'affinity-mode', 'session-cookie-name', 'upstream-hash-by', 'load-balance'];
  for (const [what, values, isInForce] of balancers) {
    const annotations = all.map((name) => [`nginx.ingress.kubernetes.io/${name}`, values[name] ?? null]);
    await rig.client.patch(`${INGRESSES}/chat`, { metadata: { annotations: Object.fromEntries(annotations) } });
    await waitUntil(isInForce, { what: `${what} to be in force`, timeoutMs: 30_000, explain });
    assert.equal(await echo('/ws', what), what);
  }
  assert.doesNotMatch(await nginx.errorLog(), /\[error\].*lua/i);
});

test('a relay leads through a file to the API server', async () => {
  const path = join(rig.directory, 'relay.sock');
  const inner = await openRelay({ path }, { port: 6443 });
  const outer = await openRelay({ port: 0 }, { path });
  try {
    const server = `https://127.0.0.1:${outer.port}`;
    assert.match(await rig.kubectl('--server', server, 'get', 'namespace', NAMESPACE), /Active/);
  } finally {
    await Promise.all([outer.close(), inner.close()]);
  }
});

test('the API server comes back with its data after SIGKILL', async () => {
  await rig.apiserver.kill('SIGKILL');
  await assert.rejects(rig.client.get(`${INGRESSES}/chat`));
  await rig.apiserver.restart();
  assert.equal((await rig.client.get(`${INGRESSES}/chat`)).metadata.name, 'chat');
  assert.equal(await echo('/ws', 'still here'), 'still here');
});

test('ingress-nginx, cert-manager and the backend come back after SIGKILL', async () => {
  for (const part of [data(rig.ingressNginx).process, data(rig.certManager), data(rig.backend).process]) {
    await part.kill('SIGKILL');
    await part.restart();
  }
  const wait = { what: 'an echo after the restarts', timeoutMs: 15_000 };
  assert.equal(await waitUntil(() => echo('/ws', 'back again'), wait), 'back again');
});

test('a client without rights is refused, one with a wrong token is not known', async () => {
  const nobody = await rig.kubeconfigFor({ user: 'nobody', groups: [] });
  await assert.rejects(rig.kubectl('--kubeconfig', nobody, 'get', 'secrets'), /Forbidden/);
  const unknown = await rig.kubeconfigForToken('not-a-token');
  await assert.rejects(rig.kubectl('--kubeconfig', unknown, 'get', 'secrets'), /Unauthorized|must be logged in/);
});

test('the audit log tells who wrote what', async () => {
  const mark = rig.audit.mark();
  await rig.client.get(`${INGRESSES}/chat`);
  await rig.kubectl('annotate', '--namespace', NAMESPACE, 'service', 'chat', 'rig=test');
  const writes = rig.audit.writes({ since: mark, user: 'rig-admin' });
  assert.deepEqual(
    writes.map(({ verb, resource, namespace, name, code }) => ({ verb, resource, namespace, name, code })),
    [{ verb: 'patch', resource: 'services', namespace: NAMESPACE, name: 'chat', code: 200 }],
  );
});

/** Sends a message over wss:// and returns what comes back. */
function echo(path: string, message: string): Promise<string> {
  const socket = open(path);
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(message));
    socket.on('error', reject);
    socket.on('message', (received) => {
      socket.close();
      resolve(received.toString());
    });
  });
}

async function countReloads(nginx: IngressNginx): Promise<number> {
  return (await readFile(nginx.process.logFile, 'utf8')).split('Backend successfully reloaded').length - 1;
}

/** The answer to a WebSocket handshake. */
function handshake(path: string): Promise<IncomingMessage> {
  const socket = open(path);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('upgrade', resolve);
    socket.on('open', () => socket.close());
  });
}

/** wss:// through nginx, verifying chain and name. */
function open(path: string): WebSocket {
  const { httpsPort } = data(rig.ingressNginx);
  const options = { ca: ca.rootPem, servername: HOST, headers: { host: HOST }, handshakeTimeout: 10_000 };
  // 127.0.0.1 rather than the published address, so that the backend is told an address other than nginx's own.
  return new WebSocket(`wss://127.0.0.1:${httpsPort}${path}`, options);
}

function data<T>(part: T | undefined): T {
  assert.ok(part !== undefined, 'the rig was started without this part');
  return part;
}
