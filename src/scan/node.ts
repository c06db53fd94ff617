import type { Expression, File } from '@babel/parser';

/** Any node of the tree that the parser gives. */
export type Node = Expression | File | File['program'] | File['program']['body'][number];

/** The nodes right below a node, in the order of the text. */
export function listChildren(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    // Comments are nodes too, and `extra` holds what was written between parentheses a second time.
    if (/comments$/i.test(key) || key === 'extra' || key === 'loc' || key === 'tokens' || key === 'errors') continue;
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) children.push(each);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** The name of `name` or `'name'` after a dot or in brackets; undefined where it is made at run time. */
export function nameOfMember(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return undefined;
  const { property, computed } = node;
  if (!computed && property.type === 'Identifier') return property.name;
  return property.type === 'StringLiteral' ? property.value : undefined;
}

const globals: ReadonlySet<string> = new Set(['window', 'self', 'globalThis', 'document', 'top', 'parent', 'frames']);

/** Whether an expression is the global of that name: `WebSocket`, `window.WebSocket`, `globalThis.WebSocket`. */
export function isGlobal(node: Node, name: string): boolean {
  if (node.type === 'Identifier') return node.name === name;
  if (nameOfMember(node) !== name) return false;
  const { object } = node as { readonly object?: Node };
  return object?.type === 'Identifier' && globals.has(object.name);
}
