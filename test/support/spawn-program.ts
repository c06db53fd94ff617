import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** What `wss` printed and how it ended. */
export interface ProgramOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `wss ARGS` as a shell runs it: a process of its own, by way of src/main.ts. Rejects when a signal ends it. */
export function spawnProgram(args: readonly string[], stdin = ''): Promise<ProgramOutcome> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(new Error(`wss ${args.join(' ')} did not end by itself`, { cause: error }));
    });
    child.stdin?.end(stdin);
  });
}
