/** The verdict of `wss scan` and that of Chromium, cell by cell. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Page } from '../../src/scan/page.ts';
import { readHeader } from '../../src/scan/policy.ts';
import { scanDocument } from '../../src/scan/scan-document.ts';
import { judge } from '../../src/scan/verdict.ts';
import { CertificateMaker } from '../probe/certificate-maker.ts';
import { type Browser, startBrowser } from './browser.ts';
import { type Cell, cells, composeDocument } from './cells.ts';
import { openInPage } from './open-socket.ts';
import { Site } from './site.ts';

describe('Chromium and wss scan agree', () => {
  const maker = new CertificateMaker();
  let site: Site;
  let browser: Browser;
  const seen = new Set<string>();

  before(async () => {
    const authority = await maker.make({ commonName: 'Root of the browser test', isAuthority: true });
    const altNames = ['DNS:app.test', 'DNS:chat.test', 'DNS:*.chat.test', 'DNS:localhost'];
    const identity = await maker.make({ commonName: 'app.test', altNames }, authority);
    site = await Site.start(identity, { http: [80, 8080], https: [443, 8443] });
    const hosts = { 'app.test': '127.0.0.1', 'chat.test': '127.0.0.1', 'deep.chat.test': '127.0.0.1' };
    const remote = [80, 8080, 443, 8443].map((port) => `127.0.0.1:${port}`);
    browser = await startBrowser({ hosts, roots: [authority.certificate], remote });
    console.log(`# ${browser.version}, ${cells.length} cells`);
  });

  after(async () => {
    await browser?.stop();
    await site?.[Symbol.asyncDispose]();
    maker[Symbol.dispose]();
  });

  for (const [index, cell] of cells.entries()) {
    const { page, url, header, meta } = cell;
    const under = [header, meta === undefined ? undefined : `meta ${meta}`]
      .filter((each) => each !== undefined)
      .join(' + ');
    test(`${page} opens ${url}${under === '' ? '' : ` under ${under}`}`, { timeout: 30_000 }, async () => {
      const { url: pageUrl, html } = await publish(cell, index);
      const opened = await browser.open(pageUrl);
      try {
        const { outcome, url: taken, echo, error } = await openInPage(opened, url);
        const served: Page = { url: pageUrl, policies: header === undefined ? [] : readHeader(header, 'header') };
        const document = scanDocument('cell.html', html, served);
        const verdict = judge(document.page, url);
        seen.add(verdict.result === 'upgraded' ? 'upgraded' : outcome);
        const ours = verdict.result === 'blocked' ? verdict.reason : 'open';
        assert.equal(
          ours,
          outcome,
          `Chromium: ${outcome} ${taken} ${error ?? ''}; wss scan: ${JSON.stringify(verdict)}`,
        );
        if (outcome !== 'open') return;
        assert.equal(echo, 'héllo');
        assert.equal(verdict.url, taken);
        assert.equal(verdict.result, /^(?:ws|http):/.test(url) && taken.startsWith('wss:') ? 'upgraded' : 'allowed');
      } finally {
        await opened.close();
      }
    });
  }

  test('the cells hold each kind of verdict', () => {
    assert.ok(cells.length >= 24, `${cells.length} cells`);
    assert.deepEqual([...seen].sort(), ['ContentSecurityPolicy', 'InvalidURL', 'MixedContent', 'open', 'upgraded']);
  });

  test('both refuse the same ports, of all below 11000', { timeout: 60_000 }, async () => {
    site.put('/ports', { body: '<!doctype html>' });
    const page = await browser.open('http://app.test/ports');
    const refused = new Set<number>();
    page.on('requestfailed', (request) => {
      if (request.failure()?.errorText === 'net::ERR_UNSAFE_PORT') refused.add(Number(new URL(request.url()).port));
    });
    // By fetch(), which has the same rule and does not slow down after failures. Nobody has the name: a safe port fails as well.
    const ports = Array.from({ length: 11_000 }, (_, port) => port).filter((port) => port !== 80);
    for (let from = 0; from < ports.length; from += 1000) {
      const urls = ports.slice(from, from + 1000).map((port) => `http://nowhere.test:${port}/`);
      await page.evaluate((all) => Promise.allSettled(all.map((url) => fetch(url))), urls);
    }
    const here: Page = { url: 'http://app.test/ports', policies: [] };
    const ours = ports.filter((port) => judge(here, `ws://nowhere.test:${port}/`).result === 'blocked');
    // Fetch forbids both; Chromium does not yet.
    const early = new Set([4190, 6679]);
    assert.deepEqual(
      [...refused].sort((a, b) => a - b),
      ours.filter((port) => !early.has(port)),
    );
    assert.ok(refused.size > 70, `${refused.size} ports`);
    await page.close();
  });

  test('a socket to an unsafe port does not open, and is not even tried', async () => {
    const page = await browser.open('http://app.test/ports');
    const url = 'ws://app.test:6667/';
    const [message] = await Promise.all([
      page.waitForEvent('console', (each) => each.text().includes(url)),
      openInPage(page, url),
    ]);
    assert.match(message.text(), /ERR_UNSAFE_PORT/);
    await page.close();
  });

  /** Puts the document of a cell where its page is. */
  async function publish(cell: Cell, index: number): Promise<{ readonly url: string; readonly html: string }> {
    const html = composeDocument(cell);
    if (cell.page === 'data:') return { url: `data:text/html,${encodeURIComponent(html)}`, html };
    if (cell.page === 'file:') {
      const file = join(maker.directory, `${index}.html`);
      await writeFile(file, html);
      return { url: pathToFileURL(file).href, html };
    }
    const headers = cell.header === undefined ? {} : { 'content-security-policy': cell.header };
    site.put(`/${index}`, { body: html, headers });
    return { url: `${cell.page}/${index}`, html };
  }
});
