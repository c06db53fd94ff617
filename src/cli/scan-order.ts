import { escapeUnseen } from '../api/text.ts';
import { type Page, type Policy, unknownHost } from '../scan/page.ts';
import { readHeader } from '../scan/policy.ts';
import { readMilliseconds, readOrigin, readPlace } from './probe-order.ts';

/** The flags of `wss scan`, as commander reads them. */
export interface ScanFlags {
  readonly origin?: string;
  readonly csp?: readonly string[];
  readonly connect?: string;
  readonly ca?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

export interface UrlOrder {
  readonly kind: 'url';
  readonly url: URL;
  readonly policies: readonly Policy[];
  readonly connect?: { readonly address: string; readonly port: number };
  readonly timeoutMs: number;
}

export interface FolderOrder {
  readonly kind: 'folder';
  readonly path: string;
  /** The page that every file belongs to where no document says more. */
  readonly page: Page;
}

export type ScanOrder = UrlOrder | FolderOrder | { readonly kind: 'invalid'; readonly because: string };

/** What the command line asks for, or what is wrong with it. */
export function readScanOrder(target: string, flags: ScanFlags): ScanOrder {
  const policies = (flags.csp ?? []).flatMap((each) => readHeader(each, '--csp'));
  const timeoutMs = readMilliseconds(flags.timeout, 600_000);
  if (timeoutMs === undefined)
    return refuse(`--timeout ${quote(flags.timeout)} must be a time from 1ms to 10m, such as 10s`);
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(target)) return readFolderOrder(target, flags, policies);
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    return refuse(`${quote(target)} must be the URL of a page such as https://app.example.com/, or a folder`);
  }
  if (url.username !== '' || url.password !== '') return refuse(`${quote(target)} must not hold a user or a password`);
  if (flags.origin !== undefined) return refuse('--origin is for a folder: a URL has an origin of its own');
  const connect = flags.connect === undefined ? undefined : readPlace(flags.connect);
  if (flags.connect !== undefined && connect === undefined) {
    return refuse(`--connect ${quote(flags.connect)} must be HOST:PORT, such as 192.0.2.10:443 or [2001:db8::1]:443`);
  }
  return { kind: 'url', url, policies, timeoutMs, ...(connect !== undefined && { connect }) };
}

function readFolderOrder(path: string, flags: ScanFlags, policies: readonly Policy[]): ScanOrder {
  const unused = (['connect', 'ca'] as const).find((flag) => flags[flag] !== undefined);
  if (unused !== undefined) return refuse(`--${unused} is for a URL: nothing is fetched for a folder`);
  const origin = flags.origin === undefined ? undefined : readOrigin(flags.origin);
  if (flags.origin !== undefined && (origin === undefined || origin === 'null')) {
    return refuse(`--origin ${quote(flags.origin)} must be an origin such as https://app.example.com`);
  }
  const url = `${origin ?? `https://${unknownHost}`}/`;
  const page: Page = { url, policies, isHostKnown: origin !== undefined, isPathKnown: false };
  return { kind: 'folder', path, page };
}

function quote(text: string): string {
  return `"${escapeUnseen(text)}"`;
}

function refuse(because: string): ScanOrder {
  return { kind: 'invalid', because };
}
