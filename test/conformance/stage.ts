import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Backend } from '../support/backend.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { ingressNginxOf, waitUntilReady, waitUntilServed } from '../support/live-route.ts';
import { applyObjects, installOperator, startOperator } from '../support/operator.ts';
import { RestartableProcess } from '../support/process.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute } from '../support/routes.ts';
import { directWay, tlsWay, type Way } from './way.ts';

const port = 8081;
const namespace = 'conformance';

/** One backend that is reached in two ways. */
export interface Stage {
  readonly direct: Way;
  readonly tls: Way;
  readonly rig: Rig;
  stop(): Promise<void>;
}

/** A route to a backend of its own, made live by the operator, cert-manager and ingress-nginx. */
export async function setStage(): Promise<Stage> {
  const rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
  const stops = [() => rig.stop()];
  const stop = async () => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    const ca = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    const server = echoServer(rig);
    stops.push(() => server.stop());
    await server.start();
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    const address = backendOf(rig).address;
    const backend = { ...backendOf(rig), port };
    await publishBackend({ client: rig.client, backend }, { namespace, name: 'echo', port: 8080 });
    const operator = await startOperator(rig);
    stops.push(async () => {
      await operator.stop();
    });
    await applyObjects(rig, [
      buildRoute(namespace, 'echo', { paths: [{ path: '/ws', service: { name: 'echo', port: 8080 } }] }),
    ]);
    await waitUntilReady(rig, namespace, 'echo');
    const host = `echo.${namespace}.example.com`;
    await waitUntilServed(rig, `wss://${host}/ws/echo`, ca);
    const tls = tlsWay({ address: ingressNginxOf(rig).address, host, ca });
    return { direct: directWay({ address, port }), tls, rig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function backendOf(rig: Rig): Backend {
  assert.ok(rig.backend, "the rig has no backend: add 'backend' to its parts");
  return rig.backend;
}

/** Next to the rig's own backend, in its network namespace. */
function echoServer(rig: Rig): RestartableProcess {
  const { address, process: neighbour } = backendOf(rig);
  return new RestartableProcess({
    name: 'echo server',
    command: 'nsenter',
    args: [
      `--target=${neighbour.pid}`,
      '--net',
      '--',
      process.execPath,
      join(import.meta.dirname, 'echo-server.ts'),
      `${port}`,
    ],
    logFile: join(rig.directory, 'echo-server.log'),
    isReady: async () =>
      (await fetch(`http://${address}:${port}/`, { signal: AbortSignal.timeout(500) })).status === 426,
    readyTimeoutMs: 30_000,
  });
}
