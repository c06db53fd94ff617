import type { StructuralSchema } from '../src/api/schema.ts';

/** The field reference as Markdown: one row per field, with its rules. */
export function renderReference(schema: StructuralSchema, notice: string): string {
  return `<!-- ${notice} -->
# WssRoute (\`wssroute.dev/v1alpha1\`)

${schema.description}

\`kubectl explain wssroute.spec --recursive\` tells the same in a cluster where the CRD is installed.

## spec

${renderTable(schema.properties?.spec, 'spec')}
## status

${renderTable(schema.properties?.status, 'status')}`;
}

function renderTable(node: StructuralSchema | undefined, path: string): string {
  const rows = node === undefined ? [] : listRows(node, path);
  return `| field | type | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function listRows(node: StructuralSchema, path: string): readonly string[] {
  const rows: string[] = [];
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const field = `${path}.${name}`;
    const leaf = child.items ?? child;
    const isRequired = node.required?.includes(name) === true && child.default === undefined;
    rows.push(
      `| \`${field}${child.items ? '[]' : ''}\`${isRequired ? ' (required)' : ''} | ${renderType(child)} | ${renderMeaning(child)} |`,
    );
    rows.push(...listRows(leaf, child.items ? `${field}[]` : field));
  }
  return rows;
}

function renderType(node: StructuralSchema): string {
  if (node['x-kubernetes-int-or-string']) return 'number or string';
  const leaf = node.items ?? node;
  if (leaf.enum) return leaf.enum.map((value) => `\`${value}\``).join(', ');
  return node.items ? `list of ${leaf.type}` : String(leaf.type);
}

function renderMeaning(node: StructuralSchema): string {
  const leaf = node.items ?? node;
  const bounds = [
    node.minItems === undefined ? undefined : `at least ${node.minItems}`,
    node.maxItems === undefined ? undefined : `at most ${node.maxItems}`,
    leaf.minimum === undefined ? undefined : `${leaf.minimum} to ${leaf.maximum}`,
  ].filter((bound) => bound !== undefined);
  const rules = [
    ...(leaf === node ? [] : (node['x-kubernetes-validations'] ?? [])),
    ...(leaf['x-kubernetes-validations'] ?? []),
  ];
  const parts = [
    node.description ?? '',
    node.default === undefined || typeof node.default === 'object' ? '' : `Default \`${String(node.default)}\`.`,
    bounds.length === 0 ? '' : `(${bounds.join(', ')})`,
    ...rules.map(({ message }) => `<br>– ${message}`),
  ];
  return parts
    .filter((part) => part !== '')
    .join(' ')
    .replaceAll('|', '\\|');
}
