import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { UnpackedImage } from './oci-layout.ts';

/** A file or folder of the sandbox that the container may read under another name. */
export interface Mount {
  readonly from: string;
  /** Path in the container. */
  readonly to: string;
  readonly isFile?: boolean;
}

export interface ContainerOptions {
  readonly image: UnpackedImage;
  readonly mounts?: readonly Mount[];
  readonly env?: Readonly<Record<string, string>>;
  /** In place of the image's entry point. */
  readonly entrypoint?: readonly string[];
  /** In place of the image's command. */
  readonly args?: readonly string[];
}

/** A program and its arguments, for spawn. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * The command that runs a container as restricted Pods run: the image's root file system, read-only, with process and mount namespaces of
 * its own, as the image's user without capabilities and without a way to get any. The network is the sandbox's.
 */
export async function containerCommand({ image, mounts = [], ...options }: ContainerOptions): Promise<Command> {
  const { config, rootfs } = image;
  const { entrypoint = config.Entrypoint, args = config.Cmd } = options;
  await mkdir(join(rootfs, 'proc'), { recursive: true });
  for (const mount of mounts) await makeMountPoint(rootfs, mount);
  const env = [...config.Env, ...Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`)];
  const [user = '', group = user] = config.User.split(':');
  const script = [
    `mount --bind ${quote(rootfs)} ${quote(rootfs)}`,
    `mount -t proc proc ${quote(join(rootfs, 'proc'))}`,
    ...mounts.flatMap(({ from, to }) => {
      const target = quote(join(rootfs, to));
      return [`mount --bind ${quote(from)} ${target}`, `mount -o remount,bind,ro ${target}`];
    }),
    `mount -o remount,bind,ro ${quote(rootfs)}`,
    `exec ${[
      ...['setpriv', '--no-new-privs', 'env', '-i', ...env],
      ...['chroot', `--userspec=${user}:${group}`, '--groups=', rootfs, ...entrypoint, ...args],
    ]
      .map(quote)
      .join(' ')}`,
  ];
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child'];
  return { command: 'unshare', args: [...namespaces, '--', 'sh', '-euc', script.join('\n')] };
}

/** The runtime does that in a real container, before it makes the root file system read-only. */
async function makeMountPoint(rootfs: string, { to, isFile = false }: Mount): Promise<void> {
  const path = join(rootfs, to);
  await mkdir(isFile ? dirname(path) : path, { recursive: true });
  if (isFile) await writeFile(path, '', { flag: 'a' });
}

/** Writes files as the kubelet writes a projected volume: names are links into a folder that is replaced as a whole. */
export async function writeProjectedVolume(volume: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(volume, { recursive: true, mode: 0o755 });
  const version = await mkdtemp(`${volume}/..version-`);
  await chmod(version, 0o755);
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(version, name), text, { mode: 0o644 });
    await symlink(join('..data', name), join(volume, name)).catch(acceptExisting);
  }
  await rm(join(volume, '..data_tmp'), { force: true });
  await symlink(basename(version), join(volume, '..data_tmp'));
  await rename(join(volume, '..data_tmp'), join(volume, '..data'));
}

function acceptExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
