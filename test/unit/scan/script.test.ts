import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Page } from '../../../src/scan/page.ts';
import { type Dialect, readScript } from '../../../src/scan/script.ts';
import { hole } from '../../../src/scan/text.ts';

const page: Page = { url: 'https://app.example.com/', policies: [] };

/** With a question mark where the script chooses at run time whether it takes it. */
function urlsOf(code: string, dialect: Dialect = 'javascript', on: Page = page): readonly string[] {
  const { uses } = readScript({ code, dialect }, on);
  return uses.map(({ text, isChosen }) => `${text.replaceAll(hole, '…')}${isChosen === true ? ' ?' : ''}`);
}

const https = `location.protocol === 'https:'`;

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
    ['a return before', `function f() { if (${https}) return 'wss://' + h; return 'ws://' + h }`, ['wss://…']],
    ['a return before that is not', `function f() { if (!(${https})) return 'ws://a'; return 'wss://a' }`, ['wss://a']],
    ['a function behind a return', `open(); return; open('ws://a'); function open() { f('ws://b') }`, ['ws://b']],
    ['a way to break out', `for (;;) { if (${https}) { u = 'wss://a'; break } u = 'ws://a' }`, ['wss://a']],
    ['and, or', `new WebSocket((${https} && 'wss://' || 'ws://') + location.host)`, ['wss://app.example.com']],
    ['and, or, at run time', `const u = tls && 'wss://a' || 'ws://a'`, ['wss://a', 'ws://a ?']],
    ['a default, for which nobody says wss', `const u = config.url || 'ws://a'`, ['ws://a']],
    ['a table', `new WebSocket({ 'http:': 'ws://a', 'https:': 'wss://a' }[location.protocol])`, ['wss://a']],
    [
      'a table in a name',
      `const t = { http: 'ws', https: 'wss' }; new WebSocket(t[location.protocol.slice(0, -1)] + '://a')`,
      ['wss://a'],
    ],
    ['a table of http only', `const t = { http: 'ws://a', file: 'ws://b' }`, ['ws://a', 'ws://b']],
    [
      'a switch',
      `switch (location.protocol) { case 'http:': u = 'ws://a'; break; case 'https:': u = 'wss://a'; break; default: u = 'ws://b' }`,
      ['wss://a'],
    ],
    [
      'a switch by default',
      `switch (location.protocol) { case 'ftp:': open('ws://a'); default: open('ws://b') }`,
      ['ws://b'],
    ],
    [
      'a switch that falls through',
      `switch (location.protocol) { case 'https:': default: open('ws://a') }`,
      ['ws://a'],
    ],
    [
      'a switch that returns',
      `function f() { switch (location.protocol) { case 'https:': return 'wss://a' } return 'ws://a' }`,
      ['wss://a'],
    ],
    [
      'a switch that may break',
      `function f() { switch (location.protocol) { case 'https:': if (x) break; return 'wss://a' } return 'ws://a' }`,
      ['wss://a', 'ws://a ?'],
    ],
    [
      'a switch at run time',
      `switch (mode) { case 1: u = 'wss://a'; break; default: u = 'ws://a' }`,
      ['wss://a', 'ws://a ?'],
    ],
    ['a choice at run time', `const u = tls ? \`wss://\${h}\` : \`ws://\${h}\``, ['wss://…', 'ws://… ?']],
    [
      'a choice by what is no matter of the page',
      `const u = process.env.NODE_ENV === 'production' ? 'wss://a' : 'ws://b'`,
      ['wss://a', 'ws://b ?'],
    ],
    ['a choice that the bundler made', `const u = 'development' === 'production' ? 'wss://a' : 'ws://b'`, ['ws://b']],
    ['a choice by if', `if (tls) open('wss://a'); else open('ws://b')`, ['wss://a', 'ws://b ?']],
    ['a choice by return', `function f() { if (tls()) return 'wss://a'; return 'ws://b' }`, ['wss://a', 'ws://b ?']],
    [
      'a choice by return that is not',
      `function f() { if (!tls()) return 'ws://b'; return 'wss://a' }`,
      ['ws://b ?', 'wss://a'],
    ],
    ['a guard that is no choice', `function f() { if (!user) return; open('ws://a') }`, ['ws://a']],
    [
      'both after a choice',
      `const u = 'ws://a'; tls ? open('wss://a') : new WebSocket(u); new WebSocket(u)`,
      ['ws://a', 'wss://a'],
    ],
    ['a default that is corrected', `let u = 'ws://a'; if (${https}) u = 'wss://a'`, ['wss://a']],
    ['an assignment that is corrected', `let u; u = 'ws://a'; if (${https}) { u = 'wss://a' }`, ['wss://a']],
    ['a property that is corrected', `this.u = 'ws://a'; ${https} && (this.u = 'wss://a')`, ['wss://a']],
    ['a default that is corrected at run time', `let u = 'ws://a'; if (tls) u = 'wss://a'`, ['ws://a ?', 'wss://a']],
    [
      'a default that another function corrects',
      `let u = 'ws://a'; function f() { if (${https}) u = 'wss://a' }`,
      ['ws://a ?', 'wss://a'],
    ],
    [
      'a socket that is opened again',
      `let s = new WebSocket('ws://a'); if (${https}) s = new WebSocket('wss://a')`,
      ['ws://a', 'wss://a'],
    ],
    ['a name of a loop', `let a = ''; for (a of all) if (a) open('ws://a')`, ['ws://a']],
    ['a name of what was caught', `const a = ''; try { f() } catch (a) { if (a) open('ws://a') }`, ['ws://a']],
    ['a name of several values', `let a = 'x'; [a] = ['ws://a']; new WebSocket(a)`, ['ws://a']],
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

  test('of a page that nobody placed the path is a hole, and the scheme is known all the same', () => {
    const unplaced: Page = { ...page, isPathKnown: false };
    for (const [code, expected] of [
      [`new WebSocket(location.href.replace(/^http/, 'ws'))`, ['wss://app.example.com/…/']],
      [`new WebSocket('ws' + location.href.slice(4))`, ['wss://app.example.com/…/']],
      [`new WebSocket(new URL('/x', location.href))`, ['https://app.example.com/x']],
      [`new WebSocket(new URL('x', location.href))`, ['https://app.example.com/…/x']],
      [`const u = location.href.startsWith('https:') ? 'wss://a' : 'ws://a'`, ['wss://a']],
      [`const u = /^http:/.test(location.href) ? 'ws://a' : 'wss://a'`, ['wss://a']],
      [`const u = location.href.includes('?tls') ? 'wss://a' : 'ws://a'`, ['wss://a', 'ws://a ?']],
    ] as const) {
      assert.deepEqual(urlsOf(code, 'javascript', unplaced), expected, code);
    }
  });

  test('what does not parse is searched for words, and says so', () => {
    const code = `{{#if}}\n// 'ws://comment'\nvar u = "ws://a/x" + y;\nvar v = tls ? 'wss://b' : 'ws://b';\nif (u == 'ws://')`;
    const { uses, flaw } = readScript({ code, dialect: 'javascript' }, page);
    assert.match(flaw ?? '', /^does not parse \(.*Unexpected/);
    assert.deepEqual(uses, [{ text: `ws://a/x${hole}`, line: 3, column: 9, certainty: 'lexical' }]);
  });

  test('a script that is nested deeper than the stack is searched for words', () => {
    const code = `new WebSocket('ws://a'); ${'['.repeat(200_000)}`;
    const { uses, flaw } = readScript({ code, dialect: 'javascript' }, page);
    assert.equal(flaw, 'is nested too deep');
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
    assert.deepEqual([uses, flaw], [[], 'is too intricate to be followed to its end']);
  });

  for (const [what, count, before, repeated, after] of [
    ['assignments to one name', 40_000, '', `a=1;`, ''],
    ['openings of one literal', 15_000, `const a='ws://x/';`, `new WebSocket(a+#);`, ''],
    ['defaults in defaults', 40_000, `${'(a='.repeat(100)}()=>{`, `a=1;`, `}${')=>{}'.repeat(100)}`],
  ] as const) {
    test(`takes time by its length: ${what}`, () => {
      const parts = Array.from({ length: count }, (_, index) => repeated.replace('#', `${index}`));
      const start = process.cpuUsage();
      const { flaw } = readScript({ code: before + parts.join('') + after, dialect: 'javascript' }, page);
      const { user, system } = process.cpuUsage(start);
      assert.equal(flaw, undefined);
      assert.ok(user + system < 5_000_000, `${user + system} µs`);
    });
  }
});
