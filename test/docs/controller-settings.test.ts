import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { tlsProfiles } from '../../src/route/tls-profile.ts';
import { goldenObjects } from '../apiserver/golden-routes.ts';
import type { ApiObject } from '../support/admin-client.ts';
import type { IngressNginx } from '../support/ingress-nginx/ingress-nginx.ts';
import {
  acceptsGreeting,
  listAcceptedCiphers,
  type Place,
  readProtocol,
  resumesSession,
} from '../support/offer-tls.ts';
import { applyObjects } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createNamespace } from '../support/routes.ts';
import { isFakeCertificate, readServedCertificate } from '../support/served-certificate.ts';
import { waitUntil } from '../support/wait-until.ts';
import { root } from './markdown.ts';

/** deploy/controllers/ingress-nginx-configmap.yaml in the running controller, and what the page beside it says of the settings. */

const run = promisify(execFile);
const prefix = 'nginx.ingress.kubernetes.io/';
/** Annotations of the risk "High" that the operator writes. */
const risky = [`${prefix}upstream-hash-by`, `${prefix}proxy-ssl-name`];
const namespace = 'app';
const ingresses = goldenObjects
  .filter(({ object }) => isForNginx(object as ApiObject))
  .map(({ object }, index) => serveOwnHost(object, `golden-${index}`));

let rig: Rig;
let nginx: IngressNginx;
let recommended: Readonly<Record<string, string>>;

/** A host for each kind of key, because a cipher is for one of them. */
const ecdsa = () => ({ address: nginx.address, host: 'ecdsa.example.com' });
const rsa = () => ({ address: nginx.address, host: 'rsa.example.com' });

before(async () => {
  const file = join(root, 'deploy/controllers/ingress-nginx-configmap.yaml');
  recommended = (load(await readFile(file, 'utf8')) as ApiObject).data;
  rig = await startRig({ parts: ['ingress-nginx'] });
  assert.ok(rig.ingressNginx);
  nginx = rig.ingressNginx;
  await createNamespace(rig, namespace);
  for (const { host } of [ecdsa(), rsa()]) {
    const name = host.split('.')[0] ?? '';
    const plain = ingresses.find((each) => !isRisky(each));
    assert.ok(plain);
    await applyObjects(rig, [await makeSecret(name, host), serveOwnHost(plain, name, name)]);
    await waitUntil(async () => !isFakeCertificate(await readServedCertificate(nginx.address, host)), {
      what: `the certificate of ${host}`,
      timeoutMs: 60_000,
    });
  }
});

after(() => rig?.stop());

describe('ingress-nginx with settings of former times', () => {
  before(async () => {
    await configure(
      { 'ssl-protocols': 'TLSv1 TLSv1.1 TLSv1.2', 'ssl-ciphers': 'ALL:@SECLEVEL=0', 'ssl-session-cache': 'false' },
      /ssl_ciphers 'ALL:@SECLEVEL=0';/,
    );
    await waitUntilSteady(true);
  });

  test('accepts what the recommended ones refuse, so that the refusals are theirs', async () => {
    for (const version of ['TLS 1.0', 'TLS 1.1', 'TLS 1.2'] as const) {
      assert.equal(await acceptsGreeting(rsa(), version), true, version);
    }
    assert.equal(await readProtocol(rsa()), 'TLSv1.2');
    const accepted = await listAcceptedCiphers(rsa());
    for (const weak of ['AES128-SHA', 'ECDHE-RSA-AES128-SHA', 'AES256-GCM-SHA384']) {
      assert.ok(accepted.includes(weak), `${weak} is not among ${accepted.join(', ')}`);
    }
    assert.equal(await resumesSession(rsa(), 'TLSv1.2'), false);
  });
});

describe('ingress-nginx with the recommended settings', () => {
  before(async () => {
    await configure(recommended, /ssl_session_timeout 1d;/);
    await waitUntilSteady(false);
  });

  test('refuses SSL 3, TLS 1.0 and 1.1, and takes TLS 1.2 and 1.3', async () => {
    for (const place of [ecdsa(), rsa()]) {
      for (const version of ['SSL 3', 'TLS 1.0', 'TLS 1.1'] as const) {
        assert.equal(await acceptsGreeting(place, version), false, version);
      }
      assert.equal(await acceptsGreeting(place, 'TLS 1.2'), true);
      assert.equal(await readProtocol(place), 'TLSv1.3');
    }
  });

  test('takes the ciphers of Intermediate for TLS 1.2, and no other', async () => {
    const accepted = [...(await listAcceptedCiphers(ecdsa())), ...(await listAcceptedCiphers(rsa()))].sort();
    assert.deepEqual(accepted, [...tlsProfiles.Intermediate.ciphers].sort());
  });

  test('resumes sessions, of TLS 1.2 and of 1.3', async () => {
    assert.match(await nginx.nginxConf(), /ssl_session_cache shared:SSL:10m;/);
    assert.match(await nginx.nginxConf(), /ssl_session_tickets off;/);
    assert.equal(await resumesSession(ecdsa(), 'TLSv1.2'), true);
    assert.equal(await resumesSession(ecdsa(), 'TLSv1.3'), true);
  });

  test('has room for sockets, and keeps them over a reload', async () => {
    const conf = await nginx.nginxConf();
    assert.match(conf, /worker_connections\s+65536;/);
    assert.match(conf, /worker_shutdown_timeout 3600s ?;/);
  });

  test('tells browsers to stay with TLS, for the host alone', async () => {
    const { headers } = await fetchHeaders(ecdsa());
    assert.equal(headers['strict-transport-security'], 'max-age=63072000');
  });

  test('serves every Ingress of a golden route, and nothing with a snippet', async () => {
    const snippet = serveOwnHost(ingresses[0], 'snippet');
    snippet.metadata.annotations[`${prefix}configuration-snippet`] = 'return 200;';
    await applyObjects(rig, [snippet, ...ingresses]);
    assert.ok(ingresses.length > 40, `${ingresses.length} Ingresses`);
    await waitUntilServed(ingresses);
    assert.equal(isServed(await nginx.nginxConf(), 'snippet'), false);
    assert.equal((await nginx.testConf()).code, 0);
  });

  test('drops with the risk level Medium what the page says, and nothing else', async () => {
    const [dropped, served] = [ingresses.filter(isRisky), ingresses.filter((each) => !isRisky(each))];
    assert.ok(dropped.length > 0, 'no golden route has an annotation of the risk High');
    await configure({ 'annotations-risk-level': 'Medium', 'keep-alive': '74' }, /keepalive_timeout\s+74s/);
    // Under new names: what is served already stays so until the controller is started again.
    const renew = (each: ApiObject) => serveOwnHost(each, `medium-${each.metadata.name}`);
    await applyObjects(rig, [...dropped, ...served].map(renew));
    await waitUntilServed(served.map(renew));
    const conf = await nginx.nginxConf();
    for (const { metadata } of dropped.map(renew)) assert.equal(isServed(conf, metadata.name), false, metadata.name);
  });
});

async function configure(data: Readonly<Record<string, string>>, sign: RegExp): Promise<void> {
  await nginx.configure(data);
  await waitUntil(async () => sign.test(await nginx.nginxConf()), {
    what: 'the settings to be in force',
    timeoutMs: 60_000,
  });
}

/** While nginx reloads, old workers and new ones both answer: all of many connections have to say the same. */
async function waitUntilSteady(accepts: boolean): Promise<void> {
  const isSteady = async () => {
    const old = await Promise.all(Array.from({ length: 20 }, () => acceptsGreeting(rsa(), 'TLS 1.0')));
    const recent = await Promise.all(Array.from({ length: 20 }, () => acceptsGreeting(rsa(), 'TLS 1.2')));
    return old.every((each) => each === accepts) && recent.every(Boolean);
  };
  await waitUntil(isSteady, { what: 'nginx to have reloaded', timeoutMs: 20_000 });
}

async function waitUntilServed(objects: readonly ApiObject[]): Promise<void> {
  const listMissing = async () => {
    const conf = await nginx.nginxConf();
    return objects.map(({ metadata }) => metadata.name).filter((name) => !isServed(conf, name));
  };
  await waitUntil(async () => (await listMissing()).length === 0, {
    what: 'every Ingress to be served',
    timeoutMs: 60_000,
    explain: async () => `not served: ${(await listMissing()).join(', ')}`,
  });
}

async function fetchHeaders({ address, host }: Place): Promise<IncomingMessage> {
  const asked = request({
    host: address,
    servername: host,
    headers: { host },
    rejectUnauthorized: false,
    timeout: 10_000,
  });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.destroy();
  return answer;
}

/** A copy that asks for nothing else's host. */
function serveOwnHost(object: ApiObject, name: string, secret?: string): ApiObject {
  const copy = structuredClone(object);
  const host = `${name}.example.com`;
  const [rule] = copy.spec.rules;
  const [{ secretName }] = copy.spec.tls;
  copy.metadata = { namespace, name, annotations: copy.metadata.annotations };
  copy.spec = {
    ...copy.spec,
    ingressClassName: 'nginx',
    tls: [{ hosts: [host], secretName: secret ?? secretName }],
    rules: [{ ...rule, host }],
  };
  return copy;
}

/** A self-signed certificate with a key of the kind that `name` says. */
async function makeSecret(name: string, host: string): Promise<ApiObject> {
  const directory = await mkdtemp(join(tmpdir(), 'wss-settings-'));
  try {
    const [key, certificate] = [join(directory, 'key'), join(directory, 'crt')];
    const kind = name === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    await run('openssl', [
      ...['req', '-x509', '-newkey', ...kind, '-noenc', '-keyout', key, '-out', certificate, '-days', '7'],
      ...['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`],
    ]);
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { namespace, name },
      stringData: { 'tls.crt': await readFile(certificate, 'utf8'), 'tls.key': await readFile(key, 'utf8') },
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Other dialects have Ingresses, too. */
function isForNginx({ kind, metadata }: ApiObject): boolean {
  return kind === 'Ingress' && Object.keys(metadata.annotations ?? {}).some((name) => name.startsWith(prefix));
}

function isRisky({ metadata }: ApiObject): boolean {
  return risky.some((name) => name in (metadata.annotations ?? {}));
}

function isServed(conf: string, name: string): boolean {
  return conf.includes(`server_name ${name}.example.com `);
}
