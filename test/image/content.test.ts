import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { bundle, root } from '../../deploy/image/bundle.ts';
import { buildImage } from '../../deploy/image/image.ts';
import { type UnpackedImage, unpackImage } from './oci-layout.ts';

const time = new Date('2026-01-02T03:04:05Z');
const revision = '0123456789abcdef';

const expected = [
  'app/main.mjs',
  'app/sbom.cdx.json',
  'app/sbom.spdx.json',
  'etc/group',
  'etc/nsswitch.conf',
  'etc/passwd',
  'usr/local/bin/node',
  'usr/share/doc/libatomic1/copyright',
  'usr/share/doc/libc6/copyright',
  'usr/share/doc/libgcc-s1/copyright',
  'usr/share/doc/libstdc++6/copyright',
  'usr/share/doc/wss-operator/LICENSE',
  'usr/share/doc/wss-operator/THIRD_PARTY_LICENSES',
  'var/lib/dpkg/status.d/libatomic1',
  'var/lib/dpkg/status.d/libc6',
  'var/lib/dpkg/status.d/libgcc-s1',
  'var/lib/dpkg/status.d/libstdc++6',
];

/** What the loader finds for node; others come and go with its version. */
const library =
  /^(?:lib\/[a-z0-9_-]+\/(?:libatomic|libc|libdl|libgcc_s|libm|libpthread|libstdc\+\+)\.so\.\d|lib(?:64)?\/ld-linux-[a-z0-9_.-]+)$/;

suite('the image', () => {
  let directory: string;
  let digest: string;
  let image: UnpackedImage;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wss-image-test-'));
    // A copy: nobody may change a file between the two builds.
    await copyRepository(root, join(directory, 'repository'));
    const target = join(directory, 'first');
    digest = await buildImage({ root: join(directory, 'repository'), target, time, revision });
    image = await unpackImage(join(target, 'oci'), join(directory, 'unpacked'));
  });

  after(() => rm(directory, { recursive: true, force: true }));

  test('has these files and no others: no shell, no package manager, no source, no source map', async () => {
    const paths = await listPaths(image.rootfs);
    const files = [];
    for (const path of paths) {
      const info = await lstat(join(image.rootfs, path));
      if (info.isDirectory()) continue;
      assert.ok(info.isFile(), `${path} is neither a file nor a folder`);
      files.push(path);
    }
    const rest = files.filter((path) => !library.test(path));
    assert.deepEqual(rest, expected);
    assert.equal(files.length - rest.length, 8);
    const text = await readFile(join(image.rootfs, 'app/main.mjs'), 'utf8');
    assert.doesNotMatch(text, /^\/\/# sourceMappingURL/m);
  });

  test('belongs to root, and nobody else may write to it; nothing runs as its owner', async () => {
    for (const path of ['', ...(await listPaths(image.rootfs))]) {
      const { uid, gid, mode, mtimeMs } = await lstat(join(image.rootfs, path));
      assert.deepEqual({ uid, gid }, { uid: 0, gid: 0 }, path);
      assert.equal(mode & 0o7022, 0, `${path} has mode ${mode.toString(8)}`);
      assert.equal(mtimeMs, path === '' ? mtimeMs : time.getTime(), path);
    }
  });

  test('names no folder of the machine that built it, and holds no secret', async () => {
    const own = expected.filter((path) => path !== 'usr/local/bin/node');
    for (const path of own) {
      const text = await readFile(join(image.rootfs, path), 'utf8');
      assert.ok(!text.includes(`${root}/`) && !text.includes(directory), `${path} names ${root}`);
      assert.doesNotMatch(
        text,
        /BEGIN (?:RSA |EC )?PRIVATE KEY-----\n[A-Za-z0-9+/]{32}|_authToken=|npm_[A-Za-z0-9]{36}/,
        path,
      );
    }
  });

  test('is run as nonroot by default, and says what it is', () => {
    const { User, Cmd, Entrypoint, Labels } = image.config;
    assert.equal(User, '65532:65532');
    assert.deepEqual(Cmd, ['run']);
    assert.deepEqual([Entrypoint[0], Entrypoint.at(-1)], ['/usr/local/bin/node', '/app/main.mjs']);
    const { version } = JSON.parse(execFileSync('npm', ['pkg', 'get', '--json'], { cwd: root, encoding: 'utf8' }));
    const label = (name: string) => Labels[`org.opencontainers.image.${name}`];
    assert.equal(label('version'), version);
    assert.equal(label('revision'), revision);
    assert.equal(label('created'), '2026-01-02T03:04:05Z');
    assert.equal(label('licenses'), 'Apache-2.0');
    for (const name of ['title', 'description', 'source']) assert.match(String(label(name)), /wss/, name);
  });

  test('is a layout that a second tool can read', () => {
    const layout = `oci:${join(directory, 'first', 'oci')}`;
    const seen = JSON.parse(execFileSync('skopeo', ['inspect', layout], { encoding: 'utf8' }));
    assert.equal(seen.Digest, digest);
    // Copying checks every digest.
    execFileSync('skopeo', ['copy', '--quiet', layout, `dir:${join(directory, 'copied')}`]);
  });

  test('is the same, bit for bit, when it is built again from another directory', async () => {
    const elsewhere = join(directory, 'elsewhere');
    await copyRepository(join(directory, 'repository'), elsewhere);
    const again = await buildImage({ root: elsewhere, target: join(directory, 'second'), time, revision });
    assert.equal(again, digest);
  });

  test('a changed source changes the bundle', async () => {
    const elsewhere = join(directory, 'changed');
    await copyRepository(join(directory, 'repository'), elsewhere);
    const program = join(elsewhere, 'src/main.ts');
    await writeFile(program, `${await readFile(program, 'utf8')}\nconsole.log('changed');\n`);
    const outfile = join(elsewhere, 'main.js');
    await bundle({ root: elsewhere, outfile });
    assert.notEqual(await hash(outfile), await hash(join(image.rootfs, 'app/main.mjs')));
  });

  test('its bills of materials list the packages in the bundle and no others', async () => {
    const text = await readFile(join(image.rootfs, 'app/main.mjs'), 'utf8');
    // esbuild writes the path of each module above it.
    const folders = [...text.matchAll(/^\s*\/\/ (.*node_modules\/(?:@[^/\s]+\/)?[^/\s]+)\/\S+$/gm)].map(
      ([, each]) => each,
    );
    const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages;
    const bundled = [...new Set(folders)].map((folder = '') => {
      assert.notEqual(lock[folder].dev, true, `${folder} is a development package`);
      return `${folder.replace(/^.*node_modules\//, '')}@${lock[folder].version}`;
    });
    assert.ok(bundled.length > 20, `${bundled.length} packages`);
    const cycloneDx = JSON.parse(await readFile(join(image.rootfs, 'app/sbom.cdx.json'), 'utf8'));
    const spdx = JSON.parse(await readFile(join(image.rootfs, 'app/sbom.spdx.json'), 'utf8'));
    const listed = cycloneDx.components.map(({ name, version }: Named) => `${name}@${version}`);
    const others = spdx.packages.map(({ name, versionInfo }: Named) => `${name}@${versionInfo}`);
    const { name, version } = cycloneDx.metadata.component;
    assert.deepEqual(listed.sort(), bundled.sort());
    assert.deepEqual(others.sort(), [...bundled, `${name}@${version}`].sort());
    for (const { hashes, name } of cycloneDx.components) assert.equal(hashes?.[0]?.alg, 'SHA-512', name);
    const notices = await readFile(join(image.rootfs, 'usr/share/doc/wss-operator/THIRD_PARTY_LICENSES'), 'utf8');
    for (const each of bundled) assert.ok(notices.includes(`\n${each} (`), `no notice of ${each}`);
  });
});

interface Named {
  readonly name: string;
  readonly version?: string;
  readonly versionInfo?: string;
}

/** Copies what the image is made of, with the packages of production only. */
async function copyRepository(from: string, to: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(from, 'package-lock.json'), 'utf8'));
  const installed = Object.entries<Locked>(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true && existsSync(join(from, path)))
    .map(([path]) => path);
  for (const path of ['Dockerfile', 'LICENSE', '.npmrc', 'package.json', 'package-lock.json', 'src', ...installed]) {
    await cp(join(from, path), join(to, path), { recursive: true });
  }
}

interface Locked {
  readonly dev?: boolean;
}

async function listPaths(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

async function hash(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
