import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { partDirectory } from './build-parts.ts';

/** Runs the real kubectl; what it prints is returned, what it complains about becomes the error. */
export function runKubectl(kubeconfig: string, args: readonly string[], stdin = ''): Promise<string> {
  const command = join(partDirectory('kubernetes'), 'kubectl');
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: `${kubeconfig}.cache` };
  const child = spawn(command, [...args], { env });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  child.stdin.on('error', () => {}); // It may end before it has read everything; its exit code tells why.
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.stdout);
      else reject(new Error(`kubectl ${args.join(' ')} ended with ${code}: ${output.stderr.trim()}`));
    });
  });
}
