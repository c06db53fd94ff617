import type { Stats } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join, posix, relative, sep } from 'node:path';
import { toOneLine } from '../api/text.ts';

/** Bytes of a file and of all, and files: more than people write or bundle, so that a folder of data ends. */
const limits = { bytes: 5 * 1024 * 1024, allBytes: 256 * 1024 * 1024, files: 20_000 };

const passedOver: ReadonlySet<string> = new Set(['node_modules', '.git']);

export interface TextFile {
  /** Its path below the folder, with slashes. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads the files of a folder whose path matches, or one file, one after the other, so that no more than one has to be kept. What
 * is left out is noted. Throws when the folder is not there. Symbolic links are passed over.
 */
export async function* readTexts(path: string, wanted: RegExp, notes: string[]): AsyncGenerator<TextFile> {
  const root = await lstatOrThrow(path);
  let [files, bytes] = [0, 0];
  for await (const file of root.isFile() ? [path] : listFiles(path, wanted)) {
    if (files >= limits.files || bytes >= limits.allBytes) {
      notes.push(`more than ${limits.files} files or ${limits.allBytes} bytes: the rest is left out`);
      return;
    }
    const name = root.isFile() ? basename(path) : relative(path, file).split(sep).join(posix.sep);
    let text: string;
    try {
      const { size } = await lstat(file);
      if (size > limits.bytes) throw new Error(`${size} bytes are more than ${limits.bytes}`);
      text = await readFile(file, 'utf8');
      bytes += size;
    } catch (error) {
      notes.push(`${toOneLine(name)}: ${(error as Error).message}: left out`);
      continue;
    }
    files += 1;
    yield { name, text };
  }
}

async function* listFiles(path: string, wanted: RegExp): AsyncGenerator<string> {
  const waiting = [path];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = join(folder, entry.name);
      if (entry.isDirectory() && !passedOver.has(entry.name)) waiting.push(at);
      if (entry.isFile() && wanted.test(at)) yield at;
    }
  }
}

async function lstatOrThrow(path: string): Promise<Stats> {
  try {
    return await lstat(path);
  } catch (cause) {
    throw new Error(`${toOneLine(path)} must be a folder, a file or the URL of a page: ${(cause as Error).message}`, {
      cause,
    });
  }
}
