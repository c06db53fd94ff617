import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, suite, test } from 'node:test';
import { scanFolder } from '../../../src/cli/scan-folder.ts';
import { readScanOrder, type ScanFlags } from '../../../src/cli/scan-order.ts';
import type { Survey } from '../../../src/cli/survey.ts';
import { runProgram } from '../../support/run-program.ts';
import { spawnProgram } from '../../support/spawn-program.ts';

const root = mkdtempSync(join(tmpdir(), 'wss-scan-test-'));
let folders = 0;
after(() => rmSync(root, { recursive: true, force: true }));

/** Writes files into a new folder. */
function write(files: Readonly<Record<string, string>>): string {
  folders += 1;
  const folder = join(root, `${folders}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function scan(folder: string, flags: Partial<ScanFlags> = {}): Promise<Survey> {
  const order = readScanOrder(folder, { timeout: '10s', ...flags });
  assert.equal(order.kind, 'folder');
  return scanFolder(order as typeof order & { readonly kind: 'folder' });
}

function placesOf({ findings }: Survey): readonly string[] {
  return findings.map(({ file, line, column, reason }) => `${file}:${line}:${column} ${reason}`);
}

suite('wss scan FOLDER', () => {
  const socket = `new WebSocket('ws://a.example.com/x');\n`;

  test('finds documents and scripts of every kind, and nothing else', async () => {
    const names = ['a.js', 'b.mjs', 'c.cjs', 'd.ts', 'e.jsx', 'f.tsx', 'deep/er/g.js'];
    const html = {
      'h.html': `<script>${socket}</script>`,
      'i.vue': `<script>${socket}</script>`,
      'j.svelte': `<script>${socket}</script>`,
    };
    const rest = {
      'node_modules/p/x.js': socket,
      '.git/x.js': socket,
      'x.css': socket,
      'x.json': socket,
      'deep/node_modules/x.js': socket,
    };
    const survey = await scan(write({ ...Object.fromEntries(names.map((name) => [name, socket])), ...html, ...rest }));
    assert.deepEqual(
      survey.findings.filter(({ reason }) => reason === 'MixedContent').map(({ file }) => file),
      [...names, ...Object.keys(html)].sort(),
    );
    assert.equal(survey.files, 10);
  });

  test('follows no symbolic link, and leaves out what is too large', async () => {
    const outside = write({ 'secret.js': socket });
    const folder = write({ 'a.js': '', 'large.js': `${' '.repeat(5 * 1024 * 1024)}${socket}` });
    symlinkSync(outside, join(folder, 'link'));
    symlinkSync(join(outside, 'secret.js'), join(folder, 'link.js'));
    const survey = await scan(folder);
    assert.deepEqual([placesOf(survey), survey.files], [[], 1]);
    assert.match(survey.notes.join(), /^large\.js: 5242919 bytes are more than 5242880: left out$/);
  });

  test('judges a script by the policies of the pages that load it, by themselves or by what they import', async () => {
    const page = (policy: string, src: string) =>
      `<meta http-equiv="Content-Security-Policy" content="${policy}"><script type="module" src="${src}"></script>`;
    const wss = `new WebSocket('wss://a.example.com/x');`;
    const folder = write({
      'open.html': page('connect-src wss:', 'shared.js'),
      'sub/closed.html': page("connect-src 'self'", '../app'),
      'app.js': `import './lib/deep.js';`,
      'lib/deep.js': wss,
      'shared.js': wss,
    });
    const origin = 'https://app.example.com';
    assert.deepEqual(placesOf(await scan(folder, { origin })), ['lib/deep.js:1:15 ContentSecurityPolicy']);
    assert.deepEqual(placesOf(await scan(folder, { csp: ["connect-src 'none'"] })).length, 2);
  });

  test('understands a script once, however many pages load it', async () => {
    const folder = write({
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, page) => [`${page}.html`, '<script src="app.js"></script>']),
      ),
      'app.js': `${'a=1;'.repeat(40_000)} new WebSocket('ws://a.example.com/x')`,
    });
    const start = process.cpuUsage();
    const survey = await scan(folder);
    const { user, system } = process.cpuUsage(start);
    assert.deepEqual([survey.files, placesOf(survey)], [41, ['app.js:1:160016 MixedContent']]);
    assert.ok(user + system < 5_000_000, `${user + system} µs`);
  });

  test('does not take the place of a file for the path of the page', async () => {
    const script = `new WebSocket(location.href.replace(/^http/, 'ws')); new WebSocket(location.pathname)`;
    const { sockets, unknown } = await scan(write({ 'index.html': `<script>${script}</script>`, 'a.js': script }), {
      origin: 'https://app.example.com',
    });
    assert.deepEqual(
      sockets.map(({ text }) => text),
      ['wss://app.example.com/…/', '/…/', 'wss://app.example.com/…/', '/…/'],
    );
    assert.equal(unknown, 0);
  });

  test('without --origin a policy that names the page itself decides nothing about a host that may be the page', async () => {
    const csp = ["connect-src 'self' wss://feed.example.com"];
    const folder = write({
      'a.js': `new WebSocket('wss://chat.example.com/x'); new WebSocket('ws://chat.example.com/x')`,
    });
    const unnamed = await scan(folder, { csp });
    assert.deepEqual([placesOf(unnamed), unnamed.unknown], [['a.js:1:58 ContentSecurityPolicy'], 1]);
    assert.deepEqual(placesOf(await scan(folder, { csp, origin: 'https://app.example.com' })).length, 2);
    assert.deepEqual(placesOf(await scan(folder, { csp, origin: 'https://chat.example.com' })).length, 1);
    // Nobody is the page itself here.
    assert.deepEqual(placesOf(await scan(folder, { csp: ['connect-src wss://feed.example.com'] })).length, 2);
  });

  test('--origin says what location.host is, and http pages may open ws://', async () => {
    const folder = write({
      'a.js': `new WebSocket('wss://' + location.host + '/x'); new WebSocket('ws://' + location.hostname)`,
    });
    const csp = ["connect-src 'self'"];
    const unnamed = await scan(folder, { csp });
    assert.deepEqual([placesOf(unnamed), unnamed.unknown], [['a.js:1:63 MixedContent'], 1]);
    const named = await scan(folder, { csp, origin: 'https://app.example.com' });
    assert.deepEqual([placesOf(named), named.unknown], [['a.js:1:63 ContentSecurityPolicy'], 0]);
    assert.deepEqual(placesOf(await scan(folder, { origin: 'http://app.example.com' })), []);
  });

  test('advises an upgrade once for each page that it would help, and not where there is one', async () => {
    const page = `<body><script>${socket}${socket}</script>`;
    const survey = await scan(write({ 'a.html': page, 'b.html': page.replace('ws:', 'wss:').replace('ws:', 'wss:') }));
    assert.deepEqual(
      placesOf(survey).filter((each) => each.includes('Upgrade')),
      ['a.html:1:1 UpgradeMissing'],
    );
    const upgraded = await scan(write({ 'a.html': page }), { csp: ['upgrade-insecure-requests'] });
    assert.deepEqual(placesOf(upgraded), []);
    assert.deepEqual(
      upgraded.sockets.map(({ verdict }) => verdict.result),
      ['upgraded', 'upgraded'],
    );
  });

  test('a socket to the own computer is noted, not found', async () => {
    const survey = await scan(write({ 'a.js': `new WebSocket('ws://localhost:3000')` }));
    assert.deepEqual(placesOf(survey), []);
    assert.match(survey.notes.join(), /^a\.js:1: ws:\/\/localhost:3000 is on the visitor's own computer/);
  });
});

suite('the command', () => {
  test('prints place, cause and cure, and exits with 1', async () => {
    const folder = write({ 'a.js': `\n  const socket = new WebSocket('ws://chat.example.com/ws');` });
    const { code, stdout } = await spawnProgram(['scan', folder]);
    assert.equal(
      stdout,
      [
        'a.js:2:32: ws://chat.example.com/ws: MixedContent: a page that came by https may not open ws:// (mixed content)',
        `    write \`\${location.protocol.replace('http', 'ws')}//chat.example.com/ws\`, which is wss:// on a page over https`,
        '1 finding in 1 file\n',
      ].join('\n'),
    );
    assert.equal(code, 1);
  });

  test('exits with 0 when there is nothing, and prints JSON', async () => {
    const folder = write({ 'a.js': `new WebSocket('/ws')` });
    const { code, stdout } = await runProgram(['scan', folder, '--json', '--origin', 'https://app.example.com']);
    const { findings, sockets } = JSON.parse(stdout) as Survey;
    assert.deepEqual([findings, sockets[0]?.verdict], [[], { result: 'allowed', url: 'wss://app.example.com/ws' }]);
    assert.equal(code, 0);
  });

  test('exits with 1 when there is nothing to read', async () => {
    const { code, stderr } = await runProgram(['scan', join(root, 'nowhere')]);
    assert.match(stderr, /^error: .*nowhere must be a folder, a file or the URL of a page: ENOENT/);
    assert.equal(code, 1);
  });
});

suite('the command line', () => {
  for (const [target, flags, says] of [
    ['ftp://a.example.com/', {}, /must be the URL of a page/],
    ['wss://a.example.com/', {}, /must be the URL of a page/],
    ['https://u:p@a.example.com/', {}, /must not hold a user/],
    ['https://a.example.com/', { origin: 'https://b.example.com' }, /--origin is for a folder/],
    ['https://a.example.com/', { connect: 'nowhere' }, /--connect "nowhere" must be HOST:PORT/],
    ['https://a.example.com/', { timeout: '1h' }, /--timeout "1h" must be a time/],
    ['dist', { origin: 'app.example.com' }, /--origin "app\.example\.com" must be an origin/],
    ['dist', { ca: 'ca.pem' }, /--ca is for a URL/],
  ] as const) {
    test(`${target} ${JSON.stringify(flags)} is refused`, () => {
      const order = readScanOrder(target, { timeout: '10s', ...flags });
      assert.match(order.kind === 'invalid' ? order.because : '', says);
    });
  }
});
