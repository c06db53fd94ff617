import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Rig } from './rig.ts';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '..', '..');

/** A file or folder of the sandbox that a container sees under another name. */
export interface Mount {
  readonly from: string;
  /** Path inside of the container. */
  readonly to: string;
  readonly isFile: boolean;
  readonly isReadOnly: boolean;
}

/** What the Dockerfile would make: a bundle, Node.js and the libraries that it needs; no shell. */
export interface Image {
  readonly mounts: readonly Mount[];
  /** Symbolic links: name, target. */
  readonly links: readonly (readonly [string, string])[];
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  /** User id where a Pod names none; `nonroot` of the distroless images. */
  readonly user: number;
}

const images = new WeakMap<Rig, Promise<Image>>();

/** Builds the bundle once for each rig. */
export function loadImage(rig: Rig): Promise<Image> {
  const image = images.get(rig) ?? buildImage(rig.directory);
  images.set(rig, image);
  return image;
}

async function buildImage(directory: string): Promise<Image> {
  const bundle = await buildBundle(directory);
  const entrypoint = await readInstruction('ENTRYPOINT');
  const [node, program] = [entrypoint[0], entrypoint.at(-1)];
  if (node === undefined || program === undefined) throw new Error('Dockerfile: ENTRYPOINT names no program');
  const library = (path: string) => ({ from: path, to: path, isFile: false, isReadOnly: true });
  const file = (from: string, to: string) => ({ from, to, isFile: true, isReadOnly: true });
  return {
    mounts: [
      ...['/usr/lib', '/usr/lib64'].filter((path) => existsSync(path)).map(library),
      file(await realpath(process.execPath), node),
      file(bundle, program),
      { ...file('/dev/null', '/dev/null'), isReadOnly: false },
      file('/dev/urandom', '/dev/urandom'),
    ],
    // Debian has merged them into /usr.
    links: [
      ['/lib', 'usr/lib'],
      ['/lib64', 'usr/lib64'],
    ],
    entrypoint,
    args: await readInstruction('CMD'),
    user: 65532,
  };
}

/** Builds the one file that the image ships and returns its path. */
export async function buildBundle(directory: string): Promise<string> {
  const bundle = join(directory, 'wss.mjs');
  await run('npm', ['run', '-s', 'build', '--', `--outfile=${bundle}`, '--log-level=error'], { cwd: repository });
  return bundle;
}

/** Options with which the image runs Node.js, but for its permissions: they are for the image's own files. */
export async function readNodeOptions(): Promise<readonly string[]> {
  const entrypoint = await readInstruction('ENTRYPOINT');
  return entrypoint.slice(1, -1).filter((option) => !/^--(?:permission|allow-)/.test(option));
}

/** The Dockerfile's last instruction of that name, in its JSON form. */
async function readInstruction(name: string): Promise<readonly string[]> {
  const dockerfile = await readFile(join(repository, 'Dockerfile'), 'utf8');
  const found = [...dockerfile.matchAll(new RegExp(`^${name} (\\[.*\\])$`, 'gm'))].at(-1)?.[1];
  return found === undefined ? [] : (JSON.parse(found) as string[]);
}
