import { type ReasonEntry, reasons } from '../src/api/conditions.ts';
import { failureReasons } from '../src/api/failure-reasons.ts';
import { insertTable } from './insert-table.ts';

const header = '| reason | meaning | what to do |\n| --- | --- | --- |\n';

/** The page with its table rows between the `reasons` marks written anew. How handshakes fail is a table of its own. */
export function insertReasons(page: string): string {
  const rows = Object.entries<ReasonEntry>(reasons)
    .filter(([reason]) => !Object.hasOwn(failureReasons, reason))
    .map(([reason, { meaning, cure }]) => `| \`${reason}\` | ${meaning} | ${cure ?? ''} |\n`);
  return insertTable(page, 'reasons', header, rows);
}
