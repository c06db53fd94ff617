import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { loadClusterAccess } from '../../../src/kube/credentials.ts';
import { CredentialsError } from '../../../src/kube/errors.ts';
import { RotatingCredentials } from '../../../src/kube/rotation.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { FakeClock } from './fake-clock.ts';

let folder: string;
const inCluster = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wss-credentials-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function writeServiceAccount(): Promise<void> {
  await writeFile(join(folder, 'token'), 'secret-token\n');
  await writeFile(join(folder, 'ca.crt'), 'CA');
  await writeFile(join(folder, 'namespace'), 'wss-system\n');
}

async function writeKubeconfig(
  name: string,
  change: (config: Record<string, unknown>) => void = () => {},
): Promise<string> {
  const config: Record<string, unknown> = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    clusters: [
      {
        name: 'c',
        cluster: { server: 'https://192.0.2.1:6443', 'certificate-authority-data': 'Q0E=', 'tls-server-name': 'api' },
      },
    ],
    users: [{ name: 'u', user: { token: 'abc' } }],
    contexts: [
      { name: 'one', context: { cluster: 'c', user: 'u', namespace: 'team' } },
      { name: 'two', context: { cluster: 'c', user: 'u' } },
    ],
  };
  change(config);
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(config));
  return file;
}

test('reads the service account of the Pod', async () => {
  await writeServiceAccount();
  const access = await loadClusterAccess({ env: inCluster, serviceAccount: folder });
  assert.equal(access.server.href, 'https://10.0.0.1:6443/');
  assert.equal(access.currentNamespace, 'wss-system');
  assert.deepEqual(access.tls, { ca: 'CA' });
  assert.deepEqual(await access.authorize(), { authorization: 'Bearer secret-token' });
});

test('an IPv6 address of the API server gets its brackets', async () => {
  await writeServiceAccount();
  const access = await loadClusterAccess({ env: { KUBERNETES_SERVICE_HOST: 'fd00::1' }, serviceAccount: folder });
  assert.equal(access.server.href, 'https://[fd00::1]/');
});

test('a kubeconfig that is asked for goes before KUBECONFIG, and that before the service account', async () => {
  await writeServiceAccount();
  const flag = await writeKubeconfig('flag', (config) => {
    config.clusters = [{ name: 'c', cluster: { server: 'https://flag' } }];
  });
  const variable = await writeKubeconfig('variable', (config) => {
    config.clusters = [{ name: 'c', cluster: { server: 'https://variable' } }];
  });
  const env = { ...inCluster, KUBECONFIG: variable };
  const serviceAccount = folder;
  assert.equal((await loadClusterAccess({ kubeconfig: flag, env, serviceAccount })).server.host, 'flag');
  assert.equal((await loadClusterAccess({ env, serviceAccount })).server.host, 'variable');
  assert.equal((await loadClusterAccess({ env: inCluster, serviceAccount })).server.host, '10.0.0.1:6443');
});

test('reads server, namespace, TLS and token of a kubeconfig, and another context when it is named', async () => {
  const kubeconfig = await writeKubeconfig('config');
  const one = await loadClusterAccess({ kubeconfig, env: {} });
  assert.equal(one.server.href, 'https://192.0.2.1:6443/');
  assert.equal(one.currentNamespace, 'team');
  assert.equal(one.tls.ca?.toString(), 'CA');
  assert.equal(one.tls.servername, 'api');
  assert.deepEqual(await one.authorize(), { authorization: 'Bearer abc' });
  assert.equal((await loadClusterAccess({ kubeconfig, context: 'two', env: {} })).currentNamespace, 'default');
});

test('merges the files of KUBECONFIG', async () => {
  const first = await writeKubeconfig('first', (config) => {
    config.users = [];
  });
  const second = await writeKubeconfig('second', (config) => {
    config.clusters = [];
    config.contexts = [];
    delete config['current-context'];
  });
  const access = await loadClusterAccess({ env: { KUBECONFIG: `${first}:${second}` } });
  assert.deepEqual(await access.authorize(), { authorization: 'Bearer abc' });
});

test('runs an exec plugin, and again after its credentials were rejected', async () => {
  const script = join(folder, 'plugin.sh');
  const counter = join(folder, 'counter');
  await writeFile(counter, '');
  const credential =
    '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-%s"}}';
  await writeFile(script, `echo x >> ${counter}; printf '${credential}' "$(wc -l < ${counter})"`);
  const kubeconfig = await writeKubeconfig('exec', (config) => {
    config.users = [
      { name: 'u', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: [script] } } },
    ];
  });
  const access = await loadClusterAccess({ kubeconfig, env: {} });
  assert.deepEqual(await access.authorize(), { authorization: 'Bearer token-1' });
  // Right after a reading, a rejection does not cause another one.
  await waitUntil(async () => (await access.authorize({ isRejected: true })).authorization === 'Bearer token-2', {
    what: 'the plugin to be run again',
    timeoutMs: 10_000,
  });
});

test('every mistake is named with its place', async () => {
  const missing = join(folder, 'missing');
  const broken = join(folder, 'broken');
  await writeFile(broken, 'clusters: [');
  const table: [Parameters<typeof loadClusterAccess>[0], RegExp][] = [
    [
      { env: {} },
      /no cluster is configured: --kubeconfig is not given, KUBECONFIG and KUBERNETES_SERVICE_HOST are not set/,
    ],
    [{ env: { HOME: folder } }, /\.kube\/config does not exist/],
    [{ kubeconfig: missing, env: {} }, new RegExp(`kubeconfig ${missing} cannot be read: ENOENT`)],
    [{ kubeconfig: broken, env: {} }, new RegExp(`kubeconfig ${broken} cannot be read`)],
    [{ env: inCluster, serviceAccount: folder }, new RegExp(`file ${folder}/(token|ca.crt) cannot be read`)],
    [
      { env: { ...inCluster, KUBERNETES_SERVICE_PORT: 'x' }, serviceAccount: folder },
      /KUBERNETES_SERVICE_PORT=x make no address/,
    ],
    [
      { kubeconfig: await writeKubeconfig('a'), context: 'three', env: {} },
      /there is no context three; there is one, two/,
    ],
    [
      {
        kubeconfig: await writeKubeconfig('b', (config) => {
          delete config['current-context'];
        }),
        env: {},
      },
      /current-context is not set; name one of one, two by --context/,
    ],
    [
      {
        kubeconfig: await writeKubeconfig('c', (config) => {
          config.clusters = [];
        }),
        env: {},
      },
      /context one names the cluster c, which is not in clusters\[\]/,
    ],
    [
      {
        kubeconfig: await writeKubeconfig('d', (config) => {
          config.users = [];
        }),
        env: {},
      },
      /context one names the user u, which is not in users\[\]/,
    ],
    [
      {
        kubeconfig: await writeKubeconfig('e', (config) => {
          config.clusters = [{ name: 'c', cluster: { server: 'not a url' } }];
        }),
        env: {},
      },
      /server of cluster c is not a URL: not a url/,
    ],
    [
      {
        kubeconfig: await writeKubeconfig('f', (config) => {
          config.clusters = [{ name: 'c', cluster: { server: 'https://x', 'proxy-url': 'http://proxy' } }];
        }),
        env: {},
      },
      /proxy-url of cluster c is not supported/,
    ],
    [
      {
        kubeconfig: await writeKubeconfig('g', (config) => {
          config.users = [{ name: 'u', user: { 'client-certificate': join(folder, 'no.crt') } }];
        }),
        env: {},
      },
      /credentials of the user cannot be read: ENOENT.*no\.crt/,
    ],
  ];
  for (const [options, expected] of table) {
    await assert.rejects(loadClusterAccess(options), (error: unknown) => {
      assert.ok(error instanceof CredentialsError, String(error));
      assert.match(error.message, expected);
      return true;
    });
  }
});

test('reads again after a minute, and at once after a rejection; one reading serves all that wait', async () => {
  const clock = new FakeClock();
  let readings = 0;
  const credentials = new RotatingCredentials(read, { headers: { authorization: '0' }, tls: { ca: 'A' } }, clock);
  async function read() {
    readings += 1;
    return { headers: { authorization: `${readings}` }, tls: { ca: readings < 3 ? 'A' : 'B' } };
  }
  const { tls } = credentials;
  await clock.advance(59_000);
  assert.equal((await credentials.authorize()).authorization, '0');
  await clock.advance(2_000);
  const both = await Promise.all([credentials.authorize(), credentials.authorize()]);
  assert.deepEqual(
    both.map((headers) => headers.authorization),
    ['1', '1'],
  );
  await clock.advance(600);
  assert.equal((await credentials.authorize({ isRejected: true })).authorization, '2');
  assert.equal(credentials.tls, tls, 'equal content is no reason to connect again');
  await clock.advance(600);
  await credentials.authorize({ isRejected: true });
  assert.notEqual(credentials.tls, tls);
});

test('files that cannot be read just now do no harm as long as the old credentials work', async () => {
  const clock = new FakeClock();
  let isBroken = true;
  const credentials = new RotatingCredentials(read, { headers: { authorization: 'old' }, tls: {} }, clock);
  async function read() {
    if (isBroken) throw new CredentialsError('token: EIO');
    return { headers: { authorization: 'new' }, tls: {} };
  }
  await clock.advance(61_000);
  assert.equal((await credentials.authorize()).authorization, 'old');
  await assert.rejects(credentials.authorize({ isRejected: true }), /EIO/);
  isBroken = false;
  await clock.advance(6_000);
  assert.equal((await credentials.authorize()).authorization, 'new');
});
