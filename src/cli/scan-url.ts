import { toOneLine } from '../api/text.ts';
import type { Trust } from '../probe/trust.ts';
import { isUpgrading, type Page } from '../scan/page.ts';
import { readHeader } from '../scan/policy.ts';
import { adviseUpgrade, combine, nothing, type Scan, scanDocument, scanScript } from '../scan/scan-document.ts';
import { type FetchedText, fetchText } from './fetch-text.ts';
import type { UrlOrder } from './scan-order.ts';
import { type Survey, summarize } from './survey.ts';

const limits = {
  redirects: 5,
  scripts: 50,
  pageBytes: 5 * 1024 * 1024,
  scriptBytes: 5 * 1024 * 1024,
  scriptsMs: 60_000,
};

/** Gets a page and its scripts as a browser would, and judges them by the page's own policies. Throws when there is no page. */
export async function scanUrl(order: UrlOrder, trust: Trust): Promise<Survey> {
  const notes: string[] = [];
  const { url, answer } = await fetchPage(order, trust, notes);
  const header = [answer.headers['content-security-policy'] ?? []].flat().join(',');
  const policies = [...order.policies, ...readHeader(header, 'header Content-Security-Policy')];
  const served: Page = { url: url.href, policies };
  const type = String(answer.headers['content-type'] ?? '');
  if (/javascript/i.test(type)) {
    return summarize(1, [scanScript(url.href, { code: answer.text, dialect: 'javascript' }, served)], notes);
  }
  const document = scanDocument(url.href, answer.text, served);
  const base = document.page.base ?? url.href;
  const scripts = await fetchScripts(
    document.references.flatMap(({ src, type }) =>
      isScript(type) && URL.canParse(src, base) ? [new URL(src, base)] : [],
    ),
    { order, trust, page: document.page, notes },
  );
  const all = combine([document, ...scripts]);
  const advice: Scan = { ...nothing, findings: adviseUpgrade(url.href, all, document.page) };
  return summarize(1 + scripts.length, [document, ...scripts, advice], notes);
}

function isScript(type: string): boolean {
  return type === '' || type === 'module' || /javascript|ecmascript/.test(type);
}

interface FetchedPage {
  /** After redirects: this is the page's origin. */
  readonly url: URL;
  readonly answer: FetchedText;
}

async function fetchPage(order: UrlOrder, trust: Trust, notes: string[]): Promise<FetchedPage> {
  let url = order.url;
  for (let count = 0; count <= limits.redirects; count += 1) {
    const answer = await get(url, order, trust, limits.pageBytes, order.timeoutMs);
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers.location : undefined;
    if (location === undefined) {
      if (answer.status === 200) return { url, answer };
      throw new Error(`${url.href} answers with ${answer.status}, which is no page`);
    }
    const next = URL.canParse(String(location), url) ? new URL(String(location), url) : undefined;
    if (next === undefined || !['https:', 'http:'].includes(next.protocol)) {
      throw new Error(`${url.href} redirects to ${toOneLine(String(location))}, which is no page`);
    }
    notes.push(`${url.href} redirects to ${next.href} (${answer.status})`);
    url = next;
  }
  throw new Error(`${order.url.href} redirects more than ${limits.redirects} times`);
}

interface Loading {
  readonly order: UrlOrder;
  readonly trust: Trust;
  readonly page: Page;
  readonly notes: string[];
}

/** One after the other, with what they import. What cannot be had is noted. */
async function fetchScripts(first: readonly URL[], { order, trust, page, notes }: Loading): Promise<readonly Scan[]> {
  const scans: Scan[] = [];
  const waiting = [...first];
  const seen = new Set<string>();
  const until = performance.now() + limits.scriptsMs;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const url = isUpgrading(page) && next.protocol === 'http:' ? new URL(next.href.replace(/^http:/, 'https:')) : next;
    if (seen.has(url.href) || !['https:', 'http:'].includes(url.protocol)) continue;
    seen.add(url.href);
    const leftMs = Math.round(until - performance.now());
    if (seen.size > limits.scripts || leftMs <= 0) {
      notes.push(`more than ${limits.scripts} scripts or ${limits.scriptsMs} ms: ${url.href} and others are left out`);
      break;
    }
    if (page.url.startsWith('https:') && url.protocol === 'http:') {
      notes.push(`${url.href}: browsers do not load it into a page over https, so it is left out`);
      continue;
    }
    try {
      const { status, text } = await get(url, order, trust, limits.scriptBytes, Math.min(order.timeoutMs, leftMs));
      if (status !== 200) throw new Error(`${url.href} answers with ${status}`);
      const scan = scanScript(url.href, { code: text, dialect: 'javascript' }, page);
      scans.push(scan);
      const relative = scan.imports.filter((each) => /^(?:\.{0,2}\/|https?:)/.test(each) && URL.canParse(each, url));
      waiting.push(...relative.map((each) => new URL(each, url)));
    } catch (error) {
      notes.push(`${toOneLine((error as Error).message)}: left out`);
    }
  }
  return scans;
}

function get(url: URL, order: UrlOrder, trust: Trust, maximumBytes: number, timeoutMs: number): Promise<FetchedText> {
  const isPage = url.host === order.url.host && url.protocol === order.url.protocol;
  const connect = isPage && order.connect !== undefined ? { connect: order.connect } : {};
  return fetchText(url, { context: trust.context, timeoutMs, maximumBytes, ...connect });
}
