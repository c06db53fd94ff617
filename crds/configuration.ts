import { settingFlags } from '../src/cli/setting-flags.ts';
import { configurationSchema } from '../src/config/schema.ts';
import type { SchemaNode } from '../src/config/schema-node.ts';

const notice = '<!-- configuration: generated from src/config/schema.ts by `npm run generate` -->\n';
const end = '<!-- /configuration -->';
const block = /<!-- configuration:[^\n]*-->\n[\s\S]*?<!-- \/configuration -->/;

/** The page with its table of the configuration written anew; a page that has none gets it at its end. */
export function insertConfiguration(page: string): string {
  const section = `${notice}## Configuration\n\n${renderConfiguration()}${end}`;
  if (block.test(page)) return page.replace(block, () => section);
  return `${page === '' ? '# Deploy\n\n' : `${page.trimEnd()}\n\n`}${section}\n`;
}

function renderConfiguration(): string {
  return `${configurationSchema.description} \`wss run --config FILE\`, \`wss render --config FILE\`; flags of \`run\` count more than the file.
Every mistake is told at once, with the field, what was found and what to write instead; then the exit code is 1, or 2 for a flag.

| field | type | default | flag | meaning |
| --- | --- | --- | --- | --- |
${listRows(configurationSchema, '').join('\n')}
`;
}

function listRows(node: SchemaNode, path: string): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const field = path === '' ? name : `${path}.${name}`;
    const place = child.items === undefined ? field : `${field}[]`;
    const isRequired = node.required?.includes(name) === true;
    const cells = [
      `\`${place}\`${isRequired ? ' (required)' : ''}`,
      renderType(child),
      renderDefault(child),
      renderFlags(field),
      `${child.description}${renderBounds(child)}`,
    ];
    const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    return [row, ...listRows(child.items ?? child, place)];
  });
}

function renderType(node: SchemaNode): string {
  const leaf = node.items ?? node;
  if (leaf.enum !== undefined) return leaf.enum.map((value) => `\`${value}\``).join(', ');
  if (leaf.const !== undefined) return `\`${leaf.const}\``;
  return node.items === undefined ? leaf.type : `list of ${leaf.type}`;
}

function renderDefault(node: SchemaNode): string {
  if (node.default === undefined || node.type === 'object') return '';
  return `\`${typeof node.default === 'string' && node.default !== '' ? node.default : JSON.stringify(node.default)}\``;
}

function renderBounds({ minimum, maximum, maxItems }: SchemaNode): string {
  if (minimum !== undefined) return ` From ${minimum} to ${maximum}.`;
  return maxItems === undefined ? '' : ` At most ${maxItems}.`;
}

function renderFlags(field: string): string {
  const flags = settingFlags.filter((flag) => flag.field === field);
  return flags.map(({ syntax }) => `\`${syntax.replace(/ <.*/, '')}\``).join(', ');
}
