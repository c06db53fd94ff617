import { failureReasons, type ReasonText } from '../src/api/failure-reasons.ts';
import { type Case, links } from '../test/e2e/broken-cases.ts';
import { insertTable } from './insert-table.ts';

const header = '| reason | what was found | where it comes from, mostly | what to do |\n| --- | --- | --- | --- |\n';

/** The page with its table rows between the `broken-paths` marks written anew. */
export function insertBrokenPaths(page: string): string {
  const rows = Object.entries<ReasonText>(failureReasons).map(
    ([reason, { meaning, cause, cure }]) => `| \`${reason}\` | ${meaning} | ${cause} | ${cure} |\n`,
  );
  return insertTable(page, 'broken-paths', header, rows);
}

const linkHeader = '| link | broken for real by a test, and what `Reachable` says then |\n| --- | --- |\n';

/** The page with the rows of what `test/e2e` breaks between the `broken-links` marks written anew. */
export function insertBrokenLinks(page: string): string {
  const rows = Object.entries(links).map(([link, cases]) => `| ${link} | ${listBroken(Object.values(cases))} |\n`);
  return insertTable(page, 'broken-links', linkHeader, rows);
}

function listBroken(cases: readonly Case[]): string {
  const byReason = Map.groupBy(cases, ({ reason }) => reason);
  return [...byReason].map(([reason, all]) => `\`${reason}\`: ${all.map(({ what }) => what).join(', ')}`).join('; ');
}
