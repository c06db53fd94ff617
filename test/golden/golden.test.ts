import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readDocuments } from '../../src/cli/documents.ts';
import { type LoadedSettings, loadSettings } from '../../src/cli/load-settings.ts';
import { renderDocuments } from '../../src/cli/offline.ts';
import { formatObjects, listRemarks } from '../../src/cli/render.ts';

/** A case: what is read, and the folder of what is expected, with a configuration where the case has one. `npm run golden` writes the latter; review it by eye. */
interface Case {
  readonly name: string;
  readonly input: string;
  readonly folder: string;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const examples = fileURLToPath(new URL('../../deploy/examples/', import.meta.url));
const serializers = [String];

const cases: readonly Case[] = [
  ...readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('example-'))
    .map(({ name }) => ({ name, input: `${here}${name}/route.yaml`, folder: `${here}${name}` })),
  ...readdirSync(examples)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => {
      const name = `example-${basename(file, '.yaml')}`;
      return { name, input: `${examples}${file}`, folder: `${here}${name}` };
    }),
];

describe('golden', () => {
  for (const { name, input, folder } of cases) {
    test(`${name} becomes what its files show`, async (t) => {
      mkdirSync(folder, { recursive: true });
      const { settings } = await configure(folder);
      const documents = readDocuments(readFileSync(input, 'utf8'), basename(input));
      const renderings = renderDocuments(documents, { ...settings, controller: 'k8s.io/ingress-nginx' });
      const objects = renderings.flatMap((rendering) => rendering.objects);
      t.assert.fileSnapshot(formatObjects(objects, 'yaml'), `${folder}/expected.yaml`, { serializers });
      const remarks = listRemarks(renderings);
      if (remarks.length > 0)
        t.assert.fileSnapshot(remarks.map((line) => `${line}\n`).join(''), `${folder}/remarks.txt`, { serializers });
      else
        assert.equal(
          existsSync(`${folder}/remarks.txt`),
          false,
          `there is nothing to remark: delete ${folder}/remarks.txt`,
        );
    });
  }

  test('every expectation belongs to an example or a case', () => {
    const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), cases.map(({ name }) => name).sort());
  });
});

/** The settings of a case; most have no configuration of their own. */
async function configure(folder: string): Promise<Extract<LoadedSettings, { isValid: true }>> {
  const file = `${folder}/configuration.yaml`;
  const loaded = await loadSettings(existsSync(file) ? file : undefined);
  assert.ok(loaded.isValid, loaded.isValid ? '' : loaded.lines.join());
  return loaded;
}
