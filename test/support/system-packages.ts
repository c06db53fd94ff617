import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian package → a file that shows that it is there, whoever put it there. */
type Packages = Readonly<Record<string, readonly string[]>>;

/** What serves a route, and no more. */
export const SERVING_PACKAGES: Packages = {
  nginx: ['/usr/sbin/nginx'],
  'libnginx-mod-http-ndk': ['/usr/lib/nginx/modules/ndk_http_module.so'],
  'libnginx-mod-http-lua': ['/usr/lib/nginx/modules/ngx_http_lua_module.so'],
  'libnginx-mod-http-headers-more-filter': ['/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so'],
  'lua-resty-core': ['/usr/share/lua/5.1/resty/core.lua'],
  'lua-resty-lrucache': ['/usr/share/lua/5.1/resty/lrucache.lua'],
  'lua-cjson': ['/usr/share/lua/5.1/cjson/util.lua', '/usr/share/lua/5.1/cjson'],
  iproute2: ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'],
  'util-linux': ['/usr/bin/unshare'],
  openssl: ['/usr/bin/openssl'],
};

export const PACKAGES: Packages = {
  ...SERVING_PACKAGES,
  buildah: ['/usr/bin/buildah'],
  skopeo: ['/usr/bin/skopeo'],
  chromium: ['/usr/bin/chromium'],
  'libnss3-tools': ['/usr/bin/certutil'],
};

const POLICY_FILE = '/usr/sbin/policy-rc.d';

/**
 * Makes sure that Debian packages are there: installs what is missing when this is root on Debian,
 * otherwise throws an error that names the command to run.
 */
export async function ensureSystemPackages(packages: Packages, progress: (line: string) => void): Promise<void> {
  const missing = listMissing(packages);
  if (missing.length === 0) return;
  const command = `apt-get update && apt-get install --yes --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`system packages are missing: ${missing.join(', ')}. Run as root on Debian 12: ${command}`);
  }
  progress(`installing ${missing.join(' ')}`);
  await withoutServiceStarts(() => install(missing));
  const stillMissing = listMissing(packages);
  if (stillMissing.length > 0) throw new Error(`still missing after "${command}": ${stillMissing.join(', ')}`);
}

function listMissing(packages: Packages): readonly string[] {
  return Object.entries(packages)
    .filter(([, files]) => !files.some((file) => existsSync(file)))
    .map(([name]) => name);
}

async function install(names: readonly string[]): Promise<void> {
  await aptGet(['update', '-qq']);
  await aptGet(['install', '--yes', '-qq', '--no-install-recommends', ...names]);
}

/** Runs apt-get in a folder, where `download` puts what it fetches. Throws with what apt-get says. */
export async function aptGet(args: readonly string[], cwd = '/'): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', [...args], { cwd, env, maxBuffer: 16 * 1024 * 1024 });
  } catch (cause) {
    throw new Error(`apt-get ${args.join(' ')} failed: ${(cause as { stderr?: string }).stderr ?? cause}`, { cause });
  }
}

/** Debian's nginx package starts a service; a policy that says 101 ("forbidden by policy") prevents that. */
async function withoutServiceStarts(action: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY_FILE)) return action();
  await writeFile(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await action();
  } finally {
    await rm(POLICY_FILE, { force: true });
  }
}
