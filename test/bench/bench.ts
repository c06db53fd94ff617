/**
 * `npm run bench`: the operator against its floor.
 *
 * The floor is a bare loop that sends exactly the bodies of the final state over one connection, at the best of several numbers
 * in flight. The operator then converges as many routes from nothing, and is restarted with them resident. Each of these runs has
 * an empty cluster of its own: an API server is slower the more it has. Prints progress to stderr and the result as JSON to stdout.
 * Figures are ratios; nothing is asserted.
 *
 * `npm run bench -- 1000` takes other numbers of routes; `npm run bench -- proving` (or `-- proving 200`) measures the
 * handshakes that prove the routes every 10 s against as many bare ones.
 */
import { mkdtemp } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { buildBundle } from '../support/image.ts';
import { enterSandbox } from '../support/sandbox.ts';
import { onEmptyCluster } from './empty-cluster.ts';
import { measureFloor } from './floor.ts';
import { createRoutes } from './load.ts';
import { measureOperator } from './measure-operator.ts';
import { measureProving } from './proving.ts';

await enterSandbox();

const words = process.argv.slice(2);
const sizes = words.filter((word) => word !== 'proving').map(Number);
const isProving = words.includes('proving');
// In the memory of the sandbox, with which it goes.
const program = await buildBundle(await mkdtemp('/run/wss-bench-'));
const results = [];
if (isProving) {
  results.push(await onEmptyCluster(({ rig }) => measureProving({ rig, program, routes: sizes[0] ?? 1000, note })));
} else {
  for (const routes of sizes.length > 0 ? sizes : [1000, 5000]) results.push(await measure(routes));
}
console.log(JSON.stringify({ node: process.version, cpus: availableParallelism(), results }, null, 2));

async function measure(routes: number): Promise<object> {
  const floor = await measureFloor(routes, note);
  const namespace = `bench-${routes}`;
  const operator = await onEmptyCluster(async ({ rig, transport }) => {
    note(`${routes} routes: creating them for the operator`);
    await createRoutes(rig, transport, namespace, routes);
    return measureOperator({ rig, program, namespace, routes, note });
  });
  return { routes, floor, operator, convergeOverFloor: round(operator.convergeSeconds / floor.seconds) };
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
