/** The samples' findings are golden: `node --test --test-update-snapshots test/unit/scan/document.test.ts` writes them anew. */
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
});
