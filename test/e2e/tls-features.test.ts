import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tlsProfiles } from '../../src/route/tls-profile.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { shakeHands } from '../support/handshake.ts';
import { findLocations, findServer } from '../support/ingress-nginx/rendered-conf.ts';
import { ingressNginxOf, waitUntilServed } from '../support/live-route.ts';
import { listAcceptedCiphers } from '../support/offer-tls.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, waitForCondition } from '../support/routes.ts';
import {
  publishSecureBackend,
  type SecureBackend,
  type SecureHandshake,
  startSecureBackend,
} from '../support/secure-backend.ts';
import { closeSocket, echo, openSocket } from '../support/socket.ts';
import { waitUntil } from '../support/wait-until.ts';

const namespace = 'tls';
const tls = { issuerRef: { name: 'test-ca', kind: 'ClusterIssuer' } };
const service = { name: 'secure', port: 8443 };
const backendName = 'backend.internal.example.com';

/** One path to the backend's own TLS; `caRef` is a Secret. */
function secure(serverName: string, secret?: string, path = '/ws'): object {
  const caRef = secret === undefined ? {} : { caRef: { kind: 'Secret', name: secret } };
  return { path, service, backendTLS: { serverName, ...caRef } };
}

const plain = { path: '/plain', service: { name: 'chat', port: 8080 } };

/** A route of its own for each case. */
const routes = {
  plain: { tls },
  intermediate: { tls: { ...tls, profile: 'Intermediate' } },
  modern: { tls: { ...tls, profile: 'Modern' } },
  verified: { tls, paths: [secure(backendName, 'backend-ca')] },
  misnamed: { tls, paths: [secure('another.internal.example.com', 'backend-ca')] },
  distrusted: { tls, paths: [secure(backendName, 'another-ca')] },
  unverified: { tls, paths: [secure(backendName)] },
  missing: { tls, paths: [secure(backendName, 'later')] },
  mixed: { tls, paths: [plain, secure(backendName, 'backend-ca')] },
  beside: {
    tls,
    paths: [secure('another.internal.example.com', 'another-ca'), secure(backendName, undefined, '/unverified')],
  },
} as const;

describe('TLS of clients and of backends, in the running controller', () => {
  let rig: Rig;
  let operator: Operator;
  let backend: SecureBackend;
  let ca: string;
  let address: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    address = ingressNginxOf(rig).address;
    ca = (await installTestCa(rig)).rootPem;
    backend = await startSecureBackend(rig, backendName);
    // What a class allows is more than a profile does, so that the profile shows.
    await ingressNginxOf(rig).configure({ 'ssl-ciphers': 'ALL:@SECLEVEL=0' });
    await installOperator(rig);
    await applyObjects(rig, [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      secretWith('backend-ca', backend.ca),
      secretWith('another-ca', ca),
    ]);
    await publishBackend(rig, { namespace, name: 'chat', port: 8080 });
    await publishSecureBackend(rig, backend, { namespace, ...service });
    operator = await startOperator(rig);
    await applyObjects(
      rig,
      Object.entries(routes).map(([name, spec]) => buildRoute(namespace, name, spec)),
    );
    for (const name of ['plain', 'intermediate', 'modern', 'verified', 'unverified']) {
      await waitUntilServed(rig, urlOf(name), ca);
    }
  });

  after(async () => {
    await operator?.stop();
    await backend?.stop();
    await rig?.stop();
  });

  function place(name: string) {
    return { address, host: hostOf(name) };
  }

  async function shake(name: string, path = '/ws'): Promise<number> {
    return (await shakeHands(`wss://${hostOf(name)}${path}`, { ca, address })).status;
  }

  function waitForStatus(name: string, status: number, path = '/ws'): Promise<boolean> {
    const look = async () => (await shake(name, path)) === status;
    return waitUntil(look, { what: `${hostOf(name)}${path} to answer ${status}`, timeoutMs: 30_000 });
  }

  /** What the backend has been asked for by a route. */
  function listHandshakes(name: string): readonly SecureHandshake[] {
    return backend.handshakes.filter(({ host }) => host === hostOf(name));
  }

  /** The text of both locations of the path. */
  async function readLocations(name: string, path = '/ws'): Promise<readonly string[]> {
    const all = findLocations(await ingressNginxOf(rig).nginxConf(), hostOf(name));
    const own = [...all].filter(([match]) => match === `= ${path}` || match === `${path}/`).map(([, text]) => text);
    assert.equal(own.length, 2, [...all.keys()].join(', '));
    return own;
  }

  /** What the status says of the fields. */
  async function readFields(name: string, status: 'True' | 'False'): Promise<string> {
    const type = 'FieldsSupported';
    return findCondition(await waitForCondition(rig, namespace, name, { type, status }), type)?.message;
  }

  test('tls.profile: the hosts of the route have the ciphers of Intermediate, others those of the class', async () => {
    const { ciphers } = tlsProfiles.Intermediate;
    const expected = ciphers.filter((cipher) => cipher.startsWith('ECDHE-RSA-')).sort();
    const conf = await ingressNginxOf(rig).nginxConf();
    for (const name of ['intermediate', 'modern']) {
      assert.deepEqual(await listAcceptedCiphers(place(name)), expected, name);
      const server = findServer(conf, hostOf(name));
      assert.match(server, new RegExp(`ssl_ciphers\\s+${ciphers.join(':')};`));
      assert.match(server, /ssl_prefer_server_ciphers\s+off;/);
    }
    const accepted = await listAcceptedCiphers(place('plain'));
    assert.ok(accepted.includes('AES128-SHA') && accepted.length > expected.length, accepted.join(', '));
    assert.doesNotMatch(findServer(conf, hostOf('plain')), /ssl_ciphers/);
    await readFields('intermediate', 'True');
    await readFields('modern', 'False');
  });

  test('backendTLS: a socket to a backend that speaks wss itself, verified, with TLS 1.3 and its name', async () => {
    const socket = await openSocket(urlOf('verified'), { ca, address });
    assert.equal((await echo(socket, 'sealed')).data.toString(), 'sealed');
    await closeSocket(socket);
    const { serverName, protocol } = listHandshakes('verified').at(-1) ?? {};
    assert.deepEqual({ serverName, protocol }, { serverName: backendName, protocol: 'TLSv1.3' });
    for (const text of await readLocations('verified')) {
      assert.match(text, /proxy_pass https:\/\/upstream_balancer;/);
      assert.match(text, /proxy_ssl_trusted_certificate\s+\S*tls-backend-ca\S*;/);
      assert.match(text, /proxy_ssl_verify\s+on;/);
      assert.match(text, /proxy_ssl_protocols\s+TLSv1.2 TLSv1.3;/);
      assert.match(text, new RegExp(`proxy_ssl_name\\s+${backendName};`));
      assert.match(text, /proxy_ssl_server_name\s+on;/);
    }
    for (const text of await readLocations('plain')) assert.match(text, /proxy_pass http:\/\/upstream_balancer;/);
    await readFields('verified', 'True');
  });

  test('backendTLS: a wrong name and a foreign authority are refused', async () => {
    await waitForStatus('misnamed', 502);
    await waitForStatus('distrusted', 502);
    assert.deepEqual(listHandshakes('misnamed'), []);
    assert.deepEqual(listHandshakes('distrusted'), []);
    const log = await ingressNginxOf(rig).errorLog();
    assert.match(log, /upstream SSL certificate does not match "another\.internal\.example\.com"/);
    assert.match(log, /upstream SSL certificate verify error/);
  });

  test('backendTLS without a Secret: encrypted, no name asked for, and the status says so', async () => {
    assert.equal(await shake('unverified'), 101);
    assert.equal(listHandshakes('unverified').at(-1)?.serverName, '');
    assert.match(await readFields('unverified', 'False'), /encrypted, but the certificate is not verified/);
  });

  test('backendTLS with a Secret that is missing: closed until it comes', async () => {
    await waitForStatus('missing', 503);
    await applyObjects(rig, [secretWith('later', backend.ca)]);
    await waitForStatus('missing', 101);
  });

  test('paths that differ in backendTLS are Ingresses of their own, and become one again', async () => {
    await waitForStatus('mixed', 101);
    await waitForStatus('mixed', 101, '/plain');
    assert.ok((await rig.backend?.requests())?.some(({ headers }) => headers.host === hostOf('mixed')));
    assert.equal((await listIngresses('mixed')).length, 2);
    await applyObjects(rig, [buildRoute(namespace, 'mixed', { tls, paths: [plain] })]);
    await waitUntil(async () => (await listIngresses('mixed')).join() === 'mixed-wss', {
      what: 'one Ingress to be left',
      timeoutMs: 30_000,
    });
    await waitForStatus('mixed', 404);
    await waitForStatus('mixed', 101, '/plain');
  });

  test('a path that is not verified, beside one that is, needs proxy-ssl-location-only', async () => {
    assert.match(await readFields('beside', 'False'), /proxy-ssl-location-only/);
    await waitForStatus('beside', 502, '/unverified');
    await ingressNginxOf(rig).configure({ 'proxy-ssl-location-only': 'true' });
    await waitForStatus('beside', 101, '/unverified');
    await waitForStatus('beside', 502);
    await waitForStatus('verified', 101);
  });

  test('nginx accepts the whole', async () => {
    const { code, output } = await ingressNginxOf(rig).testConf();
    assert.equal(code, 0, output);
  });

  async function listIngresses(route: string): Promise<readonly string[]> {
    const selector = encodeURIComponent(`wssroute.dev/route=${route}`);
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses?labelSelector=${selector}`;
    return (await rig.client.list(path)).map(({ metadata }) => metadata.name);
  }
});

function secretWith(name: string, authority: string) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name },
    stringData: { 'ca.crt': authority },
  };
}

function hostOf(name: string): string {
  return `${name}.${namespace}.example.com`;
}

function urlOf(name: string): string {
  return `wss://${hostOf(name)}/ws`;
}
