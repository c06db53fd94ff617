import { readFile } from 'node:fs/promises';
import type { Problem } from '../api/problem.ts';
import { readDocuments } from './documents.ts';

/** What a configuration file holds, before it is judged. */
export type ConfigurationFile =
  | { readonly isReadable: true; readonly object: Readonly<Record<string, unknown>> }
  | { readonly isReadable: false; readonly problems: readonly Problem[] };

/** Reads a file. That there is none, and that it is no YAML, are mistakes of a user like others. */
export async function readConfigurationFile(file: string): Promise<ConfigurationFile> {
  try {
    return readConfiguration(await readFile(file, 'utf8'));
  } catch (error) {
    return refuse(`must be a readable file: ${(error as Error).message}`);
  }
}

/** The one object of a text in YAML or JSON. */
export function readConfiguration(text: string): ConfigurationFile {
  const documents = readDocuments(text, '');
  const [document, ...others] = documents;
  if (document === undefined || others.length > 0) {
    return refuse(`must hold one object with apiVersion and kind, not ${documents.length}`);
  }
  return document.isReadable ? document : refuse(document.because);
}

function refuse(expected: string): ConfigurationFile {
  return { isReadable: false, problems: [{ path: 'document', found: '', expected }] };
}
