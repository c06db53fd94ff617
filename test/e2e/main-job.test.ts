import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import type { ApiObject } from '../support/admin-client.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { shakeHands } from '../support/handshake.ts';
import { findLocations } from '../support/ingress-nginx/rendered-conf.ts';
import { waitUntilServed } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { fetchPlain } from '../support/plain-http.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, certificatePath, ingressPath, waitForCondition } from '../support/routes.ts';
import { closeSocket, echo, openSocket, ping } from '../support/socket.ts';
import { listRepeatedStatuses, listWrites } from '../support/writes.ts';

const main = new URL('../../src/main.ts', import.meta.url).pathname;

describe('the main job: one WssRoute, and wss:// works', () => {
  let rig: Rig;
  let operator: Operator;
  let ca: string;
  const url = 'wss://chat.main.example.com/ws';

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    ca = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'main' } }]);
    await publishBackend(rig, { namespace: 'main', name: 'chat', port: 8080, portName: 'ws' });
    operator = await startOperator(rig);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('a route becomes Ready, with one write for each child and one for each piece of news', async () => {
    const mark = rig.audit.mark();
    const started = performance.now();
    await applyObjects(rig, [buildRoute('main', 'chat')]);
    const route = await waitForCondition(rig, 'main', 'chat', { type: 'Ready', status: 'True' });
    console.log(`# from apply to Ready: ${Math.round(performance.now() - started)} ms`);
    assert.deepEqual(route.status.urls, [url]);
    assert.deepEqual(route.status.addresses, [rig.ingressNginx?.address]);
    assert.match(route.status.certificate.notAfter, /^\d{4}-\d\d-\d\dT/);
    const writes = listWrites(rig, mark);
    console.log(`# writes: ${writes.join(', ')}`);
    assert.equal(writes.filter((write) => write === 'certificates main/chat-wss').length, 1);
    assert.equal(writes.filter((write) => write === 'ingresses main/chat-wss').length, 1);
    const statusWrites = writes.filter((write) => write === 'wssroutes/status main/chat').length;
    assert.equal(writes.length, 2 + statusWrites);
    assert.ok(statusWrites > 0 && statusWrites <= 5, `${statusWrites} status writes`);
    assert.deepEqual(listRepeatedStatuses(rig, mark), []);
  });

  test('text, binary, a message of 1 MiB and ping travel through TLS and nginx', async () => {
    await waitUntilServed(rig, url, ca);
    const socket = await openSocket(url, { ca, address: addressOf(rig) });
    const text = await echo(socket, 'héllo');
    assert.deepEqual([text.data.toString(), text.isBinary], ['héllo', false]);
    const bytes = Buffer.from([0, 255, 1, 254]);
    const binary = await echo(socket, bytes);
    assert.deepEqual([binary.data, binary.isBinary], [bytes, true]);
    const large = Buffer.alloc(1 << 20, 'wss');
    const answer = await echo(socket, large);
    assert.ok(answer.data.equals(large));
    await ping(socket);
    await closeSocket(socket);
  });

  test('the backend sees the client and the scheme', async () => {
    const from = '127.0.0.77';
    const { status } = await shakeHands(url, { ca, from, address: addressOf(rig), headers: { 'x-test': 'headers' } });
    assert.equal(status, 101);
    const seen = (await rig.backend?.requests())?.find(({ headers }) => headers['x-test'] === 'headers');
    assert.equal(seen?.headers['x-forwarded-proto'], 'https');
    assert.equal(seen?.headers['x-real-ip'], from);
    assert.equal(seen?.headers['x-forwarded-for'], from);
    assert.equal(seen?.headers.host, 'chat.main.example.com');
    assert.equal(seen?.url, '/ws');
  });

  test('a certificate of another authority is refused by the client', async () => {
    const [stranger = ''] = rootCertificates;
    await assert.rejects(openSocket(url, { ca: stranger, address: addressOf(rig) }), /certificate|issuer/);
  });

  test('plain HTTP is redirected', async () => {
    const { status, location } = await fetchPlain(addressOf(rig), 'chat.main.example.com', '/ws');
    assert.equal(status, 308);
    assert.equal(location, url.replace('wss:', 'https:'));
  });

  test('a path outside of the route is not served', async () => {
    await assert.rejects(openSocket('wss://chat.main.example.com/other', { ca, address: addressOf(rig) }), /404/);
  });

  test('the rendered nginx.conf has the directives of the route, and nginx accepts it', async () => {
    const conf = (await rig.ingressNginx?.nginxConf()) ?? '';
    const location = findLocations(conf, 'chat.main.example.com').get('/ws/') ?? '';
    for (const directive of [
      /proxy_read_timeout\s+3600s;/,
      /proxy_send_timeout\s+3600s;/,
      /proxy_connect_timeout\s+5s;/,
      /proxy_set_header\s+Upgrade\s+\$http_upgrade;/,
      /proxy_set_header\s+Connection\s+\$connection_upgrade;/,
      /proxy_http_version\s+1\.1;/,
    ]) {
      assert.match(location, directive);
    }
    const { code, output } = (await rig.ingressNginx?.testConf()) ?? { code: -1, output: '' };
    assert.equal(code, 0, output);
  });

  test('the objects are those of the golden files', async () => {
    const certificate = await rig.client.get(certificatePath('main', 'chat-wss'));
    assert.deepEqual(certificate.spec, {
      secretName: 'chat-wss',
      dnsNames: ['chat.main.example.com'],
      issuerRef: { name: 'test-ca', kind: 'ClusterIssuer', group: 'cert-manager.io' },
      usages: ['digital signature', 'key encipherment', 'server auth'],
    });
    const ingress = await rig.client.get(ingressPath('main', 'chat-wss'));
    assert.deepEqual(ingress.spec.tls, [{ hosts: ['chat.main.example.com'], secretName: 'chat-wss' }]);
    assert.equal(ingress.metadata.annotations['nginx.ingress.kubernetes.io/proxy-read-timeout'], '3600');
    assert.equal(ingress.metadata.ownerReferences[0].name, 'chat');
  });

  test('render prints, offline, just what was applied', async () => {
    const file = join(rig.directory, 'live-route.yaml');
    await writeFile(file, await rig.kubectl('get', 'wssroute', 'chat', '-n', 'main', '-o', 'yaml'));
    const { stdout } = await promisify(execFile)(process.execPath, [main, 'render', '-o', 'json', '-f', file]);
    for (const rendered of (JSON.parse(stdout) as { items: ApiObject[] }).items) {
      const path = rendered.kind === 'Ingress' ? ingressPath('main', 'chat-wss') : certificatePath('main', 'chat-wss');
      const { metadata, spec } = await rig.client.get(path);
      const { labels, annotations, ownerReferences } = metadata;
      const shown = { labels, ...(annotations && { annotations }), ownerReferences };
      assert.deepEqual(rendered.spec, spec);
      assert.deepEqual(rendered.metadata, { name: 'chat-wss', namespace: 'main', ...shown });
    }
  });

  test('kubectl shows the route in one line', async () => {
    const table = await rig.kubectl('get', 'wssroutes', '-n', 'main');
    assert.match(
      table,
      /chat\s+\["chat.main.example.com"\]\s+wss:\/\/chat.main.example.com\/ws\s+True\s+Ready\s+\S+\s+\S+/,
    );
  });
});

function addressOf(rig: Rig): string {
  assert.ok(rig.ingressNginx);
  return rig.ingressNginx.address;
}
