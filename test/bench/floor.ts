import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EmptyCluster, onEmptyCluster } from './empty-cluster.ts';
import { createRoutes, prepareApplies } from './load.ts';

const bareLoop = new URL('bare-loop.ts', import.meta.url).pathname;
const run = promisify(execFile);

export interface Floor {
  /** The fastest of the runs. */
  readonly seconds: number;
  readonly writesPerSecond: number;
  readonly inFlight: number;
  readonly runs: Readonly<Record<string, number>>;
}

/** Times the bare loop at several numbers in flight. */
export async function measureFloor(routes: number, note: (line: string) => void): Promise<Floor> {
  const runs: Record<string, number> = {};
  let best = { seconds: Number.POSITIVE_INFINITY, inFlight: 0 };
  for (const inFlight of [8, 16, 32, 64]) {
    const seconds = await onEmptyCluster((cluster) => runLoop(cluster, routes, inFlight));
    note(`${routes} routes: bare loop, ${inFlight} in flight: ${seconds.toFixed(2)} s`);
    runs[inFlight] = Math.round(seconds * 100) / 100;
    if (seconds < best.seconds) best = { seconds, inFlight };
  }
  return { ...best, writesPerSecond: Math.round((routes * 3) / best.seconds), runs };
}

async function runLoop({ rig, transport, access }: EmptyCluster, routes: number, inFlight: number): Promise<number> {
  const created = await createRoutes(rig, transport, 'floor', routes);
  const file = join(rig.directory, 'floor.json');
  const { ca, cert, key } = access.tls;
  const texts = { ca: String(ca), cert: String(cert), key: String(key) };
  await writeFile(
    file,
    JSON.stringify({ server: access.server.href, ...texts, inFlight, requests: created.flatMap(prepareApplies) }),
  );
  const { stdout } = await run(process.execPath, [bareLoop, file]);
  return (JSON.parse(stdout) as { seconds: number }).seconds;
}
