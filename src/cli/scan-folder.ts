import type { Page } from '../scan/page.ts';
import {
  adviseUpgrade,
  type DocumentScan,
  judgeScript,
  nothing,
  type Scan,
  scanDocument,
} from '../scan/scan-document.ts';
import { type Dialect, readScript, type ScriptReading } from '../scan/script.ts';
import { readTexts } from './read-texts.ts';
import type { FolderOrder } from './scan-order.ts';
import { type Survey, summarize } from './survey.ts';

const isPage = /\.(?:html?|xhtml)$/i;
const isDocument = /\.(?:html?|xhtml|vue|svelte)$/i;
/** Declarations, `.d.ts`, open nothing. */
const isScript = /(?<!\.d)\.(?:jsx?|mjs|cjs|tsx?|mts|cts)$/i;
const wanted = new RegExp(`${isDocument.source}|${isScript.source}`, 'i');
/** What a script may leave out when it imports another. */
const endings = ['', '.js', '.mjs', '.ts', '.tsx', '.jsx', '/index.js', '/index.ts'];

/** What the files of a folder hold, by path below it. A script is understood once, whoever loads it: pages of one origin differ in their policies only. */
interface Folder {
  readonly documents: Map<string, DocumentScan>;
  readonly scripts: Map<string, ScriptReading>;
}

/** Reads every document and script of a folder, or one file. Throws when it is not there. */
export async function scanFolder({ path, page }: FolderOrder): Promise<Survey> {
  const notes: string[] = [];
  const folder: Folder = { documents: new Map(), scripts: new Map() };
  for await (const { name, text } of readTexts(path, wanted, notes)) {
    const url = new URL(toPath(name), page.url).href;
    if (isDocument.test(name)) folder.documents.set(name, scanDocument(name, text, { ...page, url }));
    else folder.scripts.set(name, readScript({ code: text, dialect: dialectOf(name) }, page));
  }
  const advice = [...folder.documents]
    .filter(([file]) => isPage.test(file))
    .map(([file, scan]): Scan => ({ ...nothing, findings: adviseUpgrade(file, scan, scan.page) }));
  const owners = findOwners(folder, page);
  const scriptScans = [...folder.scripts].flatMap(([file, reading]) => {
    const [first = page, ...others] = owners.get(file) ?? [];
    const again = { ...reading, unknown: 0 };
    return [judgeScript(file, reading, first), ...others.map((each) => judgeScript(file, again, each))];
  });
  const files = folder.documents.size + folder.scripts.size;
  return summarize(files, [...folder.documents.values(), ...scriptScans, ...advice], notes);
}

/** Which pages load a script, by themselves or by what they import: it is under their policies. */
function findOwners({ documents, scripts }: Folder, { url }: Page): ReadonlyMap<string, readonly Page[]> {
  const owners = new Map<string, Page[]>();
  for (const [file, { page, references }] of documents) {
    if (!isPage.test(file)) continue;
    const waiting = references.flatMap(({ src }) => findLocal(src, page.base ?? page.url, url, scripts));
    const seen = new Set<string>();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const known = owners.get(next);
      if (known === undefined) owners.set(next, [page]);
      else known.push(page);
      const from = new URL(toPath(next), url).href;
      const imports = scripts.get(next)?.imports.filter((each) => /^\.{0,2}\//.test(each)) ?? [];
      waiting.push(...imports.flatMap((each) => findLocal(each, from, url, scripts)));
    }
  }
  return owners;
}

/** The script of the folder that a URL leads to, if it is one. */
function findLocal(src: string, base: string, root: string, scripts: Folder['scripts']): readonly string[] {
  if (!URL.canParse(src, base)) return [];
  const { origin, pathname } = new URL(src, base);
  if (origin !== new URL(root).origin) return [];
  const path = decode(pathname.slice(1));
  const found = endings.map((ending) => path + ending).find((each) => scripts.has(each));
  return found === undefined ? [] : [found];
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
