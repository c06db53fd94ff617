import { join } from 'node:path';
import { buildParts, SERVING_PARTS } from '../support/build-parts.ts';
import { openRelay } from '../support/relay.ts';
import { runInSandbox } from '../support/sandbox.ts';
import { ensureSystemPackages, SERVING_PACKAGES } from '../support/system-packages.ts';
import { conclude } from './conclude.ts';
import { apiSocket, type Exposure, httpsSocket } from './embedded.ts';
import type { Handover } from './inside.ts';
import { createScratchDirectory } from './scratch-directory.ts';
import type { Screen } from './screen.ts';

const inside = join(import.meta.dirname, 'inside.ts');

/** The demo on a control plane of its own: builds it where that is needed and runs it in a sandbox. Returns the exit code. */
export async function runSandboxed(screen: Screen, keep: boolean): Promise<number> {
  const prepared = await conclude(screen, async ({ signal, undo }) => {
    const progress = (line: string) => screen.note(line);
    await ensureSystemPackages(SERVING_PACKAGES, progress);
    const building = buildParts(SERVING_PARTS, progress, signal);
    // An interrupted build removes what it has written so far.
    undo.defer(() => building.catch(() => {}));
    await building;
    return 'end';
  });
  if (prepared !== 0) return prepared;
  const { since } = screen;
  return keep ? runExposed(since) : enter({ since });
}

/** With ports of 127.0.0.1 that lead into the sandbox. */
async function runExposed(since: number): Promise<number> {
  await using undo = new AsyncDisposableStack();
  const scratch = await createScratchDirectory();
  undo.defer(() => scratch.remove());
  const { path: directory } = scratch;
  const ports: number[] = [];
  for (const name of [apiSocket, httpsSocket]) {
    const relay = await openRelay({ port: 0 }, { path: join(directory, name) });
    undo.defer(() => relay.close());
    ports.push(relay.port);
  }
  const [apiPort = 0, httpsPort = 0] = ports;
  return await enter({ since, exposure: { directory, apiPort, httpsPort } satisfies Exposure });
}

/** Signals reach the half inside, which cleans up; see `runInSandbox`. */
function enter(handover: Handover): Promise<number> {
  return runInSandbox([process.execPath, inside, JSON.stringify(handover)]);
}
