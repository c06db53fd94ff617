import type { Page } from 'playwright-core';
import type { BlockReason } from '../../src/scan/verdict.ts';

/** What became of `new WebSocket(url)` in a page. */
export interface Attempt {
  /** `closed`: the browser tried, and it did not open. */
  readonly outcome: 'open' | 'closed' | Exclude<BlockReason, 'UnsafePort'>;
  /** The URL that the browser took it for. */
  readonly url: string;
  /** What came back when it was open. */
  readonly echo?: string;
  /** The browser's words when it threw. */
  readonly error?: string;
}

/** Opens a WebSocket by the page's own JavaScript, sends a message and waits for the answer. */
export function openInPage(page: Page, url: string): Promise<Attempt> {
  return page.evaluate(
    (written) =>
      new Promise<Attempt>((resolve) => {
        const violations: string[] = [];
        // The types of Node.js lack it; the rest is the same there.
        const { document } = globalThis as unknown as { readonly document: EventTarget };
        document.addEventListener('securitypolicyviolation', (event) => {
          violations.push((event as unknown as { readonly effectiveDirective: string }).effectiveDirective);
        });
        let socket: WebSocket;
        try {
          socket = new WebSocket(written);
        } catch (error) {
          const { name, message } = error as DOMException;
          return resolve({
            outcome: name === 'SyntaxError' ? 'InvalidURL' : 'MixedContent',
            url: written,
            error: `${name}: ${message}`,
          });
        }
        socket.onopen = () => socket.send('héllo');
        socket.onmessage = ({ data }) => {
          resolve({ outcome: 'open', url: socket.url, echo: String(data) });
          socket.close();
        };
        // What a policy forbids has an error and no close; the report of it is a task of its own next to that.
        socket.onerror = () =>
          setTimeout(() => {
            const isForbidden = violations.includes('connect-src');
            resolve({ outcome: isForbidden ? 'ContentSecurityPolicy' : 'closed', url: socket.url });
          }, 20);
      }),
    url,
  );
}
