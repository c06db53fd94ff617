import { failureReasons, type ReasonText } from '../src/api/failure-reasons.ts';

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
