/**
 * node deploy/image/image.ts [--revision COMMIT]
 *
 * Builds the image into dist/image/oci, an OCI image layout, with buildah and without pulling anything: the Dockerfile's last stage
 * is built, its build stage is replaced by the root file system that it would have made.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBuildTime, readRevision } from './build-time.ts';
import { root } from './bundle.ts';
import { assembleRootfs } from './rootfs.ts';

export interface ImageOptions {
  readonly root: string;
  /** Is emptied first; the image's layout is `oci` below it, its root file system `rootfs`. */
  readonly target: string;
  readonly time: Date;
  readonly revision: string;
}

/** Returns the digest of the image. Throws when buildah is not there. */
export async function buildImage({ root, target, time, revision }: ImageOptions): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const rootfs = join(target, 'rootfs');
  const layout = join(target, 'oci');
  rmSync(layout, { recursive: true, force: true });
  await assembleRootfs({ root, target: rootfs, time });
  const scratch = mkdtempSync(join(tmpdir(), 'wss-image-'));
  try {
    runBuildah([
      ...['--storage-driver=vfs', `--root=${join(scratch, 'storage')}`, `--runroot=${join(scratch, 'run')}`],
      ...[
        'build',
        '--quiet',
        '--pull-never',
        '--isolation=chroot',
        '--disable-compression=false',
        '--identity-label=false',
        '--format=oci',
      ],
      ...['--timestamp', String(time.getTime() / 1000)],
      ...['--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision}`],
      ...['--build-arg', `CREATED=${time.toISOString().replace(/\.\d+Z$/, 'Z')}`],
      ...['--build-context', `rootfs=${rootfs}`, '--file', join(root, 'Dockerfile')],
      ...['--tag', `oci:${layout}:${version}`, rootfs],
    ]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0].digest;
}

function runBuildah(args: readonly string[]): void {
  try {
    execFileSync('buildah', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    const { code, stderr = '' } = cause as { code?: string; stderr?: Buffer | string };
    if (code === 'ENOENT') throw new Error('buildah is not installed; on Debian: apt-get install buildah', { cause });
    throw new Error(`buildah failed: ${stderr}`, { cause });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { revision: { type: 'string' } } });
  const digest = await buildImage({
    root,
    target: join(root, 'dist/image'),
    time: readBuildTime(root),
    revision: values.revision ?? readRevision(root),
  });
  console.log(`dist/image/oci: ${digest}`);
}
