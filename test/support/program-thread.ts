/** The thread of run-program.ts: each message is a command line, each answer what came of it. */
import { Readable } from 'node:stream';
import { parentPort } from 'node:worker_threads';
import { runProgram } from '../../src/cli/program.ts';
import type { ProgramCall } from './run-program.ts';

const written = { stdout: '', stderr: '' };
for (const name of ['stdout', 'stderr'] as const) {
  process[name].write = (chunk: string | Uint8Array): boolean => {
    written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
}

parentPort?.on('message', async ({ args, stdin }: ProgramCall) => {
  Object.assign(written, { stdout: '', stderr: '' });
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(stdin)]), configurable: true });
  const code = await runProgram([process.execPath, 'wss', ...args]);
  parentPort?.postMessage({ code, ...written });
});
