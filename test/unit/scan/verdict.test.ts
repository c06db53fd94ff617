/** What the browser tests ask Chromium about stands there, cell by cell; here is what no page of theirs can have. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Page } from '../../../src/scan/page.ts';
import { readHeader } from '../../../src/scan/policy.ts';
import { judge } from '../../../src/scan/verdict.ts';

function verdictOf(page: string, url: string, policy = ''): string {
  const here: Page = { url: page, policies: readHeader(policy, 'header') };
  const verdict = judge(here, url);
  return verdict.result === 'blocked' ? verdict.reason : `${verdict.result} ${verdict.url}`;
}

const https = 'https://app.example.com/chat/';

suite('the verdict of a browser', () => {
  for (const [page, url, policy, expected] of [
    [https, 'ws://chat.example.com', '', 'MixedContent'],
    [https, 'WS://chat.example.com', '', 'MixedContent'],
    [https, 'wss://chat.example.com', '', 'allowed wss://chat.example.com/'],
    [https, 'ws', '', 'allowed wss://app.example.com/chat/ws'],
    [https, 'ws://[::1]:3000/', '', 'allowed ws://[::1]:3000/'],
    [https, 'ws://127.9.9.9/', '', 'allowed ws://127.9.9.9/'],
    [https, 'ws://dev.localhost/', '', 'allowed ws://dev.localhost/'],
    [https, 'ws://localhost.example.com/', '', 'MixedContent'],
    [https, 'ws://10.0.0.1/', '', 'MixedContent'],
    ['http://app.example.com/', 'ws://chat.example.com', '', 'allowed ws://chat.example.com/'],
    ['http://app.example.com/', '/ws', '', 'allowed ws://app.example.com/ws'],
    [https, 'ws://chat.example.com:80/', 'upgrade-insecure-requests', 'upgraded wss://chat.example.com/'],
    [https, 'ws://chat.example.com:8080/', 'upgrade-insecure-requests', 'upgraded wss://chat.example.com:8080/'],
    [https, 'ws://localhost/', 'Upgrade-Insecure-Requests', 'allowed ws://localhost/'],
    [https, 'wss://chat.example.com:22/', '', 'UnsafePort'],
    [https, 'wss://', '', 'InvalidURL'],
    [https, 'ftp://chat.example.com/', '', 'InvalidURL'],
    [https, 'wss://chat.example.com/#', '', 'InvalidURL'],
    [https, 'wss://chat.example.com/', "connect-src 'self' ; ; default-src *", 'ContentSecurityPolicy'],
    [https, 'wss://chat.example.com/', "CONNECT-SRC 'SELF'\twss://chat.example.com", 'allowed wss://chat.example.com/'],
    [https, 'wss://app.example.com/', "default-src 'SELF'", 'allowed wss://app.example.com/'],
    [https, 'wss://chat.example.com/', 'default-src *, connect-src https:', 'ContentSecurityPolicy'],
    [https, 'wss://chat.example.com/', "connect-src 'nonce-x' 'strict-dynamic' %%%", 'ContentSecurityPolicy'],
    [https, 'wss://chat.example.com/', 'img-src x', 'allowed wss://chat.example.com/'],
    [https, 'wss://chat.example.com/', ';,;', 'allowed wss://chat.example.com/'],
  ] as const) {
    test(`${page} → ${url} under "${policy}": ${expected}`, () => {
      assert.equal(verdictOf(page, url, policy), expected);
    });
  }

  test('the base of a document is what relative URLs are relative to, and not its origin', () => {
    const page: Page = { url: https, base: 'http://cdn.example.com/x/', policies: [] };
    assert.deepEqual(judge(page, 'ws'), {
      result: 'blocked',
      reason: 'MixedContent',
      url: 'ws://cdn.example.com/x/ws',
    });
  });
});
