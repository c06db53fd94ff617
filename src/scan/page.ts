/** A Content-Security-Policy that a page is under, and where it was found. */
export interface Policy {
  /** Directive, in lower case → its value. The first of a name counts, as in CSP. */
  readonly directives: ReadonlyMap<string, string>;
  readonly place: string;
}

/** A page as a browser holds it: what decides which WebSockets its scripts may open. */
export interface Page {
  /** Where it was served: `https://app.example.com/chat`. */
  readonly url: string;
  /** What relative URLs are relative to, where `<base href>` changes it. */
  readonly base?: string;
  /** Every one of them must allow a connection. */
  readonly policies: readonly Policy[];
  /** False when nobody said where the page will be served: `url` has a host that stands for any. Default: true. */
  readonly isHostKnown?: boolean;
  /** False when the page is a file, which may be served at another path: `url` has its place in the folder. Default: true. */
  readonly isPathKnown?: boolean;
}

/** The host of a page that nobody has named (RFC 6761: no real one). */
export const unknownHost = 'page.invalid';

/** Whether `upgrade-insecure-requests` makes the browser open `wss://` where `ws://` is written. */
export function isUpgrading({ policies }: Page): boolean {
  return policies.some(({ directives }) => directives.has('upgrade-insecure-requests'));
}
