import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readDocuments } from '../../src/cli/documents.ts';
import type { Found } from '../../src/import/import-ingresses.ts';
import type { ApiObject } from '../support/admin-client.ts';

/** Ingresses as people have written them, each with what becomes of it. `npm run golden` writes the latter; review it by eye. */
export interface Case {
  readonly name: string;
  readonly folder: string;
}

const here = fileURLToPath(new URL('./corpus/', import.meta.url));

export const cases: readonly Case[] = readdirSync(here)
  .sort()
  .map((name) => ({ name, folder: `${here}${name}` }));

/** The objects of a case, by the reader of the command. */
export function readCase({ folder }: Case): readonly Found[] {
  return readDocuments(readFileSync(`${folder}/ingress.yaml`, 'utf8'), 'ingress.yaml').map((document) => {
    if (!document.isReadable) throw new Error(`${folder}: ${document.because}`);
    return { place: document.place, object: document.object as ApiObject };
  });
}
