/**
 * Writes what follows from values.ts, package.json, crds/wssroutes.yaml and the dialects: the parts of the chart that nobody writes by hand.
 * `--check` writes nothing and fails, naming the files that are stale. `--manifest` writes install.yaml, too, which takes helm.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { listOutputs } from './outputs.ts';

const isCheck = process.argv.includes('--check');
const stale: string[] = [];

async function put(file: string, content: string): Promise<void> {
  const url = new URL(`../${file}`, import.meta.url);
  if ((await readFile(url, 'utf8').catch(() => '')) === content) return;
  stale.push(`deploy/${file}`);
  if (!isCheck) await writeFile(url, content);
}

for (const [file, content] of await listOutputs()) await put(file, content);
// Rendered from the files that have just been written.
if (process.argv.includes('--manifest')) {
  const { renderManifest } = await import('./manifest.ts');
  await put('install.yaml', await renderManifest());
}
if (stale.length > 0) console.log(`${isCheck ? 'stale (run `npm run generate`)' : 'written'}: ${stale.join(', ')}`);
process.exitCode = isCheck && stale.length > 0 ? 1 : 0;
