/** A reporter of node:test: one JSON line for each test that ended, see {@link Outcome}, and {@link end} when all have. */
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import type { Outcome } from './outcome.ts';

/** The last line. A process that exits before has not run every test. */
export const end = 'end';

async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  for await (const event of events) {
    // An error after the end of its test is told only here.
    if (event.type === 'test:diagnostic' && /^(?:Error|Warning): /.test(event.data.message)) {
      process.stderr.write(`${event.data.message}\n`);
    }
    if (event.type === 'test:start') names[event.data.nesting] = event.data.name;
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    const name = [...names.slice(0, data.nesting), data.name].join(' › ');
    const place = data.file === undefined ? '' : `${relative(process.cwd(), data.file)}:${data.line ?? 1}`;
    const outcome = judge(event, { name, place });
    if (outcome !== undefined) yield `${JSON.stringify(outcome)}\n`;
  }
  yield `${end}\n`;
}

function judge(
  { type, data }: Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>,
  test: Pick<Outcome, 'name' | 'place'>,
): Outcome | undefined {
  for (const [key, prefix] of [
    ['skip', ''],
    ['todo', 'to do: '],
  ] as const) {
    const mark = data[key];
    if (mark === undefined || mark === false) continue;
    const why = typeof mark === 'string' && mark !== '' ? mark : 'no reason given';
    return { ...test, result: 'skipped', detail: `${prefix}${why}` };
  }
  if (type === 'test:pass')
    return data.details.type === 'suite' ? undefined : { ...test, result: 'passed', detail: '' };
  const { error } = data.details;
  // The parent of a test that failed has not failed once more.
  if ('failureType' in error && error.failureType === 'subtestsFailed') return undefined;
  return { ...test, result: 'failed', detail: explain(error.cause ?? error) };
}

/** The fields of an AssertionError repeat its message; those of other errors (a code, a status) tell more. */
function explain(error: unknown): string {
  const isAssertion = error instanceof Error && 'code' in error && error.code === 'ERR_ASSERTION';
  const shown = isAssertion ? error.stack : error;
  const text = typeof shown === 'string' ? shown : inspect(shown, { colors: false, depth: 6 });
  return text
    .split('\n')
    .filter((line) => !/^\s+at .*(?:\bnode:|<anonymous>\)$)/.test(line))
    .join('\n');
}

// node:test takes a reporter from the default export only.
// biome-ignore lint/style/noDefaultExport: see above
export default report;
