import { type Branch, Course } from './course.ts';
import { evaluate, type Surroundings } from './evaluate.ts';
import { isGlobal, listChildren, type Node, nameOfMember, nameTarget } from './node.ts';
import type { SocketUse } from './socket-use.ts';
import { hole, type Text } from './text.ts';

export interface ScriptUses {
  readonly uses: readonly SocketUse[];
  /** How many WebSockets are opened at a URL that is known at run time only. */
  readonly unknown: number;
  /** What the script imports when it starts, as it is written. */
  readonly imports: readonly string[];
}

interface Found {
  /** By where they begin: a URL that is kept in a name is found where it is written, and again where it is opened. */
  readonly written: Map<number, FoundUse>;
  /** By where they begin and what they are. Where one is opened, that says more than what is written. */
  readonly opened: Map<string, FoundUse>;
  /** What is given a `wss:` URL, whatever else it is given. */
  readonly secured: Set<string>;
  /** The same, where it is given on every page of this scheme: by function and target. */
  readonly corrected: Set<string>;
  readonly imports: string[];
  unknown: number;
}

interface FoundUse extends SocketUse {
  readonly isChosen: boolean;
  readonly start: number;
  readonly scope: number;
  /** What it is given to. */
  readonly target?: string;
}

interface Context extends Surroundings {
  readonly course: Course;
  readonly found: Found;
  readonly parent?: Node;
  /** The script takes this way or one of `wss:`, as it turns out at run time. */
  readonly isChosen: boolean;
  /** The page's URL leads here, and nothing else is asked. */
  readonly isTaken: boolean;
  /** Where the function begins. */
  readonly scope: number;
}

const socketUrl = /^wss?:\/\//i;
const unknownScheme = new RegExp(`^[a-z+.-]*${hole}`, 'i');

/** Finds each URL that a WebSocket is opened with, and each text that is one, whoever opens it. */
export function findUses(root: Node, code: string, around: Surroundings): ScriptUses {
  const found: Found = {
    ...{ written: new Map(), opened: new Map(), secured: new Set(), corrected: new Set(), imports: [], unknown: 0 },
  };
  const course = new Course(code, around);
  visit(root, { ...around, course, found, isChosen: false, isTaken: false, scope: 0 });
  const { written, opened, unknown, imports } = found;
  const starts = new Set([...opened.values()].map(({ start }) => start));
  const others = [...written.values()].filter(({ start }) => !starts.has(start));
  const uses = [...opened.values(), ...others].flatMap((use) => toSocketUse(use, found));
  uses.sort((a, b) => a.line - b.line || a.column - b.column);
  return { uses, unknown, imports };
}

/** A default of `ws:` that the script corrects is none. */
function toSocketUse(use: FoundUse, { secured, corrected }: Found): readonly SocketUse[] {
  const { text, line, column, certainty, scope, target = '', isChosen } = use;
  const known = { text, line, column, certainty };
  if (!/^ws:/i.test(text)) return [known];
  if (corrected.has(`${scope} ${target}`)) return [];
  return [isChosen || secured.has(target) ? { ...known, isChosen: true } : known];
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
  if (node.type === 'AssignmentExpression') addProtocol(node, context);
  if (isText(node) && !isNoUrl(node, context.parent)) addWritten(evaluate(node, context), context);
  noteSecured(node, context);
  const around = /Function|Method/.test(node.type)
    ? { ...context, parent: node, scope: node.start ?? 0, isTaken: false }
    : { ...context, parent: node };
  const branches: readonly Branch[] = context.course.split(node) ?? listChildren(node).map((each) => ({ node: each }));
  for (const { node: child, isChosen = around.isChosen, isTaken = around.isTaken } of branches) {
    visit(child, { ...around, isChosen: around.isChosen || isChosen, isTaken });
  }
}

/** `new WebSocket(url)`. */
function addOpened(node: Node & { type: 'NewExpression' }, context: Context): void {
  const { found } = context;
  const [argument] = node.arguments as readonly Node[];
  if (argument === undefined) return;
  const value = evaluate(argument, context);
  if (unknownScheme.test(value.text)) {
    found.unknown += 1;
    return;
  }
  const use = toFoundUse(value, context);
  const key = `${use?.start} ${use?.text}`;
  // Where it is opened without a choice, the others are no doubt.
  if (use !== undefined && found.opened.get(key)?.isChosen !== false) found.opened.set(key, use);
}

/** `url.protocol = 'ws:'`. */
function addProtocol(node: Node & { type: 'AssignmentExpression' }, context: Context): void {
  if (nameOfMember(node.left as Node) !== 'protocol') return;
  const value = evaluate(node.right, context);
  const [, scheme] = /^(wss?):?$/i.exec(value.text) ?? [];
  if (scheme !== undefined) addWritten({ ...value, text: `${scheme}://${hole}` }, { ...context, parent: node });
}

/** A text that is a URL, where it is first found. */
function addWritten(value: Text, context: Context): void {
  const use = socketUrl.test(value.text) ? toFoundUse(value, context) : undefined;
  if (use === undefined || context.found.written.has(use.start)) return;
  const target = context.parent && readGift(context.parent)?.target;
  context.found.written.set(use.start, { ...use, ...(target !== undefined && { target }) });
}

function toFoundUse({ text, head }: Text, { scope, isChosen }: Context): FoundUse | undefined {
  const { start, loc } = head;
  if (start === null || start === undefined || loc === null || loc === undefined) return undefined;
  return {
    // A scheme by itself is kept to be put before a host.
    ...{ start, scope, text: text.endsWith('://') ? `${text}${hole}` : text, certainty: 'parsed' },
    ...{ line: loc.start.line, column: loc.start.column + 1, isChosen },
  };
}

/** What is given `wss:` here may have been given `ws:` as a default. */
function noteSecured(node: Node, { course, found, isTaken, scope }: Context): void {
  const gift = readGift(node);
  if (gift === undefined || !course.says(gift.value)) return;
  found.secured.add(gift.target);
  if (isTaken) found.corrected.add(`${scope} ${gift.target}`);
}

/** `url = …`, `let url = …`, `this.url = …`. */
function readGift(node: Node): { readonly target: string; readonly value: Node } | undefined {
  const { type, left, right, id, init } = node as unknown as Readonly<Record<string, Node>> & { readonly type: string };
  const [to, value] = type === 'VariableDeclarator' ? [id, init] : type === 'AssignmentExpression' ? [left, right] : [];
  const target = to && nameTarget(to);
  return target === undefined || !value ? undefined : { target, value };
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
function isNoUrl(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return false;
  if (parent.type === 'CallExpression' || parent.type === 'OptionalCallExpression') {
    return parent.callee !== node && searching.test(nameOfMember(parent.callee as Node) ?? '');
  }
  if (parent.type === 'NewExpression') return /(?:Error|RegExp)$/.test(nameOf(parent.callee as Node));
  if (parent.type === 'BinaryExpression') return parent.operator !== '+' || isText(parent);
  if (parent.type === 'TemplateLiteral') return false;
  // A list of schemes.
  if (parent.type === 'ArrayExpression') return node.type === 'StringLiteral' && node.value.endsWith('://');
  const { type, key, name } = parent as unknown as { type: string; key?: Node; name?: unknown };
  if (type === 'JSXAttribute') return wordsForPeople.test(String((name as { name?: unknown }).name));
  return type === 'SwitchCase' || key === node || /^(?:Import|Export)/.test(type);
}

function nameOf(callee: Node): string {
  return callee.type === 'Identifier' ? callee.name : (nameOfMember(callee) ?? '');
}

function isType({ type }: Node): boolean {
  return /^TS(?!As|Satisfies|NonNull|Export|Enum|Module|Parameter|Import|Instantiation|TypeAssertion)/.test(type);
}
