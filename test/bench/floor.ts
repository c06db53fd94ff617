import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ClusterAccess } from '../../src/kube/access.ts';
import type { Transport } from '../../src/kube/transport.ts';
import type { Rig } from '../support/rig.ts';
import { createNamespace } from '../support/routes.ts';
import { createRoutes, prepareApplies } from './load.ts';

const bareLoop = new URL('bare-loop.ts', import.meta.url).pathname;
const run = promisify(execFile);

export interface FloorOptions {
  readonly rig: Rig;
  readonly transport: Transport;
  readonly access: ClusterAccess;
  readonly routes: number;
  readonly note: (line: string) => void;
}

export interface Floor {
  /** The fastest of the runs. */
  readonly seconds: number;
  readonly writesPerSecond: number;
  readonly inFlight: number;
  readonly runs: Readonly<Record<string, number>>;
}

/** Times the bare loop at several numbers in flight, each on routes of its own. */
export async function measureFloor(options: FloorOptions): Promise<Floor> {
  const runs: Record<string, number> = {};
  let best = { seconds: Number.POSITIVE_INFINITY, inFlight: 0 };
  for (const inFlight of [8, 16, 32, 64]) {
    const seconds = await runLoop(options, inFlight);
    options.note(`${options.routes} routes: bare loop, ${inFlight} in flight: ${seconds.toFixed(2)} s`);
    runs[inFlight] = Math.round(seconds * 100) / 100;
    if (seconds < best.seconds) best = { seconds, inFlight };
  }
  return { ...best, writesPerSecond: Math.round((options.routes * 3) / best.seconds), runs };
}

async function runLoop({ rig, transport, access, routes }: FloorOptions, inFlight: number): Promise<number> {
  const namespace = `floor-${routes}-${inFlight}`;
  await createNamespace(rig, namespace);
  const created = await createRoutes(transport, namespace, routes);
  const file = join(rig.directory, `${namespace}.json`);
  const { ca, cert, key } = access.tls;
  const texts = { ca: String(ca), cert: String(cert), key: String(key) };
  await writeFile(
    file,
    JSON.stringify({ server: access.server.href, ...texts, inFlight, requests: created.flatMap(prepareApplies) }),
  );
  const { stdout } = await run(process.execPath, [bareLoop, file]);
  return (JSON.parse(stdout) as { seconds: number }).seconds;
}
