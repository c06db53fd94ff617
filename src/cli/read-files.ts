import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Document, readDocuments } from './documents.ts';

/** The documents of files, `-` being standard input. A file that cannot be read is a document that cannot. */
export async function readFiles(files: readonly string[]): Promise<readonly Document[]> {
  const documents: Document[] = [];
  for (const file of files) documents.push(...(await readFrom(file)));
  return documents;
}

async function readFrom(file: string): Promise<readonly Document[]> {
  const source = file === '-' ? 'standard input' : file;
  try {
    const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
    return readDocuments(content, source);
  } catch (error) {
    return [{ place: source, isReadable: false, because: `must be a readable file: ${(error as Error).message}` }];
  }
}
