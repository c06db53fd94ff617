import { describe, type Finding, show } from './finding.ts';
import { type Attribute, type Html, type Inline, readHtml } from './html.ts';
import { judgeUse, wouldUpgrade } from './judge-use.ts';
import { hideTemplates, searchText } from './lexical.ts';
import { isLoopback } from './loopback.ts';
import { isUpgrading, type Page } from './page.ts';
import { readMeta } from './policy.ts';
import { type Dialect, readScript, type Script, type ScriptReading } from './script.ts';
import type { SocketUse } from './socket-use.ts';
import type { Verdict } from './verdict.ts';

/** A WebSocket URL of a file, and what a browser does with it. */
export interface JudgedSocket extends SocketUse {
  readonly file: string;
  readonly verdict: Verdict;
}

export interface Scan {
  readonly findings: readonly Finding[];
  readonly sockets: readonly JudgedSocket[];
  /** How many WebSockets could not be judged, because their URL is made at run time. */
  readonly unknown: number;
  /** What is worth knowing and blocked by nobody: scripts that do not parse, sockets to the visitor's own computer. */
  readonly notes: readonly string[];
  /** What the script imports. */
  readonly imports: readonly string[];
}

export interface DocumentScan extends Scan {
  /** The page with the policies and the base that the document gives itself. */
  readonly page: Page;
  readonly references: Html['references'];
}

export const nothing: Scan = { findings: [], sockets: [], unknown: 0, notes: [], imports: [] };

export function combine(scans: readonly Scan[]): Scan {
  return {
    findings: scans.flatMap(({ findings }) => findings),
    sockets: scans.flatMap(({ sockets }) => sockets),
    unknown: scans.reduce((sum, { unknown }) => sum + unknown, 0),
    notes: scans.flatMap(({ notes }) => notes),
    imports: scans.flatMap(({ imports }) => imports),
  };
}

/** Scans a script as it runs on the page. */
export function scanScript(file: string, script: Script, page: Page): Scan {
  return judgeScript(file, readScript(script, page), page);
}

/** Judges what was found in a script by the policies of a page that loads it. */
export function judgeScript(file: string, { uses, unknown, imports, flaw }: ScriptReading, page: Page): Scan {
  const notes = flaw === undefined ? [] : [`${file}: ${flaw}, so it was searched for ws:// only`];
  return combine([judgeAll(file, uses, page), { ...nothing, unknown, imports, notes }]);
}

/**
 * Scans HTML, its inline scripts, handlers and attributes. `served` is the page as its server gives it.
 *
 * A policy of a meta element counts for the whole document, though browsers let scripts above it go.
 */
export function scanDocument(file: string, text: string, served: Page): DocumentScan {
  const html = readHtml(text);
  const metas = html.policies.flatMap(({ content, line }) => readMeta(content, `${file}:${line}`));
  const page: Page = { ...served, policies: [...served.policies, ...metas], ...findBase(html, served) };
  const scans = [
    ...html.inlines.map((inline) => scanInline(file, inline, page)),
    ...html.attributes.map((attribute) => scanAttribute(file, attribute, page)),
  ];
  return { ...combine(scans), page, references: html.references };
}

/** One more finding where a header would cure all the others of the page at once. */
export function adviseUpgrade(file: string, { findings }: Scan, page: Page): readonly Finding[] {
  const isHelped = findings.some(
    ({ reason, url }) => reason === 'MixedContent' && wouldUpgrade(url.replaceAll('…', 'x')),
  );
  if (!isHelped || isUpgrading(page)) return [];
  return [
    {
      ...{ file, line: 1, column: 1, url: '', reason: 'UpgradeMissing', certainty: 'parsed' },
      message: 'the page does not ask browsers to open wss:// where its scripts say ws://',
      cure: 'until they are corrected, serve it with Content-Security-Policy: upgrade-insecure-requests',
    },
  ];
}

function findBase({ base }: Html, { url }: Page): { readonly base?: string } {
  return base !== undefined && URL.canParse(base, url) ? { base: new URL(base, url).href } : {};
}

const javascript = /^(?:|module|text\/babel|(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/jsx)$/;
const typescript = /^(?:text|application)\/(?:x-)?typescript$/;

function scanInline(file: string, { code, type, language, line, column }: Inline, page: Page): Scan {
  if (type === 'importmap' || type === 'speculationrules') return nothing;
  if (!javascript.test(type) && !typescript.test(type)) return judgeAll(file, searchText(code, { line, column }), page);
  const dialect: Dialect =
    language === 'tsx' ? 'tsx' : language === 'ts' || typescript.test(type) ? 'typescript' : 'javascript';
  return scanScript(file, { code, dialect, line, column }, page);
}

/** Handlers are scripts; `<a href>` and words for people open nothing; of others a value that is a URL may be opened by a script. */
function scanAttribute(file: string, { element, name, value, line, column }: Attribute, page: Page): Scan {
  if (/^on[a-z]+$/.test(name)) {
    // Where the value begins within the attribute; line breaks before it are rare.
    const code = { code: value, dialect: 'javascript', line, column: column + name.length + 2 } as const;
    return scanScript(file, code, page);
  }
  if ((name === 'href' && element !== 'base') || /^(?:placeholder|title|alt|content|aria-.*)$/.test(name))
    return nothing;
  const [, url] = /^\s*(?:connect:|["'`])?(wss?:\/\/[^\s"'`]+)/i.exec(value) ?? [];
  if (url === undefined) return nothing;
  return judgeAll(file, [{ text: hideTemplates(url), line, column, certainty: 'lexical' }], page);
}

function judgeAll(file: string, uses: readonly SocketUse[], page: Page): Scan {
  const findings: Finding[] = [];
  const sockets: JudgedSocket[] = [];
  const notes: string[] = [];
  let unknown = 0;
  for (const use of uses) {
    const verdict = judgeUse(page, use.text);
    if (verdict === undefined) {
      unknown += 1;
      continue;
    }
    if (isDoubtful(use, verdict, page)) {
      const choice = `the script chooses between ${show(use.text)} and wss:// at run time`;
      notes.push(`${file}:${use.line}: ${choice}: a page over https may not open the first`);
      continue;
    }
    sockets.push({ ...use, text: show(use.text), file, verdict: { ...verdict, url: show(verdict.url) } });
    if (verdict.result === 'blocked') findings.push(describe(file, use, verdict, page));
    else if (leadsHome(verdict.url) && !leadsHome(page.url)) {
      notes.push(`${file}:${use.line}: ${show(use.text)} is on the visitor's own computer: Chromium asks people first`);
    }
  }
  return { findings, sockets, unknown, notes, imports: [] };
}

/** A script that chooses between both schemes may ask for that of the page, in words that nobody understands here. */
function isDoubtful({ isChosen }: SocketUse, verdict: Verdict, { url }: Page): boolean {
  const isByScheme = verdict.result === 'blocked' && /^(?:MixedContent|ContentSecurityPolicy)$/.test(verdict.reason);
  return isChosen === true && isByScheme && url.startsWith('https:');
}

/** Chromium, "Local Network Access": a page of the internet that reaches this computer needs leave of the person. */
function leadsHome(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname);
}
