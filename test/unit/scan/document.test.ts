/** The samples' findings are golden: `node --test --test-update-snapshots test/unit/scan/document.test.ts` writes them anew. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Page } from '../../../src/scan/page.ts';
import { adviseUpgrade, scanDocument } from '../../../src/scan/scan-document.ts';

const page: Page = { url: 'https://app.example.com/', policies: [] };

suite('a document', () => {
  for (const file of ['dashboard.html', 'Chat.vue']) {
    test(`${file}: findings, verdicts and advice`, (t) => {
      const text = readFileSync(join(import.meta.dirname, 'samples', file), 'utf8');
      const scan = scanDocument(file, text, page);
      const lines = [
        ...[...scan.findings, ...adviseUpgrade(file, scan, scan.page)].map(
          ({ line, column, url, reason, message, cure, certainty }) =>
            `${line}:${column} ${url} ${reason} (${certainty}): ${message}\n    ${cure}`,
        ),
        '',
        ...scan.sockets.map(
          ({ line, column, text, verdict }) => `${line}:${column} ${text} → ${verdict.result} ${verdict.url}`,
        ),
        `at run time: ${scan.unknown}; imports: ${scan.imports.join(', ')}; references: ${scan.references.map(({ src }) => src).join(', ')}`,
        ...scan.notes,
      ];
      t.assert.fileSnapshot(`${lines.join('\n')}\n`, join(import.meta.dirname, 'samples', `${file}.txt`), {
        serializers: [String],
      });
    });
  }

  test('what a script chooses at run time is noted, not found, where a page over https may not open it', () => {
    const html = (url: string) => `<script>new WebSocket(tls ? 'wss://a.example.com' : '${url}')</script>`;
    const { findings, sockets, notes } = scanDocument('a.html', html('ws://b.example.com/x'), page);
    assert.deepEqual([findings, sockets.map(({ text }) => text)], [[], ['wss://a.example.com']]);
    assert.deepEqual(notes, [
      'a.html:1: the script chooses between ws://b.example.com/x and wss:// at run time: a page over https may not open the first',
    ]);
    const onHttp = scanDocument('a.html', html('ws://b.example.com/x'), { ...page, url: 'http://app.example.com/' });
    assert.deepEqual([onHttp.notes, onHttp.sockets.length], [[], 2]);
    const unsafe = scanDocument('a.html', html('ws://b.example.com:22'), page);
    assert.deepEqual(
      unsafe.findings.map(({ reason }) => reason),
      ['UnsafePort'],
    );
  });

  test('of many intricate scripts takes time by their length', () => {
    const names = Array.from({ length: 40 }, (_, index) => `const a${index} = a${index + 1} + a${index + 1};`);
    const html = `<script>${names.join('')} const a40 = 'x'; new WebSocket(a0)</script>`.repeat(100);
    const start = process.cpuUsage();
    const { notes } = scanDocument('a.html', html, page);
    const { user, system } = process.cpuUsage(start);
    assert.match(
      notes[99] ?? '',
      /^a\.html: is too intricate to be followed to its end, so it was searched for ws:\/\/ only$/,
    );
    assert.ok(user + system < 10_000_000, `${user + system} µs`);
  });

  test('of an attribute that opens braces without end takes no longer than of another', () => {
    const { sockets } = scanDocument('a.html', `<chat-room url="ws://${'{'.repeat(100_000)}">`, page);
    assert.deepEqual(
      sockets.map(({ text }) => text),
      ['ws://…'],
    );
    const ports = scanDocument('a.html', `<chat-room url="ws://${':'.repeat(100_000)}{{ port }}/x">`, page);
    assert.equal(ports.sockets.length, 1);
  });
});
