import { isNode, listChildren, type Node } from './node.ts';

/** What a script is given at least, and one more for each of its characters. Bundles take a fifteenth of that. */
const fewestSteps = 50_000;

/** The script is not followed to its end. */
export class TooIntricate extends Error {}

/** What names of a script stand for, as far as the text alone tells: scopes are not told apart, so a name that is bound twice is unknown. */
export class Bindings {
  readonly #values = new Map<string, Node | undefined>();
  readonly #assigned = new Set<string>();
  #stepsLeft: number;

  constructor(root: Node) {
    this.#stepsLeft = fewestSteps + (root.end ?? 0);
    const waiting: Node[] = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      this.#collect(node);
      for (const child of listChildren(node)) waiting.push(child);
    }
  }

  /** Counts steps of thought. Throws `TooIntricate` where names that stand for names would make it last for ever. */
  step(count = 1): void {
    this.#stepsLeft -= count;
    if (this.#stepsLeft < 0) throw new TooIntricate();
  }

  /** The one expression that the name is bound to, or undefined. */
  find(name: string): Node | undefined {
    return this.#assigned.has(name) ? undefined : this.#values.get(name);
  }

  #collect(node: Node): void {
    if (node.type === ('VariableDeclarator' as Node['type'])) {
      const { id, init } = node as unknown as { readonly id: Node; readonly init?: Node | null };
      if (id.type === 'Identifier') this.#bind(id.name, init ?? undefined);
      else this.#hide(id);
    } else if (node.type === 'AssignmentExpression') {
      const left = node.left as Node;
      if (left.type === 'Identifier') this.#assigned.add(left.name);
      else this.#hide(left);
    } else if (node.type === 'UpdateExpression') {
      this.#hide(node.argument);
    } else if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') {
      this.#hide(node.left as Node);
    } else {
      const { params, param, local, id } = node as unknown as Readonly<Record<string, unknown>>;
      for (const each of [params, param, local, id].flat()) if (isNode(each)) this.#hide(each);
    }
  }

  #bind(name: string, value: Node | undefined): void {
    this.#values.set(name, this.#values.has(name) ? undefined : value);
  }

  /** Every name of a pattern or a parameter. */
  #hide(pattern: Node): void {
    if (pattern.type === 'Identifier') this.#bind(pattern.name, undefined);
    else for (const part of listParts(pattern)) this.#hide(part);
  }
}

/** Not defaults and computed keys: whole programs can stand there, and they bind nothing. */
function listParts(pattern: Node): readonly Node[] {
  const { left, value, parameter } = pattern as { left?: Node; value?: Node; parameter?: Node };
  const inner = { AssignmentPattern: left, ObjectProperty: value, TSParameterProperty: parameter }[
    pattern.type as string
  ];
  if (inner !== undefined) return [inner];
  return /^(?:ObjectPattern|ArrayPattern|RestElement)$/.test(pattern.type) ? listChildren(pattern) : [];
}
