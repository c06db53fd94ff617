import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The parts of an OCI image configuration that decide how a container runs (opencontainers/image-spec, config.md). */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

/** What a container is started from. */
export interface UnpackedImage {
  readonly config: ImageConfig;
  /** Root file system, with owners and modes as in the image. */
  readonly rootfs: string;
}

/** Unpacks the one image of an OCI image layout. */
export async function unpackImage(layout: string, rootfs: string): Promise<UnpackedImage> {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
  const manifest = JSON.parse(await readFile(blob(layout, index.manifests[0].digest), 'utf8'));
  const { config } = JSON.parse(await readFile(blob(layout, manifest.config.digest), 'utf8'));
  await mkdir(rootfs, { recursive: true });
  for (const { digest } of manifest.layers) {
    await run('tar', ['--extract', '--gzip', '--preserve-permissions', '--file', blob(layout, digest), '-C', rootfs]);
  }
  return { config, rootfs };
}

function blob(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}
