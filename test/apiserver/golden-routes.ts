import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDocuments } from '../../src/cli/documents.ts';

export type Json = Readonly<Record<string, unknown>>;

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every WssRoute of the examples and of the golden cases. */
export const goldenRoutes: readonly { readonly place: string; readonly object: Json }[] = globSync([
  `${root}deploy/examples/*.yaml`,
  `${root}test/golden/*/route.yaml`,
])
  .sort()
  .flatMap((file) => readDocuments(readFileSync(file, 'utf8'), relative(root, file)))
  .flatMap((document) => {
    if (!document.isReadable) throw new Error(`${document.place}: ${document.because}`);
    return document.object.kind === 'WssRoute' ? [document] : [];
  });

/** Every object that is expected of them. */
export const goldenObjects: readonly { readonly place: string; readonly object: Json }[] = globSync(
  `${root}test/golden/*/expected.yaml`,
)
  .sort()
  .flatMap((file) => readDocuments(readFileSync(file, 'utf8'), relative(root, file)))
  .map((document) => {
    if (!document.isReadable) throw new Error(`${document.place}: ${document.because}`);
    return document;
  });
