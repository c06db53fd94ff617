import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { partDirectory, SERVING_PARTS } from '../support/build-parts.ts';

const run = promisify(execFile);

/** Why the embedded control plane cannot run on this machine, or undefined when it can. */
export async function findObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    return `it needs Linux, for its network, mount and process namespaces; this is ${process.platform}`;
  }
  return (await findNamespaceObstacle()) ?? (await findBuildObstacle());
}

/** Makes the namespaces that a sandbox has, and leaves them at once. */
async function findNamespaceObstacle(): Promise<string | undefined> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? [] : ['--user', '--map-root-user'];
  const sandbox = [...user, '--net', '--mount', '--pid', '--fork', '--mount-proc'];
  try {
    await run('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...sandbox, '--', 'true']);
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT') return 'setpriv and unshare are missing: install util-linux';
    const who = isRoot
      ? 'this root may not make namespaces'
      : 'this is not root, and unprivileged user namespaces are off';
    return `${who} (${stderr?.trim() || String(error)})`;
  }
}

async function findBuildObstacle(): Promise<string | undefined> {
  if (SERVING_PARTS.every((name) => existsSync(partDirectory(name)))) return undefined;
  try {
    await run('go', ['version']);
    return undefined;
  } catch {
    return 'the control plane is not built yet and Go is missing: install Go 1.26, https://go.dev/doc/install';
  }
}
