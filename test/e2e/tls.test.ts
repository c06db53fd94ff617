import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { createAuthority, issueCertificate } from '../support/certificates.ts';
import { shakeHands } from '../support/handshake.ts';
import { countReloads } from '../support/ingress-nginx/rendered-conf.ts';
import { createIssuer, renewCertificate, requestCertificate } from '../support/issuance.ts';
import { ingressNginxOf, proveRoute, waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, operatorUser, startOperator } from '../support/operator.ts';
import { fetchPlain } from '../support/plain-http.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  certificatePath,
  findCondition,
  ingressPath,
  routePath,
  waitForCondition,
} from '../support/routes.ts';
import { isFakeCertificate, readServedCertificate } from '../support/served-certificate.ts';
import { closeSocket, echo, openSocket } from '../support/socket.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listWrites, settle } from '../support/writes.ts';

const hour = 3_600_000;

describe('certificates: issued, brought along, shared', () => {
  let rig: Rig;
  let operator: Operator;
  let ca: string;
  let address: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    address = ingressNginxOf(rig).address;
    ca = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tls' } }]);
    await publishBackend(rig, { namespace: 'tls', name: 'chat', port: 8080 });
    operator = await startOperator(rig);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('issuerRef to a ClusterIssuer: key, duration and renewal are those of the route', async () => {
    const tls = {
      issuerRef: { name: 'test-ca', kind: 'ClusterIssuer' },
      privateKey: { algorithm: 'ECDSA', size: 256 },
      duration: '48h',
      renewBeforePercentage: 25,
    };
    await applyObjects(rig, [buildRoute('tls', 'issued', { tls })]);
    const route = await waitUntilReady(rig, 'tls', 'issued');
    assert.equal(findCondition(route, 'CertificateReady')?.reason, 'Issued');
    await proveRoute(rig, 'wss://issued.tls.example.com/ws', ca);
    const shown = await readServedCertificate(address, 'issued.tls.example.com');
    assert.equal(shown.subjectAltName, 'DNS:issued.tls.example.com');
    assert.equal(shown.publicKey.asymmetricKeyType, 'ec');
    assert.equal(shown.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    assert.equal(Date.parse(shown.validTo) - Date.parse(shown.validFrom), 48 * hour);
    assert.ok(shown.keyUsage?.includes('1.3.6.1.5.5.7.3.1'), 'server auth');
    const { notAfter, renewalTime } = route.status.certificate;
    assert.equal(Date.parse(notAfter), Date.parse(shown.validTo));
    assert.equal(Date.parse(notAfter) - Date.parse(renewalTime), 12 * hour);
  });

  test('issuerRef to an Issuer of the namespace', async () => {
    const root = await createIssuer(rig, 'tls');
    // The kind is left out: Issuer is the default.
    await applyObjects(rig, [buildRoute('tls', 'own', { tls: { issuerRef: { name: 'own-ca' } } })]);
    await waitUntilReady(rig, 'tls', 'own');
    await proveRoute(rig, 'wss://own.tls.example.com/ws', root);
    await assert.rejects(openSocket('wss://own.tls.example.com/ws', { ca, address }), /certificate|issuer/);
    const shown = await readServedCertificate(address, 'own.tls.example.com');
    assert.equal(shown.publicKey.asymmetricKeyType, 'rsa', "cert-manager's own default");
  });

  test('secretName: the Secret is served as it is, no Certificate is written, and no Secret is looked at', async () => {
    const since = rig.audit.mark();
    const { root, pem, key } = await makeCertificate(rig, 'DNS:brought.tls.example.com');
    await applyObjects(rig, [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/tls',
        metadata: { namespace: 'tls', name: 'brought' },
        stringData: { 'tls.crt': pem, 'tls.key': key },
      },
      buildRoute('tls', 'brought', { tls: { secretName: 'brought' } }),
    ]);
    const route = await waitUntilReady(rig, 'tls', 'brought');
    assert.equal(findCondition(route, 'CertificateReady')?.reason, 'SecretProvided');
    assert.deepEqual(route.status.certificate, { secretName: 'brought' });
    await proveRoute(rig, 'wss://brought.tls.example.com/ws', root);
    assert.equal(await rig.client.find(certificatePath('tls', 'brought-wss')), undefined);
    const children = listWrites(rig, since).filter((write) => !write.startsWith('wssroutes/status'));
    assert.deepEqual(children, ['ingresses tls/brought-wss']);
  });

  test('the operator may not read Secrets and never tries', async () => {
    const secrets = { namespace: 'tls', group: '', resource: 'secrets' };
    for (const verb of ['get', 'list', 'watch']) assert.equal(await mayOperator(rig, { ...secrets, verb }), false);
    const certificates = { namespace: 'tls', group: 'cert-manager.io', resource: 'certificates', verb: 'list' };
    assert.equal(await mayOperator(rig, certificates), true, 'the question is understood');
    const own = rig.audit.requests({ user: operatorUser });
    assert.ok(own.length > 0);
    assert.deepEqual(
      own.filter(({ resource, code }) => resource === 'secrets' || code === 403),
      [],
    );
    const since = rig.audit.mark();
    const kubeconfig = await rig.kubeconfigFor({ user: operatorUser, groups: [] });
    await assert.rejects(rig.kubectl('--kubeconfig', kubeconfig, 'get', 'secrets', '-n', 'tls'), /Forbidden/);
    const [tried] = rig.audit.requests({ since, user: operatorUser }).filter(({ resource }) => resource === 'secrets');
    assert.equal(tried?.code, 403, 'a try would have been seen');
  });

  test('certificateRef: two routes share a wildcard, and each goes on by itself when the Certificate comes', async () => {
    const since = rig.audit.mark();
    const tls = { certificateRef: { name: 'wildcard' } };
    await applyObjects(rig, [
      buildRoute('tls', 'left', { tls, hosts: ['left.shared.example.com'] }),
      buildRoute('tls', 'right', { tls, hosts: ['right.shared.example.com'] }),
    ]);
    for (const name of ['left', 'right']) {
      const missing = { status: 'False', reason: 'CertificateNotFound' };
      await waitForCondition(rig, 'tls', name, { type: 'CertificateReady', ...missing });
      const route = await waitForCondition(rig, 'tls', name, { type: 'Ready', ...missing });
      assert.match(findCondition(route, 'CertificateReady')?.message, /"wildcard" is not in the namespace/);
      assert.equal(await rig.client.find(ingressPath('tls', `${name}-wss`)), undefined);
    }
    await requestCertificate(rig, 'tls', 'wildcard', ['*.shared.example.com']);
    for (const name of ['left', 'right']) await waitUntilReady(rig, 'tls', name);
    for (const name of ['left', 'right']) {
      await proveRoute(rig, `wss://${name}.shared.example.com/ws`, ca);
      const shown = await readServedCertificate(address, `${name}.shared.example.com`);
      assert.equal(shown.subjectAltName, 'DNS:*.shared.example.com');
    }
    const certificates = listWrites(rig, since).filter((write) => write.startsWith('certificates'));
    assert.deepEqual(certificates, [], 'the shared Certificate is somebody else’s');
  });

  test('certificateRef: a host that is not covered is named, and goes on by itself when it is', async () => {
    const hosts = ['one.shared.example.com', 'a.b.shared.example.com'];
    await applyObjects(rig, [buildRoute('tls', 'deep', { hosts, tls: { certificateRef: { name: 'wildcard' } } })]);
    const uncovered = { type: 'CertificateReady', status: 'False', reason: 'NamesNotCovered' };
    const route = await waitForCondition(rig, 'tls', 'deep', uncovered);
    const { message } = findCondition(route, 'CertificateReady');
    assert.equal(message, 'Certificate "wildcard" does not hold a.b.shared.example.com');
    assert.equal(findCondition(route, 'Reconciling')?.status, 'True', 'the Certificate may still be changed');
    const dnsNames = ['*.shared.example.com', 'a.b.shared.example.com'];
    await rig.client.patch(certificatePath('tls', 'wildcard'), { spec: { dnsNames } });
    await waitUntilReady(rig, 'tls', 'deep');
    for (const host of hosts) await proveRoute(rig, `wss://${host}/ws`, ca);
    await proveRoute(rig, 'wss://left.shared.example.com/ws', ca);
  });

  test('a wildcard host serves one label, and no more', async () => {
    await applyObjects(rig, [buildRoute('tls', 'wild', { hosts: ['*.wild.example.com'] })]);
    const route = await waitUntilReady(rig, 'tls', 'wild');
    assert.deepEqual(route.status.urls, ['wss://*.wild.example.com/ws']);
    await proveRoute(rig, 'wss://one.wild.example.com/ws', ca);
    await proveRoute(rig, 'wss://another.wild.example.com/ws', ca);
    for (const host of ['two.levels.wild.example.com', 'wild.example.com']) {
      assert.equal((await shakeHands(`wss://${host}/ws`, { address })).status, 404);
      assert.ok(isFakeCertificate(await readServedCertificate(address, host)), host);
    }
    assert.equal((await fetchPlain(address, 'one.wild.example.com', '/ws')).status, 308);
  });

  test('a renewal changes the certificate that is served; the socket lives on and the Ingress is not written', async () => {
    const url = 'wss://issued.tls.example.com/ws';
    const socket = await openSocket(url, { ca, address });
    const shown = await readServedCertificate(address, 'issued.tls.example.com');
    const [ingress, reloads] = await Promise.all([
      rig.client.get(ingressPath('tls', 'issued-wss')),
      countReloads(ingressNginxOf(rig)),
    ]);
    const since = rig.audit.mark();
    const started = performance.now();
    await renewCertificate(rig, 'tls', 'issued-wss');
    const renewed = await waitUntil(
      async () => {
        const now = await readServedCertificate(address, 'issued.tls.example.com');
        return now.serialNumber !== shown.serialNumber && now;
      },
      { what: 'another certificate to be served', timeoutMs: 30_000 },
    );
    console.log(`# from renewal to the new certificate: ${Math.round(performance.now() - started)} ms`);
    await rig.client.waitFor(
      routePath('tls', 'issued'),
      (route) => Date.parse(route?.status.certificate.notAfter) === Date.parse(renewed.validTo),
      { what: 'the new end of validity in the status', timeoutMs: 15_000 },
    );
    await settle(rig, operator, routePath('tls', 'issued'));
    assert.equal((await echo(socket, 'still here')).data.toString(), 'still here');
    await closeSocket(socket);
    await proveRoute(rig, url, ca);
    const children = listWrites(rig, since).filter((write) => !write.startsWith('wssroutes/status'));
    assert.deepEqual(children, []);
    const { metadata } = await rig.client.get(ingressPath('tls', 'issued-wss'));
    assert.equal(metadata.resourceVersion, ingress.metadata.resourceVersion);
    assert.equal(await countReloads(ingressNginxOf(rig)), reloads);
    const ready = findCondition(await rig.client.get(routePath('tls', 'issued')), 'Ready');
    assert.equal(ready?.status, 'True');
  });
});

/** What `kubectl auth can-i --as` asks. */
async function mayOperator(rig: Rig, resourceAttributes: ApiObject): Promise<boolean> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' };
  const spec = { user: operatorUser, resourceAttributes };
  const { status } = await rig.client.create('/apis/authorization.k8s.io/v1/subjectaccessreviews', { ...review, spec });
  return status.allowed;
}

/** A certificate that cert-manager knows nothing of. */
async function makeCertificate(
  { directory }: Rig,
  altName: string,
): Promise<{ readonly root: string; readonly pem: string; readonly key: string }> {
  const authority = await createAuthority(directory, 'brought-ca');
  const request = { name: 'brought', commonName: 'brought', altNames: [altName], usage: 'serverAuth' } as const;
  const pair = await issueCertificate(directory, authority, request);
  const files = [authority.certificateFile, pair.certificateFile, pair.keyFile];
  const [root = '', pem = '', key = ''] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return { root, pem, key };
}
