import { join } from 'node:path';
import { partDirectory } from './build-parts.ts';
import { runTool } from './run-tool.ts';

/** Runs the real kubectl; what it prints is returned, what it complains about becomes the error. */
export function runKubectl(kubeconfig: string, args: readonly string[], stdin = ''): Promise<string> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: `${kubeconfig}.cache` };
  return runTool(join(partDirectory('kubernetes'), 'kubectl'), args, { env, stdin });
}
