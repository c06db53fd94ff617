import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BundledPackage, identify } from './bundled-packages.ts';

const rule = '-'.repeat(80);
const licenseFile = /^(?:licen[cs]e|notice|copying|copyright)/i;

/**
 * The licence texts of the packages in the bundle and of Node.js itself. `nodeLicense` is undefined where the binary came without
 * one, as from the npm package `node`: the notice then says where it is.
 */
export function composeNotices(
  packages: readonly BundledPackage[],
  node: { readonly version: string; readonly license: string | undefined },
): string {
  const nodeText =
    node.license ??
    `The licence of Node.js and of what it is made of: https://github.com/nodejs/node/blob/v${node.version}/LICENSE`;
  const parts = [
    ...packages.map((each) => compose(`${identify(each)} (${each.license})`, readTexts(each))),
    compose(`node ${node.version} (MIT and others)`, [nodeText]),
  ];
  return `wss-operator contains the following software.\n\n${parts.join('\n')}`;
}

function compose(title: string, texts: readonly string[]): string {
  return `${rule}\n${title}\n${rule}\n\n${texts.map((text) => `${text.trim()}\n`).join('\n')}`;
}

function readTexts({ directory, license }: BundledPackage): readonly string[] {
  const files = readdirSync(directory)
    .filter((name) => licenseFile.test(name))
    .sort();
  if (files.length === 0) return [`The package has no licence file; its package.json says: ${license}.`];
  return files.map((name) => readFileSync(join(directory, name), 'utf8'));
}
