import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CertificateMaker } from '../probe/certificate-maker.ts';
import type { Operator } from '../support/operator.ts';
import { readCpuSeconds, readRssMiB } from '../support/process-usage.ts';
import type { Rig } from '../support/rig.ts';
import { buildRoute, createNamespace, ingressPath, routePath } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { Load } from './bare-handshakes.ts';
import { startAsInPod } from './measure-operator.ts';

const run = promisify(execFile);
const namespace = 'proving';
const host = `route.${namespace}.example.com`;
const inFlight = 64;
const configuration = `apiVersion: config.wssroute.dev/v1alpha1
kind: OperatorConfiguration
verification: { minInterval: 10s, perSecond: 500, concurrency: ${inFlight} }
`;
const successes = 'wss_handshake_seconds_count{result="success"}';

export interface ProvingOptions {
  readonly rig: Rig;
  readonly program: string;
  readonly routes: number;
  readonly note: (line: string) => void;
}

export interface ProvingFigures {
  readonly routes: number;
  readonly handshakes: number;
  readonly handshakesPerSecond: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly cpuMsPerHandshake: number;
  readonly rssMiB: number;
  readonly floor: { readonly cpuMsPerHandshake: number };
  readonly cpuOverFloor: number;
}

/** What it costs to prove routes every 10 s, and what as many bare handshakes with the same server cost. */
export async function measureProving({ rig, program, routes, note }: ProvingOptions): Promise<ProvingFigures> {
  using maker = new CertificateMaker();
  const authority = await maker.make({ commonName: 'Authority of the bench', isAuthority: true });
  const altNames = [`DNS:*.${namespace}.example.com`];
  const identity = await maker.make({ commonName: namespace, altNames }, authority);
  const { listener, port } = await startListener(rig, identity);
  try {
    const file = join(rig.directory, 'proving.yaml');
    await writeFile(file, configuration);
    const operator = await startAsInPod({ rig, program, args: ['--config', file, '--verification'] });
    try {
      await publishRoutes(rig, operator, routes, port);
      note(`${routes} routes: published, being proved`);
      // Each at least twice: what runs often is compiled by then.
      await waitForSuccesses(operator, 2 * routes);
      const proved = await measureWindow(operator, 3 * routes);
      note(`${routes} routes: ${proved.handshakes} handshakes, ${proved.cpuMsPerHandshake} ms of CPU each`);
      const cpuMs = await measureFloor(rig, {
        port,
        host,
        ca: authority.certificate,
        handshakes: 3 * routes,
        inFlight,
      });
      note(`${routes} routes: bare handshakes, ${cpuMs} ms of CPU each`);
      const cpuOverFloor = round(proved.cpuMsPerHandshake / cpuMs);
      return { routes, ...proved, floor: { cpuMsPerHandshake: cpuMs }, cpuOverFloor };
    } finally {
      await operator.stop();
    }
  } finally {
    listener.kill();
  }
}

async function measureWindow(
  operator: Operator,
  count: number,
): Promise<Omit<ProvingFigures, 'routes' | 'floor' | 'cpuOverFloor'>> {
  const [first, cpu, startedAt] = [
    await operator.metric(successes),
    await readCpuSeconds(operator.pid),
    performance.now(),
  ];
  await waitForSuccesses(operator, first + count);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuSeconds = (await readCpuSeconds(operator.pid)) - cpu;
  const handshakes = (await operator.metric(successes)) - first;
  return {
    handshakes,
    handshakesPerSecond: round(handshakes / seconds),
    cpuShare: round(cpuSeconds / seconds),
    cpuMsPerHandshake: round((1000 * cpuSeconds) / handshakes),
    rssMiB: await readRssMiB(operator.pid),
  };
}

async function measureFloor(rig: Rig, load: Load): Promise<number> {
  const file = join(rig.directory, 'bare-handshakes.json');
  await writeFile(file, JSON.stringify(load));
  const { stdout } = await run(process.execPath, [new URL('bare-handshakes.ts', import.meta.url).pathname, file]);
  return round((1000 * (JSON.parse(stdout) as { cpuSeconds: number }).cpuSeconds) / load.handshakes);
}

async function startListener(rig: Rig, identity: object): Promise<{ listener: ChildProcess; port: number }> {
  const file = join(rig.directory, 'proving-listener.json');
  await writeFile(file, JSON.stringify(identity));
  const program = new URL('proving-listener.ts', import.meta.url).pathname;
  const listener = spawn(process.execPath, [program, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(listener.stdout, 'data');
  return { listener, port: (JSON.parse(String(line)) as { port: number }).port };
}

/** Routes whose certificate is somebody else's, at the address of the listener: as the ingress controller publishes it. */
async function publishRoutes(rig: Rig, operator: Operator, routes: number, port: number): Promise<void> {
  await createNamespace(rig, namespace);
  const names = Array.from({ length: routes }, (_, index) => `route-${index}`);
  const spec = { tls: { secretName: 'made-by-hand' }, verification: { interval: '10s', port } };
  const collection = routePath(namespace, '').replace(/\/$/, '');
  await forEach(names, (name) => rig.client.create(collection, buildRoute(namespace, name, spec)));
  const created = 'wss_writes_total{kind="Ingress",reason="created"}';
  await waitUntil(async () => (await operator.metric(created)) >= routes, { what: created, timeoutMs: 300_000 });
  const status = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } };
  await forEach(names, (name) => rig.client.patch(`${ingressPath(namespace, `${name}-wss`)}/status`, { status }));
}

/** Looks rarely: to read the metrics costs the operator something, too. */
async function waitForSuccesses(operator: Operator, count: number): Promise<void> {
  const look = async () => (await operator.metric(successes)) >= count;
  await waitUntil(look, { what: `${count} handshakes`, timeoutMs: 600_000, intervalMs: 5_000 });
}

async function forEach(names: readonly string[], act: (name: string) => Promise<unknown>): Promise<void> {
  const left = names.values();
  async function actUntilDone(): Promise<void> {
    for (const name of left) await act(name);
  }
  await Promise.all(Array.from({ length: 32 }, actUntilDone));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
