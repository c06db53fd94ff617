import { failureReasons, type ReasonText } from '../src/api/failure-reasons.ts';
import { type Case, links } from '../test/e2e/broken-cases.ts';

const header = '| reason | what was found | where it comes from, mostly | what to do |\n| --- | --- | --- | --- |\n';
const block = /(<!-- broken-paths:[^\n]*-->\n)[\s\S]*?(<!-- \/broken-paths -->)/;

/** The page with its table rows between the `broken-paths` marks written anew. */
export function insertBrokenPaths(page: string): string {
  if (!block.test(page)) throw new Error('deploy/README.md has no <!-- broken-paths: … --> block');
  const rows = Object.entries<ReasonText>(failureReasons).map(
    ([reason, { meaning, cause, cure }]) => `| \`${reason}\` | ${meaning} | ${cause} | ${cure} |\n`,
  );
  return page.replace(block, (_all, start: string, end: string) => `${start}${header}${rows.join('')}${end}`);
}

const linkHeader = '| link | broken for real by a test, and what `Reachable` says then |\n| --- | --- |\n';
const linkBlock = /(<!-- broken-links:[^\n]*-->\n)[\s\S]*?(<!-- \/broken-links -->)/;

/** The page with the rows of what `test/e2e` breaks between the `broken-links` marks written anew. */
export function insertBrokenLinks(page: string): string {
  if (!linkBlock.test(page)) throw new Error('README.md has no <!-- broken-links: … --> block');
  const rows = Object.entries(links).map(([link, cases]) => `| ${link} | ${listBroken(Object.values(cases))} |\n`);
  return page.replace(linkBlock, (_all, start: string, end: string) => `${start}${linkHeader}${rows.join('')}${end}`);
}

function listBroken(cases: readonly Case[]): string {
  const byReason = Map.groupBy(cases, ({ reason }) => reason);
  return [...byReason].map(([reason, all]) => `\`${reason}\`: ${all.map(({ what }) => what).join(', ')}`).join('; ');
}
