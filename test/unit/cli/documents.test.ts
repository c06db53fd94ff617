import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDocuments } from '../../../src/cli/documents.ts';

/** The names of the objects that could be read, and what was said of the others. */
function read(text: string): readonly string[] {
  return readDocuments(text, 'file').map((document) =>
    document.isReadable ? String((document.object.metadata as { readonly name: string }).name) : document.because,
  );
}

function readField(text: string): unknown {
  const [document] = readDocuments(text, 'file');
  return document?.isReadable ? document.object.a : undefined;
}

describe('the documents of a file', () => {
  test('are read one by one, and each is named by its place', () => {
    const documents = readDocuments('metadata: { name: a }\n---\nmetadata: { name: b }\n', 'file');
    assert.deepEqual(
      documents.map(({ place }) => place),
      ['file, document 1', 'file, document 2'],
    );
  });

  test('are read around one that is no YAML', () => {
    const [first, broken, last] = read('metadata: { name: a }\n---\nmetadata: [unclosed\n---\nmetadata: { name: b }\n');
    assert.deepEqual([first, last], ['a', 'b']);
    assert.match(broken ?? '', /^must be YAML or JSON: [^\n]+$/);
  });

  for (const [says, text] of [
    [
      'with comments and empty documents between them',
      '# head\n---\n---\n# only a comment\n---\nmetadata: { name: a }\n---\n\n',
    ],
    ['with the line ends of Windows', '---\r\nmetadata:\r\n  name: a\r\n---\r\n'],
    ['behind a byte order mark', '\uFEFFmetadata: { name: a }\n'],
    ['behind a byte order mark and a document marker', '\uFEFF---\nmetadata: { name: a }\n'],
    ['with directives', '%YAML 1.2\n---\nmetadata: { name: a }\n'],
    ['with a document end', 'metadata: { name: a }\n...\n'],
    ['on the line of their marker', '--- { metadata: { name: a } }\n'],
    ['as JSON', '{"metadata": {"name": "a"}}'],
    ['as a List', 'kind: List\nitems: [{ metadata: { name: a } }]\n'],
    ['as a JSON List', '{"apiVersion": "v1", "kind": "List", "items": [{"metadata": {"name": "a"}}]}'],
  ] as const) {
    test(`are read ${says}`, () => assert.deepEqual(read(text), ['a']));
  }

  for (const text of ['', '\n\n', '# nothing\n', '---\n---\n', '\uFEFF', 'null\n', 'kind: List\nitems: []\n']) {
    test(`are none in ${JSON.stringify(text)}`, () => assert.deepEqual(read(text), []));
  }

  for (const text of [
    'text',
    '5',
    '- a\n- b\n',
    'kind: List\nitems: [text]\n',
    'kind: List\nitems: [[]]\n',
    'kind: List\nitems: [null]\n',
  ]) {
    test(`are no objects in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(read(text), ['must be an object with apiVersion and kind']);
    });
  }

  test('are not parted by a key that begins like a marker', () => {
    assert.equal(readField('a: 1\n---b: 2\n'), 1);
    assert.equal(readDocuments('a: 1\n---b: 2\n', 'file').length, 1);
  });

  test('are named by their place in a List', () => {
    const [document] = readDocuments('kind: List\nitems: [{ a: 1 }]\n', 'file');
    assert.equal(document?.place, 'file, items[0]');
  });

  test('may be many in one List', () => {
    const items = Array.from({ length: 5000 }, (_, index) => ({
      metadata: { name: `r${index}` },
      spec: Array(30).fill(0),
    }));
    assert.equal(
      readDocuments(JSON.stringify({ kind: 'List', items }), 'file').filter(({ isReadable }) => isReadable).length,
      5000,
    );
  });

  for (const [says, text] of [
    ['a key twice', 'a: 1\na: 2\n'],
    ['an alias of nothing', 'a: *nothing\n'],
    ['a tag of JavaScript', 'a: !!js/function x\n'],
    ['a tab for indentation', 'a:\n\tb: 1\n'],
    ['a key that is a list', '? [a]\n: 1\n'],
    ['a quote that never ends', 'a: "x\n'],
  ] as const) {
    test(`are refused with ${says}`, () => {
      assert.match(read(text).join(), /^must be YAML or JSON: /);
    });
  }

  test('are refused when an alias makes them endless', () => {
    assert.match(read('&a { b: *a }\n').join(), /must hold at most 100000 values, its aliases unfolded/);
  });

  test('are refused when aliases unfold to more than memory holds', () => {
    const levels = Array.from(
      { length: 9 },
      (_, index) => `l${index + 1}: &l${index + 1} [${Array(10).fill(`*l${index}`).join(', ')}]`,
    );
    assert.match(read(`l0: &l0 [x]\n${levels.join('\n')}\n`).join(), /must hold at most 100000 values/);
  });
});

describe('a value', () => {
  for (const [text, value] of [
    ['a: yes', true],
    ['a: off', false],
    ['a: true', true],
    ["a: 'off'", 'off'],
    ['a: 2026-01-01', '2026-01-01'],
    ['a: 12:30', '12:30'],
    ['a: 1h', '1h'],
    ['a: ~', null],
    ['a:', null],
    ['a: 8080', 8080],
  ] as const) {
    test(`is read as kubectl reads it: ${text}`, () => assert.equal(readField(text), value));
  }

  test('may be merged from an anchor', () => {
    assert.deepEqual(readField('x: &x { b: 1, c: 1 }\na: { <<: *x, c: 2 }\n'), { b: 1, c: 2 });
  });
});
