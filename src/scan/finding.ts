import { escapeUnseen } from '../api/text.ts';
import { isLoopback } from './loopback.ts';
import { type Page, unknownHost } from './page.ts';
import { findConnectDirective } from './policy.ts';
import type { SocketUse } from './socket-use.ts';
import { allowsSocket } from './source-expression.ts';
import { hole } from './text.ts';
import type { BlockReason, Verdict } from './verdict.ts';

/** Something that a browser blocks, and what to write instead. */
export interface Finding {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** As it is written; `…` stands for what is known at run time only. */
  readonly url: string;
  readonly reason: BlockReason | 'UpgradeMissing';
  readonly message: string;
  readonly cure: string;
  readonly certainty: SocketUse['certainty'];
}

type Blocked = Verdict & { readonly result: 'blocked' };

/** Puts a verdict into words. */
export function describe(file: string, use: SocketUse, verdict: Blocked, page: Page): Finding {
  const { line, column, certainty } = use;
  return { file, line, column, url: show(use.text), reason: verdict.reason, ...explain(use, verdict, page), certainty };
}

/** The URL for people: one line, short. */
export function show(text: string): string {
  const shown = escapeUnseen(text.replaceAll(hole, '…').replaceAll(unknownHost, '…').replace(/…+/g, '…'));
  return shown.length > 200 ? `${shown.slice(0, 199)}…` : shown;
}

function explain(use: SocketUse, verdict: Blocked, page: Page): Pick<Finding, 'message' | 'cure'> {
  switch (verdict.reason) {
    case 'MixedContent':
      return {
        message: 'a page that came by https may not open ws:// (mixed content)',
        cure: composeAware(use, page),
      };
    case 'ContentSecurityPolicy':
      return explainPolicy(use, verdict, page);
    case 'UnsafePort':
      return {
        message: `browsers connect to no URL with port ${new URL(verdict.url).port}`,
        cure: 'use another port, 443 best',
      };
    case 'InvalidURL':
      return use.text.includes('#')
        ? {
            message: 'browsers refuse a WebSocket URL with a fragment',
            cure: `write ${show(use.text.replace(/#.*$/, ''))}`,
          }
        : {
            message: 'browsers cannot open it as a WebSocket',
            cure: 'write a URL such as wss://chat.example.com/socket',
          };
  }
}

/** A URL that follows the scheme of the page. */
function composeAware({ text, certainty }: SocketUse, { url, isHostKnown }: Page): string {
  const [, authority = '', rest = ''] = /^[a-z]+:\/\/([^/?#]*)([\s\S]*)$/i.exec(text) ?? [];
  // Not in a script, as far as anybody knows: there is nothing that could follow the page.
  if (certainty === 'lexical') return `write ${show(`wss://${authority}${rest}`)}`;
  const isOwn = authority === hole || (isHostKnown !== false && authority === new URL(url).host);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code for the reader.
  const host = isOwn ? '${location.host}' : show(authority);
  return `write \`\${location.protocol.replace('http', 'ws')}//${host}${show(rest)}\`, which is wss:// on a page over https`;
}

type BlockedByPolicy = Blocked & { readonly reason: 'ContentSecurityPolicy' };

function explainPolicy(use: SocketUse, verdict: BlockedByPolicy, page: Page): Pick<Finding, 'message' | 'cure'> {
  const { policy, url } = verdict;
  const { name, value } = findConnectDirective(policy) ?? { name: 'connect-src', value: '' };
  const message = `${name} ${show(value)} (${policy.place}) does not allow ${show(url)}`;
  const blocked = new URL(url);
  const isMixed = blocked.protocol === 'ws:' && page.url.startsWith('https:') && !isLoopback(blocked.hostname);
  const secure = new URL(isMixed ? url.replace(/^ws:/, 'wss:') : url);
  const cure = `write connect-src ${extend(value, secure)}`;
  if (!isMixed) return { message, cure };
  const aware = composeAware(use, page);
  return { message, cure: allowsSocket(value, secure, new URL(page.url)) ? aware : `${aware}, and ${cure}` };
}

/** The list, with the origin of the URL. */
function extend(list: string, { protocol, host }: URL): string {
  const kept = list.split(/\s+/).filter((each) => each !== '' && each.toLowerCase() !== "'none'");
  return escapeUnseen([...kept, host === unknownHost ? protocol : `${protocol}//${host}`].join(' '));
}
