/**
 * node load-batch.ts FILE… runs several test files in one process: each is a suite of its own, so that its hooks are for its own tests,
 * and has to leave the process to the next one as it found it.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, suite } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { root } from './children.ts';

// Each run tries other cases, and there are many runs. A file by itself tries a hundred, the default.
fc.configureGlobal({ numRuns: 40 });
const found = observeProcess();

for (const file of process.argv.slice(2)) {
  suite(file, async () => {
    await import(pathToFileURL(join(root, file)).href);
    // Behind the hooks of the file, which clean up.
    after(() => assert.deepEqual(observeProcess(), found, 'the file changed the process that it shares with others'));
  });
}

/** What tests are tempted to change. */
function observeProcess(): Readonly<Record<string, unknown>> {
  return {
    directory: process.cwd(),
    environment: { ...process.env },
    signals: ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => process.listenerCount(signal)),
    globals: [Date, setTimeout, setInterval, setImmediate, fetch, Math.random],
  };
}
