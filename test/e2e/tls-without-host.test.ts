import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { shakeHands } from '../support/handshake.ts';
import { ingressNginxOf, proveRoute, waitUntilReady, waitUntilServed } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { fetchPlain } from '../support/plain-http.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, certificatePath, findCondition, routePath } from '../support/routes.ts';
import { isFakeCertificate, readServedCertificate } from '../support/served-certificate.ts';
import { openSocket } from '../support/socket.ts';

describe('a route without a host', () => {
  let rig: Rig;
  let operator: Operator;
  let ca: string;
  let address: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    address = ingressNginxOf(rig).address;
    ca = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'plant' } }]);
    await publishBackend(rig, { namespace: 'plant', name: 'chat', port: 8080 });
    operator = await startOperator(rig);
    const issuerRef = { name: 'test-ca', kind: 'ClusterIssuer' };
    const paths = (path: string) => [{ path, service: { name: 'chat', port: 8080 } }];
    await applyObjects(rig, [
      buildRoute('plant', 'named'),
      buildRoute('plant', 'bare', { hosts: [], paths: paths('/bare'), tls: { issuerRef, ipAddresses: [address] } }),
      buildRoute('plant', 'any', {
        hosts: [],
        paths: paths('/any'),
        tls: { issuerRef, dnsNames: ['any.example.org'] },
      }),
    ]);
    for (const name of ['named', 'bare', 'any']) await waitUntilReady(rig, 'plant', name);
    for (const name of ['bare', 'any']) await waitUntilServed(rig, `wss://${address}/${name}`);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('the Certificates hold the address, and the extra name', async () => {
    const bare = await rig.client.get(certificatePath('plant', 'bare-wss'));
    assert.deepEqual([bare.spec.ipAddresses, bare.spec.dnsNames], [[address], undefined]);
    const any = await rig.client.get(certificatePath('plant', 'any-wss'));
    assert.deepEqual([any.spec.ipAddresses, any.spec.dnsNames], [undefined, ['any.example.org']]);
    const { status } = await rig.client.get(routePath('plant', 'bare'));
    assert.deepEqual(status.urls, [`wss://${address}/bare`]);
  });

  test("every client is shown the controller's default certificate, and the status says so and what to do", async () => {
    for (const name of ['', 'any.example.org']) {
      const shown = await readServedCertificate(address, name);
      assert.ok(isFakeCertificate(shown), `${name}: ${shown.subject}`);
    }
    await assert.rejects(openSocket(`wss://${address}/bare`, { ca, address }), /certificate|issuer/);
    await assert.rejects(openSocket('wss://any.example.org/any', { ca, address }), /certificate|issuer/);
    assert.equal((await shakeHands('wss://any.example.org/any', { address })).status, 101);
    for (const name of ['bare', 'any']) {
      const { message } = findCondition(await rig.client.get(routePath('plant', name)), 'Programmed');
      assert.match(message, /no host: .*default certificate/);
      assert.ok(message.includes(`--default-ssl-certificate=plant/${name}-wss`), message);
    }
  });

  test('plain HTTP is redirected', async () => {
    for (const host of [address, 'any.example.org']) {
      const { status, location } = await fetchPlain(address, host, '/any');
      assert.deepEqual([status, location], [308, `https://${host}/any`]);
    }
  });

  test('wss:// to the bare address works once the controller shows the certificate by default', async () => {
    await ingressNginxOf(rig).showByDefault('plant/bare-wss');
    const url = `wss://${address}/bare`;
    await proveRoute(rig, url, ca);
    const shown = await readServedCertificate(address);
    assert.equal(shown.subjectAltName, `IP Address:${address}`);
    // A route with a host keeps its own.
    await proveRoute(rig, 'wss://named.plant.example.com/ws', ca);
  });

  test('so does wss:// to an extra name', async () => {
    await ingressNginxOf(rig).showByDefault('plant/any-wss');
    await proveRoute(rig, 'wss://any.example.org/any', ca);
  });
});
