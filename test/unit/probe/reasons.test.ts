import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { failureReasons, type ReasonText } from '../../../src/api/failure-reasons.ts';

const folder = join(import.meta.dirname, '../../probe');
const tests = globSync('*.test.ts', { cwd: folder }).map((file) => readFileSync(join(folder, file), 'utf8'));

suite('the catalogue of broken paths', () => {
  for (const [reason, texts] of Object.entries<ReasonText>(failureReasons)) {
    test(`${reason} is met by a test that breaks the path for real`, () => {
      assert.ok(
        tests.some((text) => text.includes(`'${reason}'`)),
        `no file of test/probe expects ${reason}`,
      );
    });

    test(`${reason} is told in sentences that fit into a table`, () => {
      for (const text of [texts.meaning, texts.cause, texts.cure]) assert.match(text, /^[A-Z0-9][^|\n]*\.$/, text);
    });
  }
});
