import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { hole } from '../../../src/scan/evaluate.ts';
import type { Page } from '../../../src/scan/page.ts';
import { type Dialect, readScript } from '../../../src/scan/script.ts';

const page: Page = { url: 'https://app.example.com/', policies: [] };

function urlsOf(code: string, dialect: Dialect = 'javascript', on: Page = page): readonly string[] {
  return readScript({ code, dialect }, on).uses.map(({ text }) => text.replaceAll(hole, '…'));
}

suite('a script', () => {
  for (const [what, code, expected] of [
    ['a literal', `new WebSocket('ws://a/x')`, ['ws://a/x']],
    [
      'a global of another name',
      `new globalThis.WebSocket('ws://a'); new window['WebSocket']('ws://b')`,
      ['ws://a', 'ws://b'],
    ],
    ['a sum', `const host = 'a'; new WebSocket('ws://' + host + '/x')`, ['ws://a/x']],
    ['a template', `new WebSocket(\`ws://\${host}:\${port}/x\`)`, ['ws://…:…/x']],
    ['the host of the page', `new WebSocket('ws://' + location.host)`, ['ws://app.example.com']],
    ['a concat', `new WebSocket('ws://'.concat(window.location.hostname, '/x'))`, ['ws://app.example.com/x']],
    ['a name', `const u = 'ws://a'; connect(u)`, ['ws://a']],
    ['a name that is opened', `const u = 'ws://a'; new WebSocket(u)`, ['ws://a']],
    [
      'a scheme that follows the page',
      `const s = location.protocol === 'https:' ? 'wss:' : 'ws:'; new WebSocket(s + '//a')`,
      ['wss://a'],
    ],
    [
      'a test by startsWith',
      `new WebSocket(location.protocol.startsWith('https') ? 'wss://a' : 'ws://a')`,
      ['wss://a'],
    ],
    [
      'a test that is kept in a name',
      `const t = location.protocol == 'https:'; new WebSocket((t ? 'wss' : 'ws') + '://a')`,
      ['wss://a'],
    ],
    ['an if', `let u; if (location.protocol !== 'https:') { u = 'ws://a' } else { u = 'wss://a' }`, ['wss://a']],
    ['a choice at run time', `const u = tls ? \`wss://\${h}\` : \`ws://\${h}\``, ['wss://…']],
    ['a choice by if', `if (tls) open('wss://a'); else open('ws://b')`, ['wss://a']],
    ['a default that is corrected', `let u = 'ws://a'; if (tls) u = 'wss://a'`, ['wss://a']],
    ['a scheme that is replaced', `new WebSocket(location.href.replace(/^http/, 'ws'))`, ['wss://app.example.com/']],
    ['a scheme that is replaced by a wrong one', `new WebSocket(url.replace(/^https?:/, 'ws:'))`, ['ws://…']],
    ['a slice of the scheme', `new WebSocket('ws' + location.origin.slice(4))`, ['wss://app.example.com']],
    ['a URL', `const u = new URL('/x', location.href); new WebSocket(u.href)`, ['https://app.example.com/x']],
    ['a scheme that is assigned', `u.protocol = 'ws:'`, ['ws://…']],
    [
      'a scheme that is assigned where it fits',
      `u.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'`,
      ['wss://…'],
    ],
    ['an option of a library', `new Client({ brokerURL: 'ws://a/stomp' })`, ['ws://a/stomp']],
    ['words to compare with and to tell', `if (u.startsWith('ws://') || u === 'ws://a') console.log('ws://b')`, []],
    [
      'a scheme in a name',
      `const s = 'ws://'; new WebSocket(s + 'a'); new WebSocket(s + 'b'); new WebSocket(s + 'a')`,
      ['ws://a', 'ws://b'],
    ],
    ['a list of schemes', `['ws://', 'wss://'].some((scheme) => url.startsWith(scheme))`, []],
    ['a list of URLs', `const all = ['ws://a', 'wss://b']`, ['ws://a', 'wss://b']],
    ['a message', `throw new Error('ws://a is wrong')`, []],
    ['a comment', `// new WebSocket('ws://a')`, []],
    ['names that refer to each other', 'const a = b; const b = a; new WebSocket(a)', []],
    ['JSX', `const e = <Chat url="ws://a" placeholder="ws://b" />`, ['ws://a']],
  ] as const) {
    test(`with ${what}`, () => {
      assert.deepEqual(urlsOf(code), expected);
    });
  }

  test('in TypeScript and TSX', () => {
    assert.deepEqual(urlsOf(`const u: string = <string>'ws://a' as const; type T = 'ws://b'`, 'typescript'), [
      'ws://a',
    ]);
    assert.deepEqual(urlsOf(`const e = <Chat<string> url={'ws://a'!} />`, 'tsx'), ['ws://a']);
  });

  test('a URL that is made at run time is counted, not judged', () => {
    const { uses, unknown } = readScript(
      { code: `new WebSocket(url); new WebSocket(\`\${s}://a\`)`, dialect: 'javascript' },
      page,
    );
    assert.deepEqual([uses, unknown], [[], 2]);
  });

  test('the place is that of the literal, in the file that holds the script', () => {
    const { uses } = readScript(
      { code: `x;\n  new WebSocket('ws://a')`, dialect: 'javascript', line: 5, column: 9 },
      page,
    );
    assert.deepEqual(uses, [{ text: 'ws://a', line: 6, column: 17, certainty: 'parsed' }]);
  });

  test('of a page that nobody named the host is a hole', () => {
    const unnamed: Page = { url: 'https://page.invalid/', policies: [], isHostKnown: false };
    assert.deepEqual(urlsOf(`new WebSocket('ws://' + location.host + '/x')`, 'javascript', unnamed), ['ws://…/x']);
  });

  test('what does not parse is searched for words, and says so', () => {
    const code = `{{#if}}\n// 'ws://comment'\nvar u = "ws://a/x" + y;\nvar v = tls ? 'wss://b' : 'ws://b';\nif (u == 'ws://')`;
    const { uses, flaw } = readScript({ code, dialect: 'javascript' }, page);
    assert.match(flaw ?? '', /Unexpected/);
    assert.deepEqual(uses, [{ text: `ws://a/x${hole}`, line: 3, column: 9, certainty: 'lexical' }]);
  });

  test('a script that is nested deeper than the stack is searched for words', () => {
    const code = `new WebSocket('ws://a'); ${'['.repeat(200_000)}`;
    const { uses, flaw } = readScript({ code, dialect: 'javascript' }, page);
    assert.ok(flaw);
    assert.deepEqual(
      uses.map(({ text }) => text),
      ['ws://a'],
    );
  });

  test('names that double each other end', () => {
    const doubled = Array.from({ length: 50 }, (_, index) => `const a${index} = a${index + 1} + a${index + 1};`);
    const decided = Array.from({ length: 50 }, (_, index) => `const b${index} = b${index + 1} && b${index + 1};`);
    const code = `${doubled.join('')} const a50 = 'x'; ${decided.join('')} new WebSocket(a0); new WebSocket(b0 ? 'x' : 'y')`;
    const { uses, flaw } = readScript({ code, dialect: 'javascript' }, page);
    assert.deepEqual([uses, flaw], [[], 'it is too intricate']);
  });
});
