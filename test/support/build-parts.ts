import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface PartSpec {
  /** Binary name → import path of its main package. */
  readonly binaries: Readonly<Record<string, string>>;
  readonly linkFlags?: string;
  /** A folder of a module that the binary needs at run time. */
  readonly copy?: { readonly module: string; readonly from: string; readonly to: string };
}

// Without the version the API server calls itself "v0.0.0-master+$Format:%H$", which clients refuse.
const KUBERNETES_VERSION_FLAGS = ['gitVersion=v1.37.2', 'gitMajor=1', 'gitMinor=37', 'gitTreeState=clean']
  .map((flag) => `-X k8s.io/component-base/version.${flag}`)
  .join(' ');

const PARTS = {
  kubernetes: {
    binaries: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    linkFlags: KUBERNETES_VERSION_FLAGS,
  },
  etcd: { binaries: { etcd: 'go.etcd.io/etcd/server/v3' } },
  'cert-manager': {
    binaries: { 'cert-manager': '.' },
    copy: { module: 'github.com/cert-manager/cert-manager', from: 'deploy/crds', to: 'crds' },
  },
  'ingress-nginx': {
    binaries: { 'nginx-ingress-controller': 'k8s.io/ingress-nginx/cmd/nginx' },
    copy: { module: 'k8s.io/ingress-nginx', from: 'rootfs/etc/nginx', to: 'etc-nginx' },
  },
  helm: {
    binaries: { helm: 'helm.sh/helm/v4/cmd/helm' },
    linkFlags: '-X helm.sh/helm/v4/internal/version.version=v4.3.1',
  },
  judge: { binaries: { judge: '.' } },
  pebble: { binaries: { pebble: 'github.com/letsencrypt/pebble/v2/cmd/pebble' } },
  'prometheus-operator': {
    binaries: {},
    copy: {
      module: 'github.com/prometheus-operator/prometheus-operator',
      from: 'example/prometheus-operator-crd',
      to: 'crds',
    },
  },
  'gateway-api': {
    binaries: {},
    copy: { module: 'sigs.k8s.io/gateway-api', from: 'config/crd/standard', to: 'crds' },
  },
  'envoy-gateway': {
    binaries: {},
    copy: {
      module: 'github.com/envoyproxy/gateway',
      from: 'charts/gateway-helm/charts/crds/crds/generated',
      to: 'crds',
    },
  },
} as const satisfies Record<string, PartSpec>;

export type PartName = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as readonly PartName[];
/** What serves a route, and no more. */
export const SERVING_PARTS: readonly PartName[] = ['kubernetes', 'etcd', 'cert-manager', 'ingress-nginx'];

/** The folder that a part is built into; it exists only when the build is complete. */
export function partDirectory(name: PartName): string {
  const source = join(import.meta.dirname, 'parts', name);
  const hash = createHash('sha256').update(JSON.stringify(PARTS[name]));
  for (const file of readdirSync(source).sort()) hash.update(file).update(readFileSync(join(source, file)));
  return join(cacheDirectory(), `${name}-${hash.digest('hex').slice(0, 16)}`);
}

/**
 * Builds the parts that are not in the cache yet. Needs Go and the module proxy, so it runs outside of the sandbox.
 * Two runs at once do not disturb each other: each builds into a folder of its own and renames it when it is complete.
 * An aborted build removes what it has written so far.
 */
export async function buildParts(
  names: readonly PartName[],
  progress: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const name of names) {
    if (!existsSync(partDirectory(name))) await buildPart(name, progress, signal);
  }
}

/** Where everything is kept that is built or fetched once. */
export function cacheDirectory(): string {
  const { WSS_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  return WSS_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'wss-operator');
}

async function buildPart(
  name: PartName,
  progress: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const spec: PartSpec = PARTS[name];
  const target = partDirectory(name);
  const draft = join(cacheDirectory(), `.${name}-${randomUUID()}`);
  const since = Date.now();
  const elapsed = () => `${Math.round((Date.now() - since) / 1000)} s`;
  progress(`building ${name} (once; kept in ${target})`);
  const heartbeat = setInterval(() => progress(`still building ${name}, ${elapsed()}`), 15_000);
  try {
    await mkdir(draft, { recursive: true });
    for (const [binary, importPath] of Object.entries(spec.binaries)) {
      const flags = [
        '-trimpath',
        '-buildvcs=false',
        '-ldflags',
        `-s -w ${spec.linkFlags ?? ''}`,
        '-o',
        join(draft, binary),
      ];
      await go(name, ['build', ...flags, importPath], signal);
    }
    if (spec.copy !== undefined) {
      const module = await downloadModule(name, spec.copy.module, signal);
      await cp(join(module, spec.copy.from), join(draft, spec.copy.to), { recursive: true });
      await makeWritable(join(draft, spec.copy.to));
    }
    await renameUnlessThere(draft, target);
    progress(`built ${name} in ${elapsed()}`);
  } finally {
    clearInterval(heartbeat);
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * The folder that a module is unpacked to. Of a module that asks for a newer Go (gateway-api 1.7.0: 1.27) `go mod download` says
 * so and fails, but only when it has checked the module against go.sum and unpacked it. What is copied is no Go, so that will do.
 */
async function downloadModule(name: PartName, module: string, signal: AbortSignal | undefined): Promise<string> {
  let failure: unknown;
  try {
    await go(name, ['mod', 'download', module], signal);
  } catch (error) {
    failure = error;
  }
  const directory = (await go(name, ['list', '-m', '-f', '{{.Dir}}', module])).trim();
  if (directory === '') throw failure;
  return directory;
}

async function go(name: PartName, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const cwd = join(import.meta.dirname, 'parts', name);
  // Collecting garbage costs a quarter of the build time of kube-apiserver. Memory peaks at about 6 GB.
  const env = { ...process.env, GOGC: process.env.GOGC ?? 'off' };
  try {
    const { stdout } = await run('go', [...args], { cwd, env, signal, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(`go is missing, which builds the ${name} part. Install Go 1.26: https://go.dev/doc/install`, {
        cause,
      });
    }
    throw new Error(`go ${args[0]} of the ${name} part failed: ${(cause as { stderr?: string }).stderr ?? cause}`, {
      cause,
    });
  }
}

/** The module cache is read-only, and so is what is copied from it. */
async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}

async function renameUnlessThere(draft: string, target: string): Promise<void> {
  try {
    await rename(draft, target);
  } catch (error) {
    // Another run was faster: its build is as good as this one.
    if (!existsSync(target)) throw error;
  }
}

if (import.meta.main) await buildParts(PART_NAMES, (line) => console.log(line));
