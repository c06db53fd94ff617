import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partDirectory } from '../build-parts.ts';
import { fitTemplateToDebian } from './nginx-template.ts';

/** What the controller, nginx and the C library read below /etc. */
const FROM_SYSTEM = ['passwd', 'group', 'hosts', 'nsswitch.conf', 'resolv.conf', 'ld.so.cache', 'localtime', 'ssl'];

/** Where the controller and its nginx find their files; see `mountScript`. */
export interface FileTree {
  readonly etc: string;
  readonly logs: string;
  readonly nginxConf: string;
  /** The controller's program, at a path that stays visible. */
  readonly program: string;
}

/** Makes the /etc that ingress-nginx's image would have. */
export async function createFileTree(directory: string): Promise<FileTree> {
  const etc = join(directory, 'etc');
  const nginx = join(etc, 'nginx');
  const logs = join(directory, 'nginx-logs');
  await mkdir(etc, { recursive: true });
  await mkdir(logs);
  await cp(join(partDirectory('ingress-nginx'), 'etc-nginx'), nginx, { recursive: true });
  await cp(join(import.meta.dirname, 'lua'), join(nginx, 'lua'), { recursive: true });
  await cp('/etc/nginx/mime.types', join(nginx, 'mime.types'));
  for (const name of FROM_SYSTEM) {
    const source = join('/etc', name);
    // Private keys below /etc/ssl are nobody's business.
    const filter = (path: string) => path !== '/etc/ssl/private';
    if (existsSync(source)) await cp(source, join(etc, name), { recursive: true, dereference: true, filter });
  }
  for (const name of ['ssl', 'auth', 'geoip', 'telemetry']) {
    await mkdir(join(etc, 'ingress-controller', name), { recursive: true });
  }
  const template = join(nginx, 'template', 'nginx.tmpl');
  await writeFile(template, fitTemplateToDebian(await readFile(template, 'utf8')));
  const program = join(directory, 'nginx-ingress-controller');
  await writeFile(program, '');
  return { etc, logs, nginxConf: join(nginx, 'nginx.conf'), program };
}

/** A shell script for a private mount namespace: puts the tree in place and becomes the command given to it. */
export function mountScript(tree: FileTree): string {
  return [
    'set -e',
    // The cache may lie below a folder that is covered next.
    `mount --bind '${join(partDirectory('ingress-nginx'), 'nginx-ingress-controller')}' '${tree.program}'`,
    'mount -t tmpfs tmp /tmp',
    'mkdir -p /tmp/nginx',
    // Debian's nginx makes its own temporary folders there, even if the configuration names others.
    'mount -t tmpfs lib /var/lib/nginx',
    `mount --bind '${tree.logs}' /var/log/nginx`,
    `mount --bind '${tree.etc}' /etc`,
    'exec "$@"',
  ].join('\n');
}
