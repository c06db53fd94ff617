import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const run = promisify(execFile);

/** Debian's Chromium, headless, with a profile and a home of its own. */
export interface Browser {
  /** Opens a page and waits until it is loaded. */
  open(url: string): Promise<Page>;
  /** `Chromium 1.2.3`. */
  readonly version: string;
  stop(): Promise<void>;
}

export interface BrowserOptions {
  /** Host name, which may begin with `*.` → address. No other name but localhost is looked up. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Roots to trust, PEM. */
  readonly roots?: readonly string[];
  /**
   * `ADDRESS:PORT` of servers that are to count as somewhere on the internet. Chromium asks people before a page reaches into a network
   * that is closer than its own, which is a matter of addresses, not of the page's words.
   */
  readonly remote?: readonly string[];
}

/**
 * Starts the browser. Nothing of the certificate checks is switched off: roots are imported as a person would do it, into the NSS
 * database of the home directory.
 */
export async function startBrowser({ hosts, roots = [], remote = [] }: BrowserOptions): Promise<Browser> {
  const home = await mkdtemp(join(tmpdir(), 'wss-browser-'));
  let context: BrowserContext | undefined;
  try {
    await importRoots(home, roots);
    const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
    context = await chromium.launchPersistentContext(join(home, 'profile'), {
      executablePath: '/usr/bin/chromium',
      headless: true,
      chromiumSandbox: false,
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_CACHE_HOME: join(home, 'cache') },
      args: [
        ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync'],
        ...(remote.length === 0
          ? []
          : [`--ip-address-space-overrides=${remote.map((each) => `${each}=public`).join(',')}`]),
        `--host-resolver-rules=${[...rules, 'MAP * ~NOTFOUND', 'EXCLUDE localhost', 'EXCLUDE 127.0.0.1'].join(', ')}`,
      ],
    });
    return wrap(context, home);
  } catch (error) {
    await context?.close();
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

function wrap(context: BrowserContext, home: string): Browser {
  return {
    version: `Chromium ${context.browser()?.version() ?? ''}`,
    async open(url) {
      const page = await context.newPage();
      await page.goto(url, { waitUntil: 'load' });
      return page;
    },
    async stop() {
      await context.close();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function importRoots(home: string, roots: readonly string[]): Promise<void> {
  const database = join(home, '.pki', 'nssdb');
  await mkdir(database, { recursive: true });
  await run('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
  for (const [index, pem] of roots.entries()) {
    const file = join(home, `root-${index}.pem`);
    await writeFile(file, pem);
    await run('certutil', ['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', `root-${index}`, '-i', file]);
  }
}
