import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { load } from 'js-yaml';
import { type ChartValues, type Rendering, renderAll } from './render.ts';

interface InvalidValues {
  /** Path of the value that the message must name; empty for all of them. */
  readonly at: string;
  readonly says: string;
  readonly values: ChartValues;
}

const corpus = load(readFileSync(new URL('invalid.yaml', import.meta.url), 'utf8')) as readonly InvalidValues[];

describe('invalid values are refused with a message that names the value', () => {
  let renderings: ReadonlyMap<InvalidValues, Rendering>;

  before(async () => {
    renderings = await renderAll(corpus, ({ values }) => values);
  });

  test('there are enough of them, each one once', () => {
    assert.ok(corpus.length >= 60, `${corpus.length}`);
    assert.equal(new Set(corpus.map(({ values }) => JSON.stringify(values))).size, corpus.length);
  });

  for (const each of corpus) {
    test(JSON.stringify(each.values), () => {
      const rendering = renderings.get(each);
      assert.ok(rendering?.isRendered === false, 'it is rendered');
      const [, message = ''] = rendering.message.split(' ended with 1: ');
      // The schema's messages name a value by JSON pointer, the chart's own by its path.
      const pointer = `'/${each.at.replaceAll('.', '/')}'`.replace("'/'", "''");
      assert.ok(
        message.includes(pointer) || message.includes(`- ${each.at}: `),
        `${pointer} is not named:\n${message}`,
      );
      assert.ok(message.includes(each.says), `"${each.says}" is not said:\n${message}`);
    });
  }
});
