/**
 * node deploy/image/rootfs.ts
 *
 * Assembles the root file system of the image in dist/image/rootfs. Both ways to build the image take it from here: the Dockerfile
 * in its build stage, and `npm run image` on a machine without containers.
 */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readBuildTime } from './build-time.ts';
import { bundle, root } from './bundle.ts';
import { listBundledPackages } from './bundled-packages.ts';
import { describePackage, listLibraries } from './libraries.ts';
import { composeNotices } from './notices.ts';
import { composeSboms } from './sbom.ts';

const user = 65532;

const accounts = {
  'etc/passwd': `root:x:0:0:root:/:/nonexistent\nnonroot:x:${user}:${user}:nonroot:/:/nonexistent\n`,
  'etc/group': `root:x:0:\nnonroot:x:${user}:\n`,
  // Without it glibc asks DNS before /etc/hosts.
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

export interface RootfsOptions {
  readonly root: string;
  /** Is emptied first. */
  readonly target: string;
  readonly time: Date;
}

/** Node.js, the libraries it needs, the bundle, licences, bills of materials, two accounts: nothing else is in the image. */
export async function assembleRootfs({ root, target, time }: RootfsOptions): Promise<void> {
  const node = findNode(root);
  rmSync(target, { recursive: true, force: true });
  copy(target, node, 'usr/local/bin/node');
  for (const [path, text] of Object.entries(accounts)) write(target, path, text);
  for (const { path, source } of listLibraries(node)) copy(target, source, path);
  for (const name of new Set(listLibraries(node).map(({ debianPackage }) => debianPackage))) {
    copy(target, realpathSync(`/usr/share/doc/${name}/copyright`), `usr/share/doc/${name}/copyright`);
    write(target, `var/lib/dpkg/status.d/${name}`, describePackage(name));
  }
  const files = await bundle({ root, outfile: join(target, 'app/main.mjs') });
  const packages = listBundledPackages(root, files);
  for (const [name, text] of Object.entries(composeSboms({ root, packages, time }))) write(target, `app/${name}`, text);
  const own = 'usr/share/doc/wss-operator';
  copy(target, join(root, 'LICENSE'), `${own}/LICENSE`);
  write(target, `${own}/THIRD_PARTY_LICENSES`, composeNotices(packages, describeNode(node)));
  settle(target, ['usr/local/bin/node', ...listLibraries(node).map(({ path }) => path)], time);
}

/** The Node.js that runs this, which must be the one that the operator is tested with. */
function findNode(root: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (process.versions.node !== devDependencies.node) {
    throw new Error(
      `this is Node.js ${process.versions.node}, and package.json says ${devDependencies.node}: use \`npm run\` after \`npm ci\``,
    );
  }
  return realpathSync(process.execPath);
}

/** Official archives and the `node` images have the licence two folders above the binary; the npm package has none. */
function describeNode(node: string): { readonly version: string; readonly license: string | undefined } {
  const file = join(dirname(dirname(node)), 'LICENSE');
  return { version: process.versions.node, license: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
}

function write(target: string, path: string, text: string): void {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), text);
}

function copy(target: string, from: string, path: string): void {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  copyFileSync(from, join(target, path));
}

/** Owner, mode and time do not depend on who builds, his umask or the clock. Deepest first: a change in a folder changes its time. */
function settle(target: string, programs: readonly string[], time: Date): void {
  const executables = new Set(programs.map((path) => join(target, path)));
  const paths = readdirSync(target, { recursive: true, encoding: 'utf8' }).map((path) => join(target, path));
  for (const path of [...paths.sort().reverse(), target]) {
    chmodSync(path, statSync(path).isDirectory() || executables.has(path) ? 0o755 : 0o644);
    if (process.getuid?.() === 0) chownSync(path, 0, 0);
    lutimesSync(path, time, time);
  }
}

if (import.meta.main) {
  await assembleRootfs({ root, target: join(root, 'dist/image/rootfs'), time: readBuildTime(root) });
}
