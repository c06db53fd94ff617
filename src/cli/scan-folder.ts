import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join, posix, relative, sep } from 'node:path';
import { toOneLine } from '../api/text.ts';
import type { Page } from '../scan/page.ts';
import {
  adviseUpgrade,
  type DocumentScan,
  nothing,
  type Scan,
  scanDocument,
  scanScript,
} from '../scan/scan-document.ts';
import type { Dialect } from '../scan/script.ts';
import type { FolderOrder } from './scan-order.ts';
import { type Survey, summarize } from './survey.ts';

/** Bytes of a file and of all, and files: more than people write or bundle, so that a folder of data ends. */
const limits = { bytes: 5 * 1024 * 1024, allBytes: 256 * 1024 * 1024, files: 20_000 };

const passedOver: ReadonlySet<string> = new Set(['node_modules', '.git']);
const documents = /\.(?:html?|xhtml|vue|svelte)$/i;
const pages = /\.(?:html?|xhtml)$/i;
/** Declarations, `.d.ts`, open nothing. */
const scripts = /(?<!\.d)\.(?:jsx?|mjs|cjs|tsx?|mts|cts)$/i;
/** What a script may leave out when it imports another. */
const endings = ['', '.js', '.mjs', '.ts', '.tsx', '.jsx', '/index.js', '/index.ts'];

/** Reads every document and script of a folder, or one file. Throws when it is not there. Symbolic links are passed over. */
export async function scanFolder({ path, page }: FolderOrder): Promise<Survey> {
  const { texts, notes } = await readTexts(path);
  const documentScans = [...texts]
    .filter(([file]) => documents.test(file))
    .map(([file, text]) => ({
      file,
      scan: scanDocument(file, text, { ...page, url: new URL(toPath(file), page.url).href }),
    }));
  const advice = documentScans
    .filter(({ file }) => pages.test(file))
    .map(({ file, scan }): Scan => ({ ...nothing, findings: adviseUpgrade(file, scan, scan.page) }));
  const owners = findOwners(documentScans, texts, page);
  const scriptScans = [...texts]
    .filter(([file]) => scripts.test(file))
    .flatMap(([file, code]) => {
      const script = { code, dialect: dialectOf(file) };
      const [first = page, ...others] = owners.get(file) ?? [];
      return [
        scanScript(file, script, first),
        ...others.map((each) => ({ ...scanScript(file, script, each), unknown: 0 })),
      ];
    });
  return summarize(texts.size, [...documentScans.map(({ scan }) => scan), ...scriptScans, ...advice], notes);
}

/** Which pages load a script, by themselves or by what they import: it is under their policies. */
function findOwners(
  scans: readonly { readonly file: string; readonly scan: DocumentScan }[],
  texts: ReadonlyMap<string, string>,
  { url }: Page,
): ReadonlyMap<string, readonly Page[]> {
  const owners = new Map<string, Page[]>();
  const imports = new Map<string, readonly string[]>();
  for (const { file, scan } of scans) {
    if (!pages.test(file)) continue;
    const base = scan.page.base ?? scan.page.url;
    const waiting = scan.references.flatMap(({ src }) => findLocal(src, base, url, texts));
    const seen = new Set<string>();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      owners.set(next, [...(owners.get(next) ?? []), scan.page]);
      const own =
        imports.get(next) ??
        scanScript(next, { code: texts.get(next) ?? '', dialect: dialectOf(next) }, scan.page).imports;
      imports.set(next, own);
      const from = new URL(toPath(next), url).href;
      waiting.push(
        ...own.filter((each) => /^\.{0,2}\//.test(each)).flatMap((each) => findLocal(each, from, url, texts)),
      );
    }
  }
  return owners;
}

/** The file of the folder that a URL leads to, if it is one. */
function findLocal(src: string, base: string, root: string, texts: ReadonlyMap<string, string>): readonly string[] {
  if (!URL.canParse(src, base)) return [];
  const { origin, pathname } = new URL(src, base);
  if (origin !== new URL(root).origin) return [];
  const path = decode(pathname.slice(1));
  const found = endings.map((ending) => path + ending).find((each) => texts.has(each) && scripts.test(each));
  return found === undefined ? [] : [found];
}

interface Texts {
  /** By path below the folder, with slashes. */
  readonly texts: Map<string, string>;
  readonly notes: string[];
  bytes: number;
}

async function readTexts(path: string): Promise<Texts> {
  const read: Texts = { texts: new Map(), notes: [], bytes: 0 };
  const root = await lstatOrThrow(path);
  if (root.isFile()) await readText(path, basename(path), read);
  const waiting = root.isFile() ? [] : [path];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = join(folder, entry.name);
      if (entry.isDirectory() && !passedOver.has(entry.name)) waiting.push(at);
      if (!entry.isFile() || !(documents.test(at) || scripts.test(at))) continue;
      if (read.texts.size >= limits.files || read.bytes >= limits.allBytes) {
        read.notes.push(`more than ${limits.files} files or ${limits.allBytes} bytes: the rest is left out`);
        return read;
      }
      await readText(at, relative(path, at).split(sep).join(posix.sep), read);
    }
  }
  return read;
}

async function readText(path: string, name: string, read: Texts): Promise<void> {
  try {
    const { size } = await lstat(path);
    if (size > limits.bytes) {
      read.notes.push(`${toOneLine(name)}: ${size} bytes are more than ${limits.bytes}: left out`);
      return;
    }
    read.texts.set(name, await readFile(path, 'utf8'));
    read.bytes += size;
  } catch (error) {
    read.notes.push(`${toOneLine(name)}: ${(error as Error).message}: left out`);
  }
}

async function lstatOrThrow(path: string): ReturnType<typeof lstat> {
  try {
    return await lstat(path);
  } catch (cause) {
    throw new Error(`${toOneLine(path)} must be a folder, a file or the URL of a page: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function dialectOf(file: string): Dialect {
  if (/\.tsx$/i.test(file)) return 'tsx';
  return /\.[mc]?ts$/i.test(file) ? 'typescript' : 'javascript';
}

function toPath(file: string): string {
  return `/${file.split('/').map(encodeURIComponent).join('/')}`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
