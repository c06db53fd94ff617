import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of this run that is gone with it. */
export interface ScratchDirectory {
  readonly path: string;
  /** Ends this process as well (SIGTERM) when the demo dies without a chance to clean up. */
  guard(pid: number): void;
  remove(): Promise<void>;
}

/** Reads process ids until the demo closes its end, which even SIGKILL does; then ends them and removes the folder. */
const guardScript = 'while read -r pid; do pids="$pids $pid"; done; [ -z "$pids" ] || kill $pids; rm -rf "$0"';

export async function createScratchDirectory(): Promise<ScratchDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'wss-demo-'));
  // A session of its own: Ctrl-C in the terminal is not for it.
  const guard = spawn('sh', ['-c', guardScript, path], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.on('error', () => {}); // Without a shell only SIGKILL leaves the folder behind.
  guard.stdin.on('error', () => {});
  guard.unref();
  return {
    path,
    guard: (pid) => guard.stdin.write(`${pid}\n`),
    async remove() {
      guard.kill('SIGKILL');
      await rm(path, { recursive: true, force: true });
    },
  };
}
