import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { basename } from 'node:path';

export interface ToolOptions extends Pick<SpawnOptionsWithoutStdio, 'cwd' | 'env'> {
  readonly stdin?: string;
  /** What the error calls it: its name and arguments, where nothing is said. */
  readonly title?: string;
}

/** Runs a command line tool; what it prints is returned, what it complains about becomes the error. */
export function runTool(command: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const { stdin = '', title = [basename(command), ...args].join(' '), ...rest } = options;
  const child = spawn(command, [...args], rest);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk) => {
      output[name] += chunk;
    });
  }
  child.stdin.on('error', () => {}); // It may end before it has read everything; its exit code tells why.
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.stdout);
      // Some, `helm lint` for one, tell on stdout what is wrong.
      else reject(new Error(`${title} ended with ${code}: ${`${output.stderr}${output.stdout}`.trim()}`));
    });
  });
}
