import { type ReasonEntry, reasons } from '../src/api/conditions.ts';
import { failureReasons } from '../src/api/failure-reasons.ts';

const header = '| reason | meaning | what to do |\n| --- | --- | --- |\n';
const block = /(<!-- reasons:[^\n]*-->\n)[\s\S]*?(<!-- \/reasons -->)/;

/** The page with its table rows between the `reasons` marks written anew. How handshakes fail is a table of its own. */
export function insertReasons(page: string): string {
  if (!block.test(page)) throw new Error('deploy/README.md has no <!-- reasons: … --> block');
  const rows = Object.entries<ReasonEntry>(reasons)
    .filter(([reason]) => !Object.hasOwn(failureReasons, reason))
    .map(([reason, { meaning, cure }]) => `| \`${reason}\` | ${meaning} | ${cure ?? ''} |\n`);
  return page.replace(block, (_all, start: string, end: string) => `${start}${header}${rows.join('')}${end}`);
}
