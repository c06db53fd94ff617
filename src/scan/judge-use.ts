import { isLoopback } from './loopback.ts';
import { type Page, unknownHost } from './page.ts';
import { hole } from './text.ts';
import { judge, type Verdict } from './verdict.ts';

/**
 * Judges a URL with holes. Undefined where what is not known decides: the scheme, or a policy that allows some hosts or ports and
 * not others.
 */
export function judgeUse(page: Page, text: string): Verdict | undefined {
  if (new RegExp(`^[a-z0-9+.-]*${hole}`, 'i').test(text)) return undefined;
  const [, scheme = '', authority, rest = ''] = /^([a-z]+:\/\/)([^/?#]*)([\s\S]*)$/i.exec(text) ?? [];
  const tail = fill(authority === undefined ? text : rest, 'x');
  if (authority === undefined) return unlessHostDecides(page, judge(page, tail));
  if (!authority.includes(hole)) return judgeHost(page, scheme + authority + tail);
  const [host = ''] = /^(?:\[[^\]]*\]|[^:])*/.exec(authority) ?? [];
  // Without the port where only that is not known; a name of its own where the host is not.
  const filled = host.includes(hole) ? unknownHost : host;
  const verdict = judge({ ...page, policies: onlyUpgrades(page) }, scheme + filled + tail);
  return page.policies.some(forbidsAll) ? judge(page, scheme + filled + tail) : unlessPolicyDecides(page, verdict);
}

function fill(text: string, by: string): string {
  return text.replaceAll(hole, by);
}

/** The page may be served from the host of the URL, and `'self'` be this host. What is blocked there is blocked everywhere. */
function judgeHost(page: Page, url: string): Verdict | undefined {
  const verdict = judge(page, url);
  if (page.isHostKnown !== false || verdict.result !== 'blocked' || !URL.canParse(verdict.url)) return verdict;
  const { protocol } = new URL(page.url);
  const there = judge({ ...page, url: `${protocol}//${new URL(verdict.url).host}/` }, url);
  return there.result === 'blocked' ? there : undefined;
}

/** The page's own host is not known, so a policy that names hosts may allow it. */
function unlessHostDecides(page: Page, verdict: Verdict): Verdict | undefined {
  if (page.isHostKnown !== false || verdict.result !== 'blocked' || verdict.reason !== 'ContentSecurityPolicy')
    return verdict;
  return forbidsAll(verdict.policy) ? verdict : undefined;
}

/** Mixed content is blocked whatever the policies say; the rest is for them to decide, if they rule connections. */
function unlessPolicyDecides(page: Page, verdict: Verdict): Verdict | undefined {
  if (verdict.result === 'blocked') return verdict;
  return page.policies.every(rulesNothing) ? verdict : undefined;
}

function onlyUpgrades({ policies }: Page): Page['policies'] {
  return policies
    .filter(({ directives }) => directives.has('upgrade-insecure-requests'))
    .map((policy) => ({ ...policy, directives: new Map([['upgrade-insecure-requests', '']]) }));
}

function rulesNothing({ directives }: Page['policies'][number]): boolean {
  return (directives.get('connect-src') ?? directives.get('default-src') ?? '*') === '*';
}

function forbidsAll({ directives }: Page['policies'][number]): boolean {
  const list = directives.get('connect-src') ?? directives.get('default-src');
  return list !== undefined && /^(?:'none')?$/i.test(list);
}

/** Whether a page over https would open `wss://` in its place, if it were told to upgrade. */
export function wouldUpgrade(url: string): boolean {
  return URL.canParse(url) && !isLoopback(new URL(url).hostname);
}
