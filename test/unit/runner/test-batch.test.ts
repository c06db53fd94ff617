import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { Children } from '../../runner/children.ts';
import { dealBatches, runTestBatch } from '../../runner/test-batch.ts';
import type { TestFileResult } from '../../runner/test-file.ts';

const children = new Children();
const directory = mkdtempSync(join(tmpdir(), 'wss-batch-test-'));
after(() => {
  children.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs samples as one batch. */
function run(names: readonly string[], timeoutMs = 60_000): Promise<readonly TestFileResult[]> {
  const files = names.map((name) => `test/unit/runner/samples/${name}.ts`);
  const options = { children, directory, isSandboxed: false, timeoutMs };
  return runTestBatch({ name: `batch of ${names.join()}`, files }, options);
}

/** `name result: the first line of the detail` of each test, without the folder. */
function describe(results: readonly TestFileResult[]): readonly string[] {
  const outcomes = results.flatMap((result) => result.outcomes);
  return outcomes.map(({ name, place, result, detail }) => {
    const [line] = detail.split('\n');
    return `${place} ${name} ${result}${line === '' ? '' : `: ${line}`}`.replaceAll('test/unit/runner/samples/', '');
  });
}

suite('files are dealt', () => {
  test('in turn, so that neighbours are apart', () => {
    const batches = dealBatches(['a', 'b', 'c', 'd', 'e'], 2);
    assert.deepEqual(batches, [
      { name: 'batch 1 of 2 (3 files)', files: ['a', 'c', 'e'] },
      { name: 'batch 2 of 2 (2 files)', files: ['b', 'd'] },
    ]);
  });

  test('into no more batches than there are files', () => {
    assert.deepEqual(dealBatches(['a'], 4), [{ name: 'batch 1 of 1 (1 files)', files: ['a'] }]);
    assert.deepEqual(dealBatches([], 4), []);
  });
});

suite('a batch', () => {
  // It waits most of the time: begun before the others, it costs none.
  const hanging = run(['hangs', 'well'], 2_000);
  hanging.catch(() => undefined);

  test('tells of each file what it would tell alone, and of those that cannot be loaded or have no test', async () => {
    assert.deepEqual(describe(await run(['well', 'crashes', 'empty', 'fails'])), [
      'well.ts:3 one passed',
      'well.ts:5 two › three passed',
      'crashes.ts:1 crashes.ts failed: no test was reported (exit code 1)',
      'empty.ts:1 empty.ts failed: no test was reported (exit code 0)',
      'fails.ts:4 one passed',
      'fails.ts:5 two failed: AssertionError [ERR_ASSERTION]: wrong',
    ]);
  });

  test('names the file that exits before its end, and the one that fails after a test', async () => {
    assert.deepEqual(describe(await run(['fails-late', 'exits'])), [
      'fails-late.ts:3 one passed',
      'fails-late.ts:1 fails-late.ts failed: ended with exit code 1 although no test failed',
      'exits.ts:4 one passed',
      'exits.ts:1 exits.ts failed: exited with 0 before the last test was over, after 1 tests',
    ]);
  });

  test('tells a fault that is there only together', async () => {
    const [environment, well, whole, ...rest] = await run(['changes-environment', 'well']);
    assert.deepEqual(rest, []);
    assert.deepEqual(describe([environment, well].filter((result) => result !== undefined)), [
      'changes-environment.ts:3 one passed',
      'well.ts:3 one passed',
      'well.ts:5 two › three passed',
    ]);
    const [outcome] = whole?.outcomes ?? [];
    assert.equal(outcome?.result, 'failed');
    assert.match(outcome.detail, /^went well in a process of its own: \S+changes-environment\.ts \S+well\.ts$/m);
    assert.match(outcome.detail, /the file changed the process that it shares with others/);
    assert.match(outcome.detail, /WSS_CHANGED/);
  });

  test('names the file that hangs, and goes on with the next', async () => {
    const [hangs, ...rest] = await hanging;
    assert.match(hangs?.outcomes.at(-1)?.detail ?? '', /^ended because it took longer than 2 s, after \d tests$/);
    // On a busy machine two seconds may be too few for the good one, too.
    assert.equal(rest.length, 1);
  });
});
