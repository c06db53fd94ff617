import { decide, evaluate, type Surroundings } from './evaluate.ts';
import { keyOf, listChildren, type Node } from './node.ts';
import { isKnown } from './text.ts';

/** A part of a program that may run on the page. */
export interface Branch {
  readonly node: Node;
  /** The script may go another way, and that one says `wss` where this does not. */
  readonly isChosen?: boolean;
  /** Whether the page's URL alone leads here. Left out: like the node around it. */
  readonly isTaken?: boolean;
}

/** Where control can go after a statement. */
interface Flow {
  /** To the next one. */
  readonly passes: boolean;
  /** Out of the list that it stands in, other than by `break`. */
  readonly leaves: boolean;
  /** Out of the nearest loop or `switch`. */
  readonly breaks: boolean;
}

const passing: Flow = { passes: true, leaves: false, breaks: false };
const leaving: Flow = { passes: false, leaves: true, breaks: false };
const breaking: Flow = { passes: false, leaves: false, breaks: true };

interface Range {
  readonly start?: number | null | undefined;
  readonly end?: number | null | undefined;
}

type Case = Node & {
  readonly test?: Node | null;
  readonly consequent: readonly Node[];
};

/** Which ways a script goes on the page: not the other branch of `location.protocol === 'https:'`, nor what comes after its `return`. */
export class Course {
  readonly #around: Surroundings;
  readonly #secure: readonly number[];
  readonly #flows = new Map<Node, Flow>();

  constructor(code: string, around: Surroundings) {
    this.#around = around;
    this.#secure = Array.from(code.matchAll(/\bwss/gi), ({ index }) => index);
  }

  /** The parts of a node that branches, in the order of the text; undefined: all of them run. */
  split(node: Node): readonly Branch[] | undefined {
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        return this.#splitTest(node);
      case 'LogicalExpression':
        return this.#splitLogical(node);
      case 'SwitchStatement': {
        const cases = node.cases as unknown as readonly Case[];
        const running = this.#listCases(node);
        const ways = running?.map((each) => ({ node: each, isTaken: true })) ?? this.#choose(cases);
        return [{ node: node.discriminant }, ...ways];
      }
      case 'SwitchCase' as Node['type']: {
        const { test, consequent } = node as unknown as Case;
        return [...(test ? [{ node: test }] : []), ...this.#listRunning(consequent)];
      }
      case 'Program':
      case 'BlockStatement':
        return this.#listRunning(node.body);
      case 'ObjectExpression':
        return this.#listEntries(node.properties as unknown as readonly Node[]);
      default:
        return undefined;
    }
  }

  /** Whether a part of the script says `wss`. */
  says({ start, end }: Range): boolean {
    let [from, to] = [0, this.#secure.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#secure[middle] as number) < (start ?? 0)) from = middle + 1;
      else to = middle;
    }
    return (this.#secure[from] ?? Number.POSITIVE_INFINITY) < (end ?? 0);
  }

  #splitTest({
    test,
    consequent,
    alternate,
  }: Node & { type: 'IfStatement' | 'ConditionalExpression' }): readonly Branch[] {
    const holds = decide(test, this.#around);
    if (holds === undefined)
      return [{ node: test }, ...this.#choose(alternate ? [consequent, alternate] : [consequent])];
    const taken = holds ? consequent : alternate;
    return [{ node: test }, ...(taken ? [{ node: taken, isTaken: true }] : [])];
  }

  /** `isHttps && 'wss:' || 'ws:'`. */
  #splitLogical({ left, operator, right }: Node & { type: 'LogicalExpression' }): readonly Branch[] {
    const holds = decide(left, this.#around);
    if (operator === '&&') {
      if (holds === false) return [{ node: left }];
      return [{ node: left }, { node: right, isTaken: holds === true }];
    }
    if (holds === true) return [{ node: left }];
    if (holds === false && operator === '||') return [{ node: left }, { node: right, isTaken: true }];
    return this.#choose([left, right]);
  }

  #choose(ways: readonly Node[]): readonly Branch[] {
    const isAware = ways.some((each) => this.says(each));
    return ways.map((node) => ({ node, isTaken: false, isChosen: isAware && !this.says(node) }));
  }

  /** Statements one after the other. What follows `if (…) return` is its other branch; functions are there wherever they stand. */
  #listRunning(statements: readonly Node[]): readonly Branch[] {
    const running: Branch[] = [];
    let isChosen = false;
    for (const [index, node] of statements.entries()) {
      const { passes, leaves, breaks } = this.#follow(node);
      const isFork = passes && (leaves || breaks);
      const rest = { start: node.end, end: statements.at(-1)?.end };
      const isOther = isFork && !this.says(node) && this.says(rest);
      running.push({ node, ...((isChosen || isOther) && { isChosen: true }) });
      if (!passes) {
        const functions = statements.slice(index + 1).filter(({ type }) => type === 'FunctionDeclaration');
        return [...running, ...functions.map((each) => ({ node: each }))];
      }
      if (isFork && this.says(node) && !this.says(rest)) isChosen = true;
    }
    return running;
  }

  /** An object with entries for both schemes of pages is asked for that of the page. */
  #listEntries(entries: readonly Node[]): readonly Branch[] | undefined {
    const own = this.#around.page.url.startsWith('https:') ? 'https' : 'http';
    const other = own === 'https' ? 'http' : 'https';
    const keys = new Set(entries.map(keyOf));
    const unused = ['', ':'].filter((end) => keys.has(own + end) && keys.has(other + end)).map((end) => other + end);
    if (unused.length === 0) return undefined;
    return entries.filter((each) => !unused.includes(keyOf(each) ?? '')).map((node) => ({ node }));
  }

  /** The cases of a `switch` that run; undefined where only the run tells. */
  #listCases({ discriminant, cases }: Node & { type: 'SwitchStatement' }): readonly Case[] | undefined {
    const all = cases as unknown as readonly Case[];
    const subject = evaluate(discriminant, this.#around);
    if (!isKnown(subject)) return undefined;
    let first = all.findIndex(({ test }) => !test);
    for (const [index, { test }] of all.entries()) {
      if (!test) continue;
      const value = evaluate(test, this.#around);
      if (!isKnown(value)) return undefined;
      if (value.text !== subject.text) continue;
      first = index;
      break;
    }
    if (first < 0) return [];
    const rest = all.slice(first);
    const last = rest.findIndex(({ consequent }) => !this.#followAll(consequent).passes);
    return last < 0 ? rest : rest.slice(0, last + 1);
  }

  #follow(node: Node): Flow {
    const known = this.#flows.get(node);
    if (known !== undefined) return known;
    const flow = this.#findFlow(node);
    if (flow !== passing) this.#flows.set(node, flow);
    return flow;
  }

  #findFlow(node: Node): Flow {
    switch (node.type as string) {
      case 'ReturnStatement':
      case 'ThrowStatement':
      case 'ContinueStatement':
        return leaving;
      case 'BreakStatement':
        return (node as { readonly label?: unknown }).label ? leaving : breaking;
      case 'BlockStatement':
        return this.#followAll((node as Node & { type: 'BlockStatement' }).body);
      case 'IfStatement':
        return this.#followIf(node as Node & { type: 'IfStatement' });
      case 'SwitchStatement':
        return this.#followSwitch(node as Node & { type: 'SwitchStatement' });
      case 'TryStatement':
      case 'CatchClause':
      case 'LabeledStatement':
        return unite([passing, ...listChildren(node).map((each) => this.#follow(each))]);
      default:
        return passing;
    }
  }

  #followIf({ test, consequent, alternate }: Node & { type: 'IfStatement' }): Flow {
    const holds = decide(test, this.#around);
    const ways = holds === undefined ? [consequent, alternate] : [holds ? consequent : alternate];
    return unite(ways.map((each) => (each ? this.#follow(each) : passing)));
  }

  #followSwitch(node: Node & { type: 'SwitchStatement' }): Flow {
    const running = this.#listCases(node);
    const { passes, leaves, breaks } =
      running === undefined
        ? unite((node.cases as unknown as readonly Case[]).map(({ consequent }) => this.#followAll(consequent)))
        : this.#followAll(running.flatMap(({ consequent }) => consequent));
    return { passes: running === undefined || passes || breaks, leaves, breaks: false };
  }

  #followAll(statements: readonly Node[]): Flow {
    let flow = passing;
    for (const node of statements) {
      const next = this.#follow(node);
      flow = { ...unite([flow, next]), passes: next.passes };
      if (!next.passes) return flow;
    }
    return flow;
  }
}

function unite(flows: readonly Flow[]): Flow {
  return {
    passes: flows.some(({ passes }) => passes),
    leaves: flows.some(({ leaves }) => leaves),
    breaks: flows.some(({ breaks }) => breaks),
  };
}
