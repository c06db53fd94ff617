import { decide, evaluate, hole, type Surroundings, type Text } from './evaluate.ts';
import { isGlobal, listChildren, type Node, nameOfMember } from './node.ts';
import type { SocketUse } from './socket-use.ts';

export interface ScriptUses {
  readonly uses: readonly SocketUse[];
  /** How many WebSockets are opened at a URL that is known at run time only. */
  readonly unknown: number;
  /** What the script imports when it starts, as it is written. */
  readonly imports: readonly string[];
}

interface Found {
  /** By where they begin: a URL that is kept in a name is found where it is written, and again where it is opened. */
  readonly uses: Map<number, readonly FoundUse[]>;
  readonly imports: string[];
  unknown: number;
}

interface FoundUse extends SocketUse {
  /** By the script itself: it says more than the text alone. */
  readonly isOpened: boolean;
}

interface Context extends Surroundings {
  readonly code: string;
  readonly found: Found;
  readonly parent?: Node;
  /** The script looks at run time which of ws: and wss: it takes. */
  readonly isChosen: boolean;
}

const socketUrl = /^wss?:\/\//i;

/** Finds each URL that a WebSocket is opened with, and each text that is one, whoever opens it. */
export function findUses(root: Node, code: string, around: Surroundings): ScriptUses {
  const found: Found = { uses: new Map(), imports: [], unknown: 0 };
  visit(root, { ...around, code, found, isChosen: false });
  const uses = [...found.uses.values()].flat().map(({ isOpened, ...use }): SocketUse => use);
  uses.sort((a, b) => a.line - b.line || a.column - b.column);
  return { uses, unknown: found.unknown, imports: found.imports };
}

function visit(node: Node, context: Context): void {
  if (isType(node)) return;
  const { found } = context;
  if (
    node.type === 'ImportDeclaration' ||
    node.type === 'ExportAllDeclaration' ||
    node.type === 'ExportNamedDeclaration'
  ) {
    if (node.source) found.imports.push(node.source.value);
  }
  if (node.type === 'NewExpression' && isGlobal(node.callee as Node, 'WebSocket')) addOpened(node, context);
  if (node.type === 'AssignmentExpression') addAssigned(node, context);
  if (isText(node) && !isNoUrl(node, context)) {
    const value = evaluate(node, context);
    if (socketUrl.test(value.text)) add(value, context);
  }
  for (const child of listLiving(node, context)) {
    visit(child, { ...context, parent: node, isChosen: context.isChosen || isChoice(node, context) });
  }
}

/** `new WebSocket(url)`. */
function addOpened(node: Node & { type: 'NewExpression' }, context: Context): void {
  const [argument] = node.arguments as readonly Node[];
  if (argument === undefined) return;
  const value = evaluate(argument, context);
  const isUnknown = new RegExp(`^[a-z+.-]*${hole}`, 'i').test(value.text);
  if (isUnknown) context.found.unknown += 1;
  else add(value, context, true);
}

/** `url.protocol = 'ws:'`. */
function addAssigned(node: Node & { type: 'AssignmentExpression' }, context: Context): void {
  if (nameOfMember(node.left as Node) !== 'protocol') return;
  const value = evaluate(node.right, context);
  const [, scheme] = /^(wss?):?$/i.exec(value.text) ?? [];
  if (scheme !== undefined) add({ ...value, text: `${scheme}://${hole}` }, context);
}

function add({ text, head }: Text, { found, isChosen }: Context, isOpened = false): void {
  const { start } = head;
  if (start === null || start === undefined || head.loc === null || head.loc === undefined) return;
  if (isChosen && /^ws:/i.test(text)) return;
  const { line, column } = head.loc.start;
  // A scheme by itself is kept to be put before a host.
  const whole = text.endsWith('://') ? `${text}${hole}` : text;
  const before = (found.uses.get(start) ?? []).filter((use) => use.isOpened || !isOpened);
  if (before.some((use) => use.text === whole || !isOpened)) return;
  found.uses.set(start, [...before, { text: whole, line, column: column + 1, certainty: 'parsed', isOpened }]);
}

/** Expressions that can give a URL by themselves. */
function isText(node: Node): boolean {
  if (node.type === 'CallExpression') return nameOfMember(node.callee as Node) === 'replace';
  return (
    node.type === 'StringLiteral' ||
    node.type === 'TemplateLiteral' ||
    (node.type === 'BinaryExpression' && node.operator === '+')
  );
}

const searching =
  /^(?:startsWith|endsWith|includes|indexOf|lastIndexOf|replace|replaceAll|match|test|split|search|slice|log|warn|error|info|debug)$/;
const wordsForPeople = /^(?:placeholder|title|alt|label|aria-.*)$/;

/** Texts that are compared, searched for, told to people or replaced by something better. */
function isNoUrl(node: Node, { parent, bindings, code }: Context): boolean {
  if (parent === undefined) return false;
  if (parent.type === 'CallExpression' || parent.type === 'OptionalCallExpression') {
    return parent.callee !== node && searching.test(nameOfMember(parent.callee as Node) ?? '');
  }
  if (parent.type === 'NewExpression') return /(?:Error|RegExp)$/.test(textOf(parent.callee as Node, code));
  if (parent.type === 'BinaryExpression') return parent.operator !== '+' || isText(parent);
  if (parent.type === 'TemplateLiteral') return false;
  // A list of schemes.
  if (parent.type === 'ArrayExpression') return node.type === 'StringLiteral' && node.value.endsWith('://');
  const { type, key, name, id } = parent as unknown as { type: string; key?: Node; name?: unknown; id?: Node };
  if (type === 'JSXAttribute') return wordsForPeople.test(String((name as { name?: unknown }).name));
  if (type === 'VariableDeclarator' && id?.type === 'Identifier') {
    return bindings.listAssigned(id.name).some((each) => /wss/i.test(textOf(each, code)));
  }
  return type === 'SwitchCase' || key === node || /^(?:Import|Export)/.test(type);
}

/** The parts that run on the page: not the other branch of `location.protocol === 'https:'`. */
function listLiving(node: Node, context: Context): readonly Node[] {
  const children = listChildren(node);
  if (node.type !== 'ConditionalExpression' && node.type !== 'IfStatement') return children;
  const holds = decide(node.test, context);
  if (holds === undefined) return children;
  const dead = holds ? node.alternate : node.consequent;
  return children.filter((child) => child !== dead);
}

/** One branch takes wss: and the other does not. */
function isChoice(node: Node, context: Context): boolean {
  if (node.type !== 'ConditionalExpression' && node.type !== 'IfStatement') return false;
  const { consequent, alternate } = node as { readonly consequent: Node; readonly alternate?: Node | null };
  if (!alternate || decide(node.test, context) !== undefined) return false;
  return /\bwss\b/i.test(textOf(consequent, context.code)) !== /\bwss\b/i.test(textOf(alternate, context.code));
}

function textOf({ start, end }: Node, code: string): string {
  return code.slice(start ?? 0, end ?? 0);
}

function isType({ type }: Node): boolean {
  return /^TS(?!As|Satisfies|NonNull|Export|Enum|Module|Parameter|Import|Instantiation|TypeAssertion)/.test(type);
}
