/**
 * `npm run bench`: the operator against its floor, in one run on a real API server.
 *
 * The floor is a bare loop that sends exactly the bodies of the final state over one connection, at the best of several numbers
 * in flight. The operator then converges as many routes from nothing, and is restarted with them resident. Prints progress to
 * stderr and the result as JSON to stdout. Figures are ratios; nothing is asserted.
 *
 * `npm run bench -- 1000` takes other numbers of routes; `npm run bench -- proving` (or `-- proving 200`) measures the
 * handshakes that prove the routes every 10 s against as many bare ones.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadClusterAccess } from '../../src/kube/credentials.ts';
import { Transport } from '../../src/kube/transport.ts';
import { buildBundle } from '../support/image.ts';
import { applyObjects, grantOperator, installOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createIngressClass, createNamespace } from '../support/routes.ts';
import { enterSandbox } from '../support/sandbox.ts';
import { measureFloor } from './floor.ts';
import { createRoutes } from './load.ts';
import { measureOperator } from './measure-operator.ts';
import { measureProving } from './proving.ts';

await enterSandbox();

const words = process.argv.slice(2);
const sizes = words.filter((word) => word !== 'proving').map(Number);
const isProving = words.includes('proving');
const rig = await startRig({ parts: [], installCertManagerCrds: true });
try {
  await prepareCluster(rig);
  const program = await buildBundle(rig.directory);
  const results = [];
  if (isProving) results.push(await measureProving({ rig, program, routes: sizes[0] ?? 1000, note }));
  else for (const routes of sizes.length > 0 ? sizes : [1000, 5000]) results.push(await measure(rig, program, routes));
  console.log(JSON.stringify({ node: process.version, cpus: availableParallelism(), results }, null, 2));
} finally {
  await rig.stop();
}

async function measure(rig: Rig, program: string, routes: number): Promise<object> {
  const access = await loadClusterAccess({ kubeconfig: rig.kubeconfig, env: {} });
  const transport = new Transport({ access, version: 'bench' });
  try {
    const floor = await measureFloor({ rig, transport, access, routes, note });
    const namespace = `bench-${routes}`;
    await createNamespace(rig, namespace);
    note(`${routes} routes: creating them for the operator`);
    await createRoutes(transport, namespace, routes);
    const operator = await measureOperator({ rig, program, namespace, routes, note });
    return { routes, floor, operator, convergeOverFloor: round(operator.convergeSeconds / floor.seconds) };
  } finally {
    await transport.close();
  }
}

/** The operator runs as in a Pod: with a ServiceAccount's token in the place where Pods have it. */
async function prepareCluster({ kubeconfig, ...rig }: Rig): Promise<void> {
  const whole = { kubeconfig, ...rig };
  await installOperator(whole);
  await createIngressClass(whole);
  const account = { namespace: 'default', name: 'wss-operator' };
  await applyObjects(whole, [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account }]);
  await grantOperator(whole, { kind: 'ServiceAccount', ...account });
  const { status } = await rig.client.create('/api/v1/namespaces/default/serviceaccounts/wss-operator/token', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 7200 },
  });
  const { tls } = await loadClusterAccess({ kubeconfig, env: {} });
  const mount = '/var/run/secrets/kubernetes.io/serviceaccount';
  await mkdir(mount, { recursive: true });
  await writeFile(join(mount, 'token'), status.token);
  await writeFile(join(mount, 'ca.crt'), tls.ca ?? '');
  await writeFile(join(mount, 'namespace'), 'default');
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
