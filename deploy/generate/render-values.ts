import { dump } from 'js-yaml';
import { isSection, type Section, type Value, type Values } from './value.ts';

const width = 118;

/** values.yaml: every default under its description. What may be left out is shown commented out. */
export function renderValues(values: Values, notice: string): string {
  return `# ${notice}\n${renderEntries(values, 0)}`;
}

function renderEntries(values: Values, depth: number): string {
  const blocks = Object.entries(values).map(([name, entry]) => {
    const key = /^[A-Za-z]\w*$/.test(name) ? name : JSON.stringify(name);
    const lines = isSection(entry)
      ? [
          ...comment(entry.description, depth),
          hasDefaults(entry) ? `${key}:` : `${key}: {}`,
          renderEntries(entry.values, depth + 1),
        ]
      : renderValue(key, entry, depth);
    const shift = (line: string) => (line === '' ? '' : `${'  '.repeat(depth)}${line}`);
    return lines.map((line, index) => (isSection(entry) && index === lines.length - 1 ? line : shift(line))).join('\n');
  });
  return depth === 0 ? blocks.map((block) => `\n${block.trimEnd()}\n`).join('') : blocks.join('\n');
}

function hasDefaults({ values }: Section): boolean {
  return Object.values(values).some((entry) => (isSection(entry) ? hasDefaults(entry) : entry.default !== undefined));
}

function renderValue(key: string, value: Value, depth: number): readonly string[] {
  const description = comment(value.description, depth);
  if (value.default === undefined)
    return [...description, ...showExample(key, value.example ?? '').map((line) => `# ${line}`)];
  const isEmpty = typeof value.default === 'object' && Object.keys(value.default as object).length === 0;
  const example =
    isEmpty && value.example !== undefined ? showExample(key, value.example).map((line) => `#   ${line}`) : [];
  return [
    ...description,
    ...(example.length > 0 ? ['# For example:', ...example] : []),
    ...renderDefault(key, value.default),
  ];
}

function showExample(key: string, example: string): readonly string[] {
  return /^[^\n:]*$/.test(example) && !example.startsWith('- ')
    ? [`${key}: ${example}`]
    : [`${key}:`, ...example.split('\n').map((line) => `  ${line}`)];
}

function renderDefault(key: string, value: unknown): readonly string[] {
  return dump({ [key]: value }, { lineWidth: -1, quoteStyle: 'double' })
    .trimEnd()
    .split('\n');
}

function comment(text: string, depth: number): readonly string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width - depth * 2) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
