/** `wss scan URL` of a real page with a real script, next to what Chromium does with both. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { Survey } from '../../src/cli/survey.ts';
import { CertificateMaker } from '../probe/certificate-maker.ts';
import { type Browser, startBrowser } from './browser.ts';
import { Site } from './site.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

/** Each socket is opened by words of another kind; `record` notes what became of it. */
const script = `
import { open } from './lib/open.js';
const host = 'chat.test';
open(() => new WebSocket('ws://' + host + '/concatenated'));
open(() => new WebSocket(\`ws://\${location.host}/template\`));
open(() => new WebSocket((location.protocol === 'https:' ? 'wss:' : 'ws:') + '//' + location.host + '/chosen'));
open(() => new WebSocket(location.href.replace(/^http/, 'ws')));
open(() => new window.WebSocket('/relative'));
open(() => new WebSocket('wss://chat.test/foreign'));
open(() => new WebSocket('ws://localhost:8080/local'));
open(() => new WebSocket('wss://other.test/forbidden'));
`;

const library = `
export const results = globalThis.results = [];
export function open(make) {
  const isForbidden = [];
  document.addEventListener('securitypolicyviolation', ({ blockedURI }) => isForbidden.push(blockedURI));
  results.push(new Promise((resolve) => {
    let socket;
    try { socket = make(); } catch (error) { return resolve({ outcome: error.name === 'SecurityError' ? 'MixedContent' : error.name }); }
    socket.onopen = () => { resolve({ outcome: 'open', url: socket.url }); socket.close(); };
    socket.onerror = () => setTimeout(() =>
      resolve({ outcome: isForbidden.some((uri) => uri === socket.url) ? 'ContentSecurityPolicy' : 'closed' }), 20);
  }));
}
open(() => new WebSocket('ws://chat.test/imported'));
`;

describe('wss scan URL judges a page as Chromium does', () => {
  const maker = new CertificateMaker();
  let site: Site;
  let browser: Browser;
  let ca: string;

  before(async () => {
    const authority = await maker.make({ commonName: 'Root of the page', isAuthority: true });
    const altNames = ['DNS:app.test', 'DNS:chat.test', 'DNS:other.test'];
    const identity = await maker.make({ commonName: 'app.test', altNames }, authority);
    site = await Site.start(identity, { http: [80, 8080], https: [443] });
    ca = join(maker.directory, 'ca.pem');
    await writeFile(ca, authority.certificate);
    site.put('/app.js', { body: script, type: 'text/javascript' });
    site.put('/lib/open.js', { body: library, type: 'text/javascript' });
    const hosts = { 'app.test': '127.0.0.1', 'chat.test': '127.0.0.1', 'other.test': '127.0.0.1' };
    const remote = [80, 443, 8080].map((port) => `127.0.0.1:${port}`);
    browser = await startBrowser({ hosts, roots: [authority.certificate], remote });
  });

  after(async () => {
    await browser?.stop();
    await site?.[Symbol.asyncDispose]();
    maker[Symbol.dispose]();
  });

  const document = '<!doctype html><title>chat</title><script type="module" src="/app.js"></script>';
  for (const [what, policy] of [
    ['no policy', undefined],
    [
      'a policy that names hosts',
      "connect-src 'self' wss://chat.test ws://localhost:8080 ws://chat.test ws://app.test",
    ],
    ['an upgrade', 'upgrade-insecure-requests'],
    ['an upgrade and a policy', "upgrade-insecure-requests; default-src 'self'"],
  ] as const) {
    test(`under ${what}`, async () => {
      site.put('/', {
        body: document,
        ...(policy !== undefined && { headers: { 'content-security-policy': policy } }),
      });
      const theirs = await openAll(browser);
      const { exitCode, survey } = await wssScan('https://app.test/', '--connect', '127.0.0.1:443', '--ca', ca);
      const library = survey.sockets.filter(({ file }) => file.endsWith('/lib/open.js'));
      const own = survey.sockets.filter(({ file }) => file.endsWith('/app.js'));
      const ours = [...library, ...own].map(({ verdict }) =>
        verdict.result === 'blocked' ? { outcome: verdict.reason } : { outcome: 'open', url: verdict.url },
      );
      assert.deepEqual(ours, theirs);
      assert.equal(theirs.length, 9);
      const blocked = theirs.filter(({ outcome }) => outcome !== 'open').length;
      assert.equal(survey.findings.filter(({ reason }) => reason !== 'UpgradeMissing').length, blocked);
      assert.equal(exitCode, blocked > 0 ? 1 : 0);
    });
  }

  const connect = ['--connect', '127.0.0.1:443'];

  for (const [what, path, resource, says] of [
    [
      'is not there',
      '/missing',
      undefined,
      /^error: https:\/\/app\.test\/missing answers with 404, which is no page\n$/,
    ],
    ['leads to itself', '/loop', { status: 302, headers: { location: '/loop' } }, /redirects more than 5 times/],
    [
      'leads elsewhere',
      '/mail',
      { status: 302, headers: { location: 'mailto:a@b' } },
      /redirects to mailto:a@b, which is no page/,
    ],
    ['is compressed', '/zip', { headers: { 'content-encoding': 'gzip' } }, /encoded as gzip, which nobody asked for/],
    ['never ends', '/long', { body: ' '.repeat(6 * 1024 * 1024) }, /longer than 5242880 bytes/],
  ] as const) {
    test(`a page that ${what} is an error that says so`, async () => {
      if (resource !== undefined) site.put(path, { body: '', ...resource });
      const { exitCode, out, err } = await runScan(`https://app.test${path}`, ...connect, '--ca', ca);
      assert.match(err.replace(/^note: .*\n/gm, ''), says);
      assert.deepEqual([exitCode, out], [1, '']);
    });
  }

  test('a certificate that nobody trusts is an error without --ca', async () => {
    const { exitCode, err } = await runScan('https://app.test/', ...connect);
    assert.match(err, /^error: cannot get https:\/\/app\.test\/: .*certificate/);
    assert.equal(exitCode, 1);
  });

  test('scripts that cannot be had, or that no browser would load, are noted', async () => {
    const scripts = ['/gone.js', 'http://app.test/plain.js', '/app.js'].map(
      (src) => `<script type="module" src="${src}"></script>`,
    );
    site.put('/scripts', { body: scripts.join('') });
    const { survey } = await wssScan('https://app.test/scripts', ...connect, '--ca', ca);
    assert.deepEqual(survey.notes.slice(0, 2).sort(), [
      'http://app.test/plain.js: browsers do not load it into a page over https, so it is left out',
      'https://app.test/gone.js answers with 404: left out',
    ]);
    assert.equal(survey.files, 3);
  });

  test('a redirect is told, and its end is the page', async () => {
    site.put('/old', { body: '', status: 308, headers: { location: 'https://app.test/' } });
    site.put('/', { body: document });
    const { survey } = await wssScan('https://app.test/old', '--connect', '127.0.0.1:443', '--ca', ca);
    assert.ok(survey.notes.includes('https://app.test/old redirects to https://app.test/ (308)'), survey.notes.join());
    assert.equal(survey.sockets.length, 9);
  });
});

async function openAll(browser: Browser): Promise<readonly { readonly outcome: string; readonly url?: string }[]> {
  const page = await browser.open('https://app.test/');
  try {
    return await page.evaluate(() =>
      Promise.all((globalThis as unknown as { results: Promise<{ outcome: string }>[] }).results),
    );
  } finally {
    await page.close();
  }
}

async function wssScan(...args: readonly string[]): Promise<{ readonly exitCode: number; readonly survey: Survey }> {
  const { exitCode, out } = await runScan(...args, '--json');
  return { exitCode, survey: JSON.parse(out) as Survey };
}

interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

async function runScan(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [main, 'scan', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { exitCode, out, err };
}
