import { type FindingText, findingReasons } from '../src/lint/finding-reasons.ts';

const header = '| reason | severity | what was found | what to do |\n| --- | --- | --- | --- |\n';
const block = /(<!-- findings:[^\n]*-->\n)[\s\S]*?(<!-- \/findings -->)/;

/** The page with its table rows between the `findings` marks written anew. */
export function insertFindings(page: string): string {
  if (!block.test(page)) throw new Error('deploy/README.md has no <!-- findings: … --> block');
  const rows = Object.entries<FindingText>(findingReasons).map(
    ([reason, { severity, meaning, cure }]) => `| \`${reason}\` | ${severity} | ${meaning} | ${cure} |\n`,
  );
  return page.replace(block, (_all, start: string, end: string) => `${start}${header}${rows.join('')}${end}`);
}
