import { isSection, type Value, type Values } from './value.ts';

const block = /(<!-- values:[^\n]*-->\n)[\s\S]*?(<!-- \/values -->)/;

/** The page with the table between its `values` marks written anew: one row per value. */
export function insertTable(page: string, values: Values): string {
  if (!block.test(page)) throw new Error('deploy/chart/README.md has no <!-- values: … --> block');
  const table = `| value | type | default | meaning |\n| --- | --- | --- | --- |\n${listRows(values, '').join('\n')}\n`;
  return page.replace(block, (_all, start: string, end: string) => `${start}${table}${end}`);
}

function listRows(values: Values, prefix: string): readonly string[] {
  return Object.entries(values).flatMap(([name, entry]) => {
    const path = `${prefix}${name}`;
    if (!isSection(entry)) return [renderRow(path, entry)];
    return [`| **\`${path}\`** |  |  | ${entry.description} |`, ...listRows(entry.values, `${path}.`)];
  });
}

function renderRow(path: string, value: Value): string {
  const fallback = value.default === undefined ? '' : `\`${JSON.stringify(value.default)}\``;
  return `| \`${path}\` | ${nameType(value)} | ${fallback} | ${value.description} |`;
}

function nameType({ schema }: Value): string {
  const {
    $ref,
    type,
    items,
    enum: values,
  } = schema as {
    readonly $ref?: string;
    readonly type?: string | readonly string[];
    readonly items?: Value['schema'];
    readonly enum?: readonly string[];
  };
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if (values !== undefined)
    return values
      .filter((value) => value !== '')
      .map((value) => `\`${value}\``)
      .join(', ');
  if (items !== undefined) return `list of ${nameType({ description: '', schema: items })}`;
  return Array.isArray(type) ? type.join(' or ') : String(type);
}
