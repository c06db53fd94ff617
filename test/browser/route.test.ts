/** The main job, seen by a browser: ws:// is refused, the wss:// URL of a route works, and a failure has the cause that wss probe names. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ProbeResult } from '../../src/probe/result.ts';
import { CertificateMaker } from '../probe/certificate-maker.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { ingressNginxOf, waitUntilReady, waitUntilServed } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute } from '../support/routes.ts';
import { type Browser, startBrowser } from './browser.ts';
import { openInPage } from './open-socket.ts';
import { Site } from './site.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
const url = 'wss://chat.browser.example.com/ws';
const application = 'https://app.test:9443/';

describe('a page over https in Chromium', () => {
  const maker = new CertificateMaker();
  let rig: Rig;
  let operator: Operator;
  let site: Site;
  let browser: Browser;
  let page: Page;
  let address: string;
  let roots: readonly string[];
  let hosts: Readonly<Record<string, string>>;

  before(async () => {
    const authority = await maker.make({ commonName: 'Root of the page', isAuthority: true });
    const identity = await maker.make({ commonName: 'app.test', altNames: ['DNS:app.test'] }, authority);
    site = await Site.start(identity, { http: [], https: [9443] });
    site.put('/', { body: '<!doctype html><title>application</title>' });
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    roots = [(await installTestCa(rig)).rootPem, authority.certificate];
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'browser' } }]);
    await publishBackend(rig, { namespace: 'browser', name: 'chat', port: 8080 });
    operator = await startOperator(rig);
    await applyObjects(rig, [buildRoute('browser', 'chat')]);
    const route = await waitUntilReady(rig, 'browser', 'chat');
    assert.deepEqual(route.status.urls, [url]);
    await waitUntilServed(rig, url, roots[0]);
    address = ingressNginxOf(rig).address;
    const served = ['chat', 'nobody'].map((name) => [`${name}.browser.example.com`, address]);
    hosts = { ...Object.fromEntries(served), 'app.test': '127.0.0.1', 'wrong.test': '127.0.0.1' };
    browser = await startBrowser({ hosts, roots });
    page = await browser.open(application);
    console.log(`# ${browser.version}`);
  });

  after(async () => {
    await browser?.stop();
    await operator?.stop();
    await rig?.stop();
    await site?.[Symbol.asyncDispose]();
    maker[Symbol.dispose]();
  });

  test('may not open ws://: SecurityError, mixed content', async () => {
    const { outcome, error } = await openInPage(page, url.replace('wss:', 'ws:'));
    assert.equal(outcome, 'MixedContent');
    assert.match(
      error ?? '',
      /^SecurityError: .*insecure WebSocket connection may not be initiated from a page loaded over HTTPS/,
    );
  });

  test('opens the URL of the route through ingress-nginx, and its message comes back', async () => {
    const attempt = await openInPage(page, url);
    assert.deepEqual(attempt, { outcome: 'open', url, echo: 'héllo' });
    const seen = (await rig.backend?.requests())?.findLast(({ headers }) => headers.origin === 'https://app.test:9443');
    assert.equal(seen?.headers.host, 'chat.browser.example.com');
    assert.match(String(seen?.headers['user-agent']), /Chrome\//);
  });

  test('an upgraded page opens the same where its script says ws://', async () => {
    site.put('/upgraded', {
      body: '<!doctype html>',
      headers: { 'content-security-policy': 'upgrade-insecure-requests' },
    });
    const upgraded = await browser.open(`${application}upgraded`);
    const attempt = await openInPage(upgraded, url.replace('wss:', 'ws:'));
    assert.deepEqual(attempt, { outcome: 'open', url, echo: 'héllo' });
    await upgraded.close();
  });

  test('a certificate of another name: the browser fails, and wss probe says NameMismatch', async () => {
    const mismatched = 'wss://wrong.test:9443/ws';
    assert.match(await failInPage(page, mismatched), /ERR_CERT_COMMON_NAME_INVALID/);
    const result = await wssProbe(mismatched, '--connect', '127.0.0.1:9443', '--ca', await saveRoots(roots));
    assert.equal(result.reason, 'NameMismatch', result.message);
    // The same server under its own name, so that nothing but the name is in the way.
    assert.equal((await openInPage(page, 'wss://app.test:9443/ws')).outcome, 'open');
  });

  test('a host that no route has: the browser fails, and wss probe says whose certificate ingress-nginx shows', async () => {
    const unserved = 'wss://nobody.browser.example.com/ws';
    assert.match(await failInPage(page, unserved), /ERR_CERT_/);
    const result = await wssProbe(unserved, '--connect', `${address}:443`, '--ca', await saveRoots(roots));
    assert.equal(result.reason, 'ControllerDefaultCertificate', result.message);
  });

  test('a root that nobody trusts: the browser fails, and wss probe says UntrustedChain', async () => {
    const stranger = await startBrowser({ hosts, roots: roots.slice(1) });
    try {
      const other = await stranger.open(application);
      assert.match(await failInPage(other, url), /ERR_CERT_AUTHORITY_INVALID/);
    } finally {
      await stranger.stop();
    }
    const connect = `${address}:443`;
    const refused = await wssProbe(url, '--connect', connect);
    assert.equal(refused.reason, 'UntrustedChain', refused.message);
    const trusting = await wssProbe(url, '--connect', connect, '--ca', await saveRoots(roots));
    assert.equal(trusting.reason, 'Connected', trusting.message);
  });

  async function saveRoots(pems: readonly string[]): Promise<string> {
    const file = join(maker.directory, 'roots.pem');
    await writeFile(file, pems.join('\n'));
    return file;
  }
});

/** What the browser's console says of a WebSocket that does not open. */
async function failInPage(page: Page, target: string): Promise<string> {
  const told = page.waitForEvent('console', {
    predicate: (message) => message.text().includes(target),
    timeout: 10_000,
  });
  const [message, { outcome }] = await Promise.all([told, openInPage(page, target)]);
  assert.equal(outcome, 'closed');
  return message.text();
}

async function wssProbe(...args: readonly string[]): Promise<ProbeResult> {
  const child = spawn(process.execPath, [main, 'probe', ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return JSON.parse(out) as ProbeResult;
}
