import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Rows of the table in a Markdown file whose first line is `| a | b |` for the columns a and b. Throws when there is none. */
export function readTable(file: string, columns: readonly string[]): readonly (readonly string[])[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const header = `| ${columns.join(' | ')} |`;
  const start = lines.indexOf(header);
  if (start < 0) throw new Error(`${file} has no table ${header}`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end < 0 ? undefined : end).map((line) => splitRow(line));
}

function splitRow(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
