import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, readDocuments } from '../../src/cli/documents.ts';
import { type LoadedSettings, loadSettings } from '../../src/cli/load-settings.ts';
import { type Rendering, renderDocuments } from '../../src/cli/offline.ts';

/** A case: what is read, and the folder of what is expected, with a configuration where the case has one. `npm run golden` writes the latter; review it by eye. */
export interface Case {
  readonly name: string;
  readonly input: string;
  readonly folder: string;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const examples = fileURLToPath(new URL('../../deploy/examples/', import.meta.url));

export const cases: readonly Case[] = [
  ...listFolders()
    .filter((name) => !name.startsWith('example-'))
    .map((name) => ({ name, input: `${here}${name}/route.yaml`, folder: `${here}${name}` })),
  ...readdirSync(examples)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => {
      const name = `example-${basename(file, '.yaml')}`;
      return { name, input: `${examples}${file}`, folder: `${here}${name}` };
    }),
];

/** Names of the folders of cases, those of examples among them. */
export function listFolders(): readonly string[] {
  return readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** What a case says, and what becomes of its routes. */
export async function renderCase({
  input,
  folder,
}: Case): Promise<{ readonly documents: readonly Document[]; readonly renderings: readonly Rendering[] }> {
  const { settings } = await configure(folder);
  const documents = readDocuments(readFileSync(input, 'utf8'), basename(input));
  return { documents, renderings: renderDocuments(documents, { ...settings, controller: 'k8s.io/ingress-nginx' }) };
}

/** The settings of a case; most have no configuration of their own. */
async function configure(folder: string): Promise<Extract<LoadedSettings, { isValid: true }>> {
  const file = `${folder}/configuration.yaml`;
  const loaded = await loadSettings(existsSync(file) ? file : undefined);
  assert.ok(loaded.isValid, loaded.isValid ? '' : loaded.lines.join());
  return loaded;
}
