import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type DemoProcess, launchDemo, listMarked } from '../demo/demo-process.ts';
import { builtKubectl } from '../demo/kubectl.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Runs the demo as a person does. It makes a sandbox of its own within the sandbox of this test. */

const run = promisify(execFile);
const send = join(import.meta.dirname, '..', 'demo', 'send.ts');
const echoed = /sent "hello from the demo", received "hello from the demo"/;

let temporary: string;
/** A variable in the environment of every process that a demo starts. */
let mark: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'demo-test-'));
  mark = `WSS_DEMO_TEST=${randomUUID()}`;
});

afterEach(async () => {
  for (const pid of await listMarked(mark)) process.kill(pid, 'SIGKILL');
  await rm(temporary, { recursive: true, force: true });
});

describe('the demo on a control plane of its own', () => {
  test('echoes over wss://, prints what there is, ends by itself and leaves nothing behind', async () => {
    const started = startDemo();
    assert.equal(await started.exitCode(), 0, started.output());
    const output = started.output();
    assert.match(output, echoed);
    assertPrintOut(output, 'demo', 'letsencrypt');
    assert.match(output, /opened at 192\.0\.2\.10, certificate verified/);
    assert.equal(output.includes('\u001b'), false, 'colours in a pipe');
    await assertNothingLeft();
  });

  test('--keep can be used from outside until SIGINT', async () => {
    const started = startDemo('--keep');
    await started.until(/Ctrl-C stops everything/);
    const [kubeconfig = ''] = /\/\S+\/kubeconfig/.exec(started.output()) ?? [];
    const [root = ''] = /\/\S+\/root\.pem/.exec(started.output()) ?? [];
    const { port } = /wss:\/\/chat\.example\.com:(?<port>\d+)\/ws/.exec(started.output())?.groups ?? {};
    const kubectl = (...args: string[]) =>
      run(builtKubectl(), ['--kubeconfig', kubeconfig, '--namespace=demo', ...args]);
    assert.match((await kubectl('get', 'wssroutes')).stdout, /^chat .* True +Ready /m);
    const url = `wss://chat.example.com:${port}/ws`;
    const { stdout } = await run(process.execPath, [send, '--ca', root, '--address', '127.0.0.1', url, 'from outside']);
    assert.equal(stdout, 'from outside\n');
    const change = '[{"op":"replace","path":"/spec/paths/0/service/port","value":9090}]';
    await kubectl('patch', 'wssroute', 'chat', '--type=json', `--patch=${change}`);
    await started.until(/ResolvedRefs=False ServicePortNotFound/);
    started.process.kill('SIGINT');
    assert.equal(await started.exitCode(), 0, started.output());
    await assertNothingLeft();
  });

  test('SIGTERM in the middle ends everything', async () => {
    const started = startDemo('--keep');
    await started.until(/control plane runs/);
    started.process.kill('SIGTERM');
    assert.equal(await started.exitCode(), 143);
    await assertNothingLeft();
  });

  test('SIGKILL ends everything', async () => {
    const started = startDemo('--keep');
    await started.until(/control plane runs/);
    started.process.kill('SIGKILL');
    assert.equal(await started.exitCode(), null);
    await assertNothingLeft();
  });
});

describe('the demo on a cluster that is there', () => {
  let rig: Rig;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
  });

  after(async () => {
    await rig?.stop();
  });

  test('echoes over wss://, prints what there is and removes its namespace', async () => {
    const started = startDemo('--kubeconfig', rig.kubeconfig);
    await playPod(rig, started);
    assert.equal(await started.exitCode(), 0, started.output());
    const output = started.output();
    assert.match(output, echoed);
    assertPrintOut(output, 'wss-demo', 'demo-ca');
    assert.match(
      output,
      /changed for this cluster.*: spec\.tls\.issuerRef: ClusterIssuer letsencrypt → Issuer demo-ca/,
    );
    assert.equal(await rig.client.find('/api/v1/namespaces/wss-demo'), undefined);
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    assert.ok(await rig.client.find(`${crds}/wssroutes.wssroute.dev`), 'the CustomResourceDefinition is to stay');
    await assertNothingLeft();
  });

  test('SIGINT removes the namespace as well', async () => {
    const started = startDemo('--kubeconfig', rig.kubeconfig);
    await started.until(/namespace wss-demo is there/);
    started.process.kill('SIGINT');
    assert.equal(await started.exitCode(), 130);
    assert.equal(await rig.client.find('/api/v1/namespaces/wss-demo'), undefined);
    await assertNothingLeft();
  });

  test('--keep leaves the namespace and says how to remove it; SIGKILL ends the operator, too', async () => {
    const started = startDemo('--keep', '--kubeconfig', rig.kubeconfig, '--address', rig.ingressNginx?.address ?? '');
    await playPod(rig, started);
    await started.until(/the operator goes on as this process/);
    started.process.kill('SIGKILL');
    await started.exitCode();
    assert.ok(await rig.client.find('/api/v1/namespaces/wss-demo'));
    assert.match(started.output(), /if this process is killed: kubectl .* delete namespace wss-demo/);
    await assertNothingLeft();
    await rig.kubectl('delete', 'namespace', 'wss-demo', '--timeout=60s');
  });

  test('a namespace of somebody else is left alone', async () => {
    await rig.kubectl('create', 'namespace', 'wss-demo');
    const started = startDemo('--kubeconfig', rig.kubeconfig);
    assert.equal(await started.exitCode(), 1);
    assert.match(started.output(), /namespace wss-demo is there already and not of the demo/);
    assert.ok(await rig.client.find('/api/v1/namespaces/wss-demo'));
    await rig.kubectl('delete', 'namespace', 'wss-demo', '--timeout=60s');
  });

  test('an IngressClass of another controller does not do', async () => {
    await rig.kubectl('delete', 'ingressclass', 'nginx');
    const started = startDemo('--kubeconfig', rig.kubeconfig);
    assert.equal(await started.exitCode(), 1);
    assert.match(
      started.output(),
      /no IngressClass has the controller k8s\.io\/ingress-nginx; found none at all\. Install/,
    );
    await assertNothingLeft();
  });
});

test('a cluster without cert-manager is told apart', async () => {
  const rig = await startRig({ parts: [] });
  try {
    const started = startDemo('--kubeconfig', rig.kubeconfig);
    assert.equal(await started.exitCode(), 1);
    assert.match(started.output(), /no CustomResourceDefinition certificates\.cert-manager\.io\. Install cert-manager/);
  } finally {
    await rig.stop();
  }
});

test('a wrong command line ends with 2 and says why', async () => {
  for (const [args, because] of [
    [['--bogus'], /--bogus[\s\S]*Usage:/],
    [['--keep', '--once'], /give one of them/],
    [['--address', 'lb'], /--address goes with --kubeconfig/],
    [['--kubeconfig', join(temporary, 'none')], /none is not there/],
  ] as const) {
    const started = startDemo(...args);
    assert.equal(await started.exitCode(), 2);
    assert.match(started.output(), because);
  }
  const help = startDemo('--help');
  assert.equal(await help.exitCode(), 0);
  assert.match(help.output(), /^Usage: npm run demo/);
});

/**
 * No kubelet runs the demo's Deployment here: once its Service is there, this leads it to the rig's echo server, as the
 * Pod would by becoming ready. The image itself is not proved by this.
 */
async function playPod(rig: Rig, started: DemoProcess): Promise<void> {
  assert.ok(rig.backend);
  await started.until(/Issuer demo-ca is ready/);
  const where = 'namespaces/wss-demo';
  const wait = { what: 'the Service of the demo', timeoutMs: 20_000 };
  await rig.client.waitFor(`/api/v1/${where}/services/chat`, (service) => service !== undefined, wait);
  await rig.client.create(`/apis/discovery.k8s.io/v1/${where}/endpointslices`, {
    metadata: { name: 'chat-rig', labels: { 'kubernetes.io/service-name': 'chat' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [rig.backend.address], conditions: { ready: true } }],
    ports: [{ name: 'ws', port: rig.backend.port, protocol: 'TCP' }],
  });
}

function assertPrintOut(output: string, namespace: string, issuer: string): void {
  assert.match(output, /Ready=True Ready: wss:\/\/chat\.example\.com\/ws opens at /);
  assert.match(output, /^chat +\["chat\.example\.com"\] +wss:\/\/chat\.example\.com\/ws +True +Ready/m);
  assert.match(
    output,
    new RegExp(`^kind: Certificate\nmetadata:\n {2}namespace: ${namespace}\n {2}name: chat-wss$`, 'm'),
  );
  assert.match(output, new RegExp(`^ {4}name: ${issuer}$`, 'm'));
  assert.match(output, new RegExp(`^kind: Ingress\nmetadata:\n {2}namespace: ${namespace}\n {2}name: chat-wss$`, 'm'));
  assert.match(output, /nginx\.ingress\.kubernetes\.io\/proxy-read-timeout: '3600'/);
  assert.doesNotMatch(output, /managedFields:|resourceVersion:|uid:/);
  assert.match(output, /^Programmed +True +Programmed +served at 192\.0\.2\.10$/m);
}

/** No process and no file of the demo; the kernel may take a moment to end a sandbox. */
async function assertNothingLeft(): Promise<void> {
  const look = async () => (await listMarked(mark)).length === 0 && (await readdir(temporary)).length === 0;
  await waitUntil(look, {
    what: 'nothing to be left of the demo',
    timeoutMs: 10_000,
    explain: async () => `processes ${await listMarked(mark)}, files ${await readdir(temporary)}`,
  });
}

function startDemo(...args: readonly string[]): DemoProcess {
  return launchDemo(args, { mark, temporary });
}
