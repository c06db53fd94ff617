import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../deploy/image/bundle.ts';
import { buildImage } from '../../deploy/image/image.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { ingressNginxOf, proveRoute, waitUntilReady } from '../support/live-route.ts';
import { type NameServer, startNameServer } from '../support/name-server.ts';
import { applyObjects, grantOperator, installOperator } from '../support/operator.ts';
import { RestartableProcess } from '../support/process.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  type Command,
  type ContainerOptions,
  containerCommand,
  type Mount,
  writeProjectedVolume,
} from './container.ts';
import { measureFloor, measureStart, median, waitUntilResting } from './measure.ts';
import { type UnpackedImage, unpackImage } from './oci-layout.ts';

const run = promisify(execFile);
const accountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';
// The namespace that grantOperator binds the role for the Lease in.
const account = { namespace: 'default', name: 'wss-operator' };
const apiserver = 'kubernetes.default.svc';
const resolver = '127.0.0.53';
const limits = { startMs: 400, restingMiB: 100 };

describe('the operator in its image, as a restricted Pod', () => {
  let directory: string;
  let image: UnpackedImage;
  let rig: Rig;
  let ca: string;
  let names: NameServer;
  let mounts: readonly Mount[];
  let operator: RestartableProcess;
  let environment: Pick<ContainerOptions, 'env' | 'mounts'>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wss-image-run-'));
    await buildImage({ root, target: directory, time: new Date(0), revision: 'test' });
    image = await unpackImage(join(directory, 'oci'), join(directory, 'unpacked'));
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    ca = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    await applyObjects(rig, [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shipped' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    ]);
    await grantOperator(rig, { kind: 'ServiceAccount', ...account });
    await publishBackend(rig, { namespace: 'shipped', name: 'chat', port: 8080, portName: 'ws' });
    names = await startNameServer({ address: resolver }, (name) => (name === apiserver ? '127.0.0.1' : undefined));
    mounts = await writeMounts(rig, directory);
    const env = { KUBERNETES_SERVICE_HOST: apiserver, KUBERNETES_SERVICE_PORT: '6443', HOSTNAME: 'wss-operator-0' };
    environment = { env: { ...env, POD_NAMESPACE: account.namespace }, mounts };
    operator = await createOperator(rig, { image, ...environment });
    await operator.start();
  });

  after(async () => {
    await operator?.stop();
    await names?.close();
    await rig?.stop();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  test('runs as process 1, as nonroot, without capabilities, and cannot get any', async () => {
    const status = await readFile(`/proc/${operator.mainPid}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1]?.split(/\s+/);
    assert.deepEqual(field('Uid'), ['65532', '65532', '65532', '65532']);
    assert.deepEqual(field('Gid'), ['65532', '65532', '65532', '65532']);
    for (const set of ['CapPrm', 'CapEff', 'CapInh', 'CapAmb']) assert.match(String(field(set)), /^0+$/, set);
    assert.deepEqual(field('NoNewPrivs'), ['1']);
    assert.equal(field('NSpid')?.at(-1), '1');
    const mounted = await readFile(`/proc/${operator.mainPid}/mounts`, 'utf8');
    const writable = mounted.split('\n').filter((line) => / rw[, ]/.test(line) && !line.startsWith('proc '));
    assert.deepEqual(writable, []);
  });

  test('a route becomes Ready, and wss:// works', async () => {
    await applyObjects(rig, [buildRoute('shipped', 'first')]);
    await waitUntilReady(rig, 'shipped', 'first');
    await proveRoute(rig, 'wss://first.shipped.example.com/ws', ca);
    assert.ok(ingressNginxOf(rig).address);
  });

  test('finds the API server by DNS', () => {
    assert.ok(names.asked.has(apiserver), [...names.asked].join());
  });

  test('measures itself', async () => {
    const metrics = await (await fetch('http://127.0.0.1:8080/metrics')).text();
    for (const name of ['process_resident_memory_bytes', 'process_open_fds', 'process_virtual_memory_bytes']) {
      const value = Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
      assert.ok(value > 0, `${name} is ${value}`);
    }
  });

  test('logs JSON and nothing else', async () => {
    const lines = (await readFile(operator.logFile, 'utf8')).trim().split('\n');
    assert.ok(lines.length > 0);
    for (const line of lines) assert.ok('msg' in JSON.parse(line), line);
  });

  test('goes on with the next token when the kubelet has written one and the old one is worth nothing', async () => {
    const { token: old, secret } = await writeToken(rig, directory, 'second');
    await replaceOperator();
    await applyObjects(rig, [buildRoute('shipped', 'second')]);
    await waitUntilReady(rig, 'shipped', 'second');
    await writeToken(rig, directory, 'third');
    await rig.client.request('DELETE', `/api/v1/namespaces/${account.namespace}/secrets/${secret}`);
    const kubeconfig = await rig.kubeconfigForToken(old);
    await waitUntil(
      () =>
        rig.kubectl('--kubeconfig', kubeconfig, 'get', '--raw', '/version').then(
          () => false,
          (error: Error) => /Unauthorized|must be logged in/.test(error.message),
        ),
      { what: 'the API server to refuse the old token', timeoutMs: 30_000, intervalMs: 250 },
    );
    await applyObjects(rig, [buildRoute('shipped', 'third')]);
    await waitUntilReady(rig, 'shipped', 'third');
  });

  test('may neither write nor start anything, by Node.js and by the system', async () => {
    const { Entrypoint } = image.config;
    const flags = Entrypoint.slice(1, -1);
    const withFlags = await tryForbidden({ image, ...environment, entrypoint: [Entrypoint[0] ?? '', ...flags] });
    assert.deepEqual(withFlags, {
      ...{ write: 'ERR_ACCESS_DENIED', writeProc: 'ERR_ACCESS_DENIED', read: 'ERR_ACCESS_DENIED' },
      ...{ spawn: 'ERR_ACCESS_DENIED', thread: 'ERR_ACCESS_DENIED', addon: 'ERR_DLOPEN_DISABLED' },
      ...{ shell: 'ERR_ACCESS_DENIED', ownFile: 'done', token: 'done' },
    });
    // The same without the flags: what still fails is refused by the system, the rest shows that the flags do something.
    const without = await tryForbidden({ image, ...environment, entrypoint: [Entrypoint[0] ?? ''] });
    assert.equal(without.write, 'EROFS');
    assert.equal(without.shell, 'ENOENT');
    for (const each of ['spawn', 'thread', 'read', 'ownFile', 'token']) assert.equal(without[each], 'done', each);
  });

  test('has the roots of the public authorities', async () => {
    const code = "console.log(require('node:tls').rootCertificates.length)";
    const { command, args } = await containerCommand({
      image,
      entrypoint: ['/usr/local/bin/node', '-e', code],
      args: [],
    });
    assert.ok(Number((await run(command, [...args])).stdout) > 100);
  });

  test('works with a kubeconfig too, which takes the rest of the bundle', async () => {
    const config = JSON.parse(await readFile(await rig.kubeconfigForServiceAccount(account), 'utf8'));
    const { cluster } = config.clusters[0];
    const authority = await readFile(cluster['certificate-authority']);
    config.clusters[0].cluster = { server: cluster.server, 'certificate-authority-data': authority.toString('base64') };
    const file = join(directory, 'kubeconfig');
    await writeFile(file, JSON.stringify(config), { mode: 0o644 });
    await operator.stop();
    const mount = { from: file, to: '/etc/wss-operator/kubeconfig', isFile: true };
    const args = ['run', `--kubeconfig=${mount.to}`];
    operator = await createOperator(rig, { image, mounts: [...mounts, mount], args, env: environment.env ?? {} });
    await operator.start();
    assert.match(await readFile(operator.logFile, 'utf8'), /"credentials":"kubeconfig \/etc\/wss-operator\/kubeconfig/);
  });

  test('ends with 0 on SIGTERM', async () => {
    await replaceOperator();
    await operator.stop();
    assert.match(await readFile(operator.logFile, 'utf8'), /"msg":"stopped"\}\n$/);
  });

  test('renders a route from standard input', async () => {
    const text = JSON.stringify(buildRoute('shipped', 'rendered'));
    const { command, args } = await containerCommand({ image, args: ['render', '-o', 'json', '-f', '-'] });
    const shipped = await pipe({ command, args }, text);
    const source = await pipe(
      { command: process.execPath, args: [join(root, 'src/main.ts'), 'render', '-o', 'json', '-f', '-'] },
      text,
    );
    assert.equal(shipped, source);
    assert.equal(JSON.parse(shipped).items.length, 2);
  });

  test(`starts within ${limits.startMs} ms and rests below ${limits.restingMiB} MiB`, async () => {
    await operator.stop();
    const floor = await measureFloor(image);
    const starts = [];
    for (let count = 0; count < 7; count += 1)
      starts.push(await measureStart(await containerCommand({ image, ...environment })));
    const wall = median(starts.map(({ wallMs }) => wallMs));
    const cpu = median(starts.map(({ cpuMs }) => cpuMs));
    await replaceOperator();
    const resting = await waitUntilResting(operator);
    const best = Math.min(...starts.map(({ wallMs }) => wallMs));
    console.log(`# start to /healthz: median ${wall} ms, best ${best} ms, processor time ${cpu} ms`);
    console.log(
      `# processor time of Node.js alone: ${floor} ms; the operator takes ${(cpu / floor).toFixed(1)} times that`,
    );
    console.log(`# at rest: ${resting.rssMiB} MiB resident, ${resting.anonymousMiB} MiB of it anonymous`);
    assert.ok(resting.rssMiB < limits.restingMiB, `${resting.rssMiB} MiB`);
    // Other work on the machine makes processor time longer too, by its caches, so the bound is twice the limit.
    assert.ok(Math.min(wall, cpu) <= limits.startMs * 2, `${wall} ms, of it ${cpu} ms of processor time`);
  });

  async function replaceOperator(): Promise<void> {
    await operator.stop();
    operator = await createOperator(rig, { image, ...environment });
    await operator.start();
  }
});

let operators = 0;

async function createOperator(rig: Rig, options: ContainerOptions): Promise<RestartableProcess> {
  operators += 1;
  return new RestartableProcess({
    name: 'the operator in its image',
    ...(await containerCommand(options)),
    logFile: join(rig.directory, `image-operator-${operators}.log`),
    isReady: async () => (await fetch('http://127.0.0.1:8081/readyz')).ok,
    readyTimeoutMs: 60_000,
    graceMs: 30_000,
    ownsProcessNamespace: true,
  });
}

/** What the kubelet mounts into every container. */
async function writeMounts(rig: Rig, directory: string): Promise<readonly Mount[]> {
  const hosts = join(directory, 'hosts');
  const resolvConf = join(directory, 'resolv.conf');
  await writeFile(hosts, '127.0.0.1 localhost\n', { mode: 0o644 });
  await writeFile(resolvConf, `nameserver ${resolver}\n`, { mode: 0o644 });
  await writeToken(rig, directory, 'first');
  return [
    { from: hosts, to: '/etc/hosts', isFile: true },
    { from: resolvConf, to: '/etc/resolv.conf', isFile: true },
    { from: join(directory, 'account'), to: accountDirectory },
  ];
}

/** Writes a token that is worth something for as long as its Secret is there. */
async function writeToken(rig: Rig, directory: string, secret: string): Promise<{ token: string; secret: string }> {
  const { namespace, name } = account;
  const { metadata } = await rig.client.create(`/api/v1/namespaces/${namespace}/secrets`, {
    metadata: { name: secret },
  });
  const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name: secret, uid: metadata.uid };
  const { status } = await rig.client.create(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600, boundObjectRef },
  });
  const { clusters } = JSON.parse(await readFile(rig.kubeconfig, 'utf8'));
  const authority = await readFile(clusters[0].cluster['certificate-authority'], 'utf8');
  const files = { token: status.token, namespace, 'ca.crt': authority };
  await writeProjectedVolume(join(directory, 'account'), files);
  return { token: status.token, secret };
}

const attempts = `
const fs = require('node:fs');
const child = (program) => { const { error } = require('node:child_process').spawnSync(program, ['--version']); if (error) throw error; };
const attempts = {
  write: () => fs.writeFileSync('/app/written', ''),
  writeProc: () => fs.writeFileSync('/proc/self/comm', 'x'),
  read: () => fs.readFileSync('/etc/passwd'),
  spawn: () => child('/usr/local/bin/node'),
  shell: () => child('/bin/sh'),
  thread: () => new (require('node:worker_threads').Worker)('0', { eval: true }),
  addon: () => process.dlopen({ exports: {} }, '/lib/addon.node'),
  ownFile: () => fs.readFileSync('/app/main.mjs'),
  token: () => fs.readFileSync('${accountDirectory}/token'),
};
const results = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try { attempt(); results[name] = 'done'; } catch (error) { results[name] = error.code; }
}
console.log(JSON.stringify(results));
`;

/** What each attempt came to: "done" or the code of its error. */
async function tryForbidden(options: ContainerOptions): Promise<Readonly<Record<string, string>>> {
  const { command, args } = await containerCommand({ ...options, args: ['-e', attempts] });
  return JSON.parse((await run(command, [...args])).stdout);
}

async function pipe({ command, args }: Command, input: string): Promise<string> {
  const running = run(command, [...args]);
  running.child.stdin?.end(input);
  return (await running).stdout;
}
