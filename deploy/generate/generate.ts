/**
 * Writes what follows from values.ts, package.json, crds/wssroutes.yaml and the dialects: the parts of the chart that nobody writes by hand.
 * `--check` writes nothing and fails, naming the files that are stale. `--manifest` writes install.yaml, too, which takes helm.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { listOutputs } from './outputs.ts';

const isCheck = process.argv.includes('--check');
const outputs = new Map(await listOutputs());
if (process.argv.includes('--manifest')) {
  const { renderManifest } = await import('./manifest.ts');
  outputs.set('install.yaml', await renderManifest());
}

const stale: string[] = [];
for (const [file, content] of outputs) {
  const url = new URL(`../${file}`, import.meta.url);
  if ((await readFile(url, 'utf8').catch(() => '')) === content) continue;
  stale.push(`deploy/${file}`);
  if (!isCheck) await writeFile(url, content);
}
if (stale.length > 0) console.log(`${isCheck ? 'stale (run `npm run generate`)' : 'written'}: ${stale.join(', ')}`);
process.exitCode = isCheck && stale.length > 0 ? 1 : 0;
