import type { Expression, File } from '@babel/parser';

/** Any node of the tree that the parser gives. */
export type Node = Expression | File | File['program'] | File['program']['body'][number];

/** Comments are nodes too, and `extra` holds what was written between parentheses a second time. */
const passedOver: ReadonlySet<string> = new Set([
  ...['leadingComments', 'innerComments', 'trailingComments', 'comments'],
  ...['extra', 'loc', 'tokens', 'errors'],
]);

/** The nodes right below a node, in the order of the text. */
export function listChildren(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null || passedOver.has(key)) continue;
    if (!Array.isArray(value)) {
      if (isNode(value)) children.push(value);
      continue;
    }
    for (const each of value) if (isNode(each)) children.push(each);
  }
  return children;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** The name of `name` or `'name'` after a dot or in brackets; undefined where it is made at run time. */
export function nameOfMember(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return undefined;
  const { property, computed } = node;
  if (!computed && property.type === 'Identifier') return property.name;
  return property.type === 'StringLiteral' ? property.value : undefined;
}

/** The name of an entry `name: …` or `'name': …` of an object. */
export function keyOf(entry: Node): string | undefined {
  const { type, key, computed } = entry as unknown as { type: string; key?: Node; computed?: boolean };
  if (type !== 'ObjectProperty' || computed === true) return undefined;
  return key?.type === 'Identifier' ? key.name : key?.type === 'StringLiteral' ? key.value : undefined;
}

/** What stands on the left of `=`, if it is as short as `url`, `this.url` or `options.url`. */
export function nameTarget(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  const name = nameOfMember(node);
  if (name === undefined) return undefined;
  const { object } = node as unknown as { readonly object: Node };
  if (object.type === 'ThisExpression') return `this.${name}`;
  return object.type === 'Identifier' ? `${object.name}.${name}` : undefined;
}

const globals: ReadonlySet<string> = new Set(['window', 'self', 'globalThis', 'document', 'top', 'parent', 'frames']);

/** Whether an expression is the global of that name: `WebSocket`, `window.WebSocket`, `globalThis.WebSocket`. */
export function isGlobal(node: Node, name: string): boolean {
  if (node.type === 'Identifier') return node.name === name;
  if (nameOfMember(node) !== name) return false;
  const { object } = node as { readonly object?: Node };
  return object?.type === 'Identifier' && globals.has(object.name);
}
