import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { judgeUse } from '../../src/scan/judge-use.ts';
import { type Page, unknownHost } from '../../src/scan/page.ts';
import { readHeader } from '../../src/scan/policy.ts';
import { scanDocument, scanScript } from '../../src/scan/scan-document.ts';
import { hole } from '../../src/scan/text.ts';
import { judge } from '../../src/scan/verdict.ts';

const word = fc.constantFrom(
  ...[
    'ws://',
    'wss://',
    "'",
    '"',
    '`',
    '${',
    '}',
    '(',
    ')',
    ' + ',
    'location.host',
    'new WebSocket(',
    '<script>',
    '</script>',
    '<meta ',
    '\n',
  ],
  ...[
    'http-equiv=content-security-policy',
    ' content=',
    '>',
    '?',
    ':',
    "'https:'",
    'const a = ',
    ';',
    'a',
    '//',
    '/*',
    'if (',
    ' === ',
    '@',
    '#',
  ],
);
/** Any code points, as of `fc.string({ unit: 'binary' })`, which first takes more than a second to tabulate them all. */
const anything = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 20 })
  .map((points) => String.fromCodePoint(...points));
const text = fc.oneof(
  fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
  anything,
);
const urls = fc.oneof(
  text,
  // `fc.webUrl()` makes the same table.
  fc
    .tuple(
      fc.constantFrom('ws', 'wss', 'http', 'https'),
      fc.webAuthority({ withPort: true, withIPv4: true, withIPv6: true }),
      fc.array(fc.constantFrom('/', 'x', '..', '%20', '%', '?', '#', 'é'), { maxLength: 8 }),
    )
    .map(([scheme, authority, path]) => `${scheme}://${authority}/${path.join('')}`),
);
const policy = fc.array(
  fc.constantFrom(
    'connect-src',
    'default-src',
    ' ',
    ';',
    ',',
    "'self'",
    "'none'",
    '*',
    'wss:',
    'wss://a.example.com:*/x',
    'a',
    '%',
  ),
  { maxLength: 12 },
);

suite('a scan', () => {
  test('of any text ends, and every finding is at a place of the text', () => {
    fc.assert(
      fc.property(text, (content) => {
        const page: Page = { url: 'https://app.example.com/', policies: [] };
        const lines = content.split(/\r\n|[\n\r\u2028\u2029]/);
        const script = { code: content, dialect: 'javascript' } as const;
        for (const scan of [scanDocument('a.html', content, page), scanScript('a.js', script, page)]) {
          for (const { line, column } of scan.findings) {
            assert.ok(line >= 1 && line <= lines.length, `line ${line} of ${lines.length}`);
            assert.ok(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1, `column ${column} of line ${line}`);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  // Other than upgrade-insecure-requests, which changes the URL.
  test('a policy more never allows what was blocked', () => {
    fc.assert(
      fc.property(urls, policy, policy, (url, first, second) => {
        const one = readHeader(first.join(' '), 'first');
        const other = readHeader(second.join(' '), 'second');
        const alone = judge({ url: 'https://app.example.com/', policies: one }, url);
        const both = judge({ url: 'https://app.example.com/', policies: [...one, ...other] }, url);
        if (alone.result === 'blocked') assert.equal(both.result, 'blocked');
      }),
    );
  });

  test('what is blocked on a page that nobody named is blocked wherever it is served', () => {
    const socket = fc.constantFrom(
      ...['wss://a.example.com/x', 'ws://a.example.com/', 'wss://b.example.com:8443/', 'ws://localhost/', '/x', 'x'],
      ...[
        `wss://a.example.com/${hole}`,
        `wss://${hole}/x`,
        `wss://a.example.com:${hole}/`,
        `ws://${hole}`,
        '//a.example.com',
      ],
    );
    const host = fc.constantFrom('a.example.com', 'b.example.com', 'b.example.com:8443', 'a', 'localhost');
    fc.assert(
      fc.property(socket, policy, host, (url, list, host) => {
        const policies = readHeader(list.join(' '), 'header');
        const unnamed = judgeUse({ url: `https://${unknownHost}/`, policies, isHostKnown: false }, url);
        if (unnamed?.result !== 'blocked') return;
        assert.equal(judgeUse({ url: `https://${host}/`, policies }, url)?.result, 'blocked');
      }),
      { numRuns: 400 },
    );
  });
});
