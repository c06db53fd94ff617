/**
 * node deploy/image/bundle.ts [--outfile FILE] [--log-level LEVEL]
 *
 * Bundles the operator into one file, dist/main.js where none is named.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type LogLevel, type Plugin } from 'esbuild';

export const root = join(import.meta.dirname, '..', '..');

export interface BundleOptions {
  /** The repository that is bundled. */
  readonly root: string;
  readonly outfile: string;
  readonly logLevel?: LogLevel;
}

/** What is used of undici. The rest would take 0.7 MB of the bundle and 4 MiB of memory at rest. */
const undici = `
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
export { default as Client } from 'undici/lib/dispatcher/client.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';
`;

/** What is used of client-node: it reads kubeconfig files. Its API clients and the models of all kinds would take a quarter of the bundle. */
const clientNode = "export { KubeConfig } from '@kubernetes/client-node/dist/config.js';";
const apiClients = `
export class ServerConfiguration {}
export function createConfiguration() { throw new Error('API clients of client-node are not in the bundle'); }
`;

/**
 * Writes the bundle and returns the files that went into it, relative to the repository.
 *
 * Not minified: half of the size would buy a tenth of the start, and a stack trace would no longer say where it went wrong. There
 * is no source map for the same reason. Paths in it are relative, so that every directory gives the same bytes.
 */
export async function bundle({ root, outfile, logLevel = 'warning' }: BundleOptions): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22.19',
    format: 'esm',
    plugins: [
      replaceModule('undici', undici, root),
      replaceModule('@kubernetes/client-node', clientNode, root),
      // As `dist/config.js` imports them.
      replaceModule('./gen/index.js', apiClients, root),
    ],
    // `debug` takes it where it is there, and here a development package would have put it there.
    external: ['supports-color'],
    metafile: true,
    logLevel,
    // Comments that carry a licence are kept at the end; whole texts are in the image's notices.
    legalComments: 'eof',
    // Packages that are CommonJS call require() for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  await escapeOthers(resolve(root, outfile));
  return Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path)
    .sort();
}

/**
 * Writes what is not ASCII as `\uXXXX`: six characters of comments that esbuild keeps would have V8 hold the whole source with two
 * bytes for each character, which is 4 MiB at rest. esbuild has escaped strings by itself; what is left are comments and regular expressions.
 */
async function escapeOthers(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const toEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  await writeFile(file, text.replace(/[\u0080-\uffff]/g, toEscape));
}

/** Every import of the module gets this one instead; one of a name that it lacks fails the build. */
function replaceModule(name: string, contents: string, resolveDir: string): Plugin {
  return {
    name: `part of ${name}`,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /./ }, ({ path }) => (path === name ? { path, namespace: name } : undefined));
      onLoad({ filter: /./, namespace: name }, () => ({ contents, resolveDir }));
    },
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { outfile: { type: 'string', default: 'dist/main.js' }, 'log-level': { type: 'string', default: 'info' } },
  });
  await bundle({ root, outfile: values.outfile, logLevel: values['log-level'] as LogLevel });
}
