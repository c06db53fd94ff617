import { isLoopback } from './loopback.ts';
import { isUpgrading, type Page, type Policy } from './page.ts';
import { findConnectDirective } from './policy.ts';
import { allowsSocket } from './source-expression.ts';
import { isUnsafePort } from './unsafe-port.ts';

export type BlockReason = 'InvalidURL' | 'UnsafePort' | 'ContentSecurityPolicy' | 'MixedContent';

/** What a browser does with `new WebSocket(url)`; `url` is the one it opens, or would. */
export type Verdict =
  | { readonly result: 'allowed' | 'upgraded'; readonly url: string }
  | {
      readonly result: 'blocked';
      readonly reason: 'ContentSecurityPolicy';
      readonly url: string;
      readonly policy: Policy;
    }
  | {
      readonly result: 'blocked';
      readonly reason: Exclude<BlockReason, 'ContentSecurityPolicy'>;
      readonly url: string;
    };

/**
 * Judges in the order of browsers (WHATWG WebSockets, "the constructor"; Chromium's WebSocketCommon::Connect): the URL and its
 * upgrade, then its port, then the policies, then mixed content.
 */
export function judge(page: Page, text: string): Verdict {
  const base = page.base ?? page.url;
  const parsed = URL.canParse(text, base) ? new URL(text, base) : undefined;
  const url = parsed === undefined ? undefined : toSocketUrl(parsed);
  if (url === undefined) return { result: 'blocked', reason: 'InvalidURL', url: text };
  const mustUpgrade = isUpgrading(page) && url.protocol === 'ws:' && !isLoopback(url.hostname);
  if (mustUpgrade) url.protocol = 'wss:';
  const { href } = url;
  if (isUnsafePort(url)) return { result: 'blocked', reason: 'UnsafePort', url: href };
  const from = new URL(page.url);
  const policy = page.policies.find((each) => !isAllowedBy(each, url, from));
  if (policy !== undefined) return { result: 'blocked', reason: 'ContentSecurityPolicy', url: href, policy };
  const isMixed = from.protocol === 'https:' && url.protocol === 'ws:' && !isLoopback(url.hostname);
  if (isMixed) return { result: 'blocked', reason: 'MixedContent', url: href };
  return { result: mustUpgrade ? 'upgraded' : 'allowed', url: href };
}

/** Browsers since 2024 take https: for wss: and http: for ws:, and so relative URLs. */
function toSocketUrl(parsed: URL): URL | undefined {
  // A fragment is refused even when it is empty.
  if (parsed.href.includes('#')) return undefined;
  const url = new URL(parsed);
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  return ['ws:', 'wss:'].includes(url.protocol) ? url : undefined;
}

function isAllowedBy(policy: Policy, url: URL, page: URL): boolean {
  const directive = findConnectDirective(policy);
  return directive === undefined || allowsSocket(directive.value, url, page);
}
