import { type FindingText, findingReasons } from '../src/lint/finding-reasons.ts';
import { insertTable } from './insert-table.ts';

const header = '| reason | severity | what was found | what to do |\n| --- | --- | --- | --- |\n';

/** The page with its table rows between the `findings` marks written anew. */
export function insertFindings(page: string): string {
  const rows = Object.entries<FindingText>(findingReasons).map(
    ([reason, { severity, meaning, cure }]) => `| \`${reason}\` | ${severity} | ${meaning} | ${cure} |\n`,
  );
  return insertTable(page, 'findings', header, rows);
}
