import { listChildren, type Node } from './node.ts';

/** A bundle of 5 MiB takes a tenth of it. */
const mostSteps = 5_000_000;

/** What names of a script stand for, as far as the text alone tells: scopes are not told apart, so a name that is bound twice is unknown. */
export class Bindings {
  readonly #values = new Map<string, Node | undefined>();
  readonly #assigned = new Map<string, Node[]>();
  #steps = 0;

  constructor(root: Node) {
    const waiting: Node[] = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      this.#collect(node);
      for (const child of listChildren(node)) waiting.push(child);
    }
  }

  /** Counts a step of thought. Throws where names that stand for names would make it last for ever. */
  step(): void {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw new Error('it is too intricate');
  }

  /** The one expression that the name is bound to, or undefined. */
  find(name: string): Node | undefined {
    return this.#assigned.has(name) ? undefined : this.#values.get(name);
  }

  /** Every expression that is assigned to the name after its declaration. */
  listAssigned(name: string): readonly Node[] {
    return this.#assigned.get(name) ?? [];
  }

  #collect(node: Node): void {
    if (node.type === ('VariableDeclarator' as Node['type'])) {
      const { id, init } = node as unknown as { readonly id: Node; readonly init?: Node | null };
      if (id.type === 'Identifier') this.#bind(id.name, init ?? undefined);
      else this.#hide(id);
    } else if (node.type === 'AssignmentExpression') {
      const { left, right } = node;
      if (left.type === 'Identifier') this.#assigned.set(left.name, [...this.listAssigned(left.name), right]);
    } else if (node.type === 'UpdateExpression') {
      this.#hide(node.argument);
    } else {
      const { params, local, id } = node as {
        readonly params?: unknown;
        readonly local?: Node;
        readonly id?: Node | null;
      };
      if (Array.isArray(params)) for (const each of params as readonly Node[]) this.#hide(each);
      if (local?.type === 'Identifier') this.#bind(local.name, undefined);
      if (node.type === 'FunctionDeclaration' && id?.type === 'Identifier') this.#bind(id.name, undefined);
    }
  }

  #bind(name: string, value: Node | undefined): void {
    this.#values.set(name, this.#values.has(name) ? undefined : value);
  }

  /** Every name of a pattern or a parameter. */
  #hide(pattern: Node): void {
    if (pattern.type === 'Identifier') this.#bind(pattern.name, undefined);
    for (const child of listChildren(pattern)) this.#hide(child);
  }
}
