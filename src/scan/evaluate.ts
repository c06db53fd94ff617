import type { Bindings } from './bindings.ts';
import { isGlobal, keyOf, type Node, nameOfMember } from './node.ts';
import { type Page, unknownHost } from './page.ts';
import { readLocation } from './read-location.ts';
import { hole, isFilled, isKnown, join, shorten, startOf, type Text } from './text.ts';

export interface Surroundings {
  readonly bindings: Bindings;
  readonly page: Page;
}

/** How many names and parts are followed, so that `const a = a` ends. */
const deepest = 60;

/** What text an expression gives on the page, by its own words only: nothing of the script is run. */
export function evaluate(node: Node, around: Surroundings, depth = 0): Text {
  around.bindings.step();
  if (depth > deepest) return { text: hole, head: node };
  const given = evaluateNode(node, around, depth);
  // Long texts take longer, and names can stand for them again and again.
  around.bindings.step(given.text.length >> 6);
  return given;
}

function evaluateNode(node: Node, around: Surroundings, depth: number): Text {
  const unknown: Text = { text: hole, head: node };
  const inner = (part: Node) => evaluate(part, around, depth + 1);
  switch (node.type) {
    case 'StringLiteral':
      return { text: shorten(node.value), head: node };
    case 'NumericLiteral':
      return { text: String(node.value), head: node };
    case 'TemplateLiteral': {
      const parts = node.quasis.flatMap(({ value }, index) => {
        const between = node.expressions[index];
        const own: Text = { text: shorten(value.cooked ?? hole), head: node };
        return between === undefined ? [own] : [own, inner(between as Node)];
      });
      return join(parts, node);
    }
    case 'BinaryExpression':
      return node.operator === '+' ? join([inner(node.left as Node), inner(node.right)], node) : unknown;
    case 'UnaryExpression':
      return node.operator === '-' ? join([{ text: '-', head: node }, inner(node.argument)], node) : unknown;
    case 'Identifier': {
      const value = around.bindings.find(node.name);
      return value === undefined ? unknown : inner(value);
    }
    case 'ConditionalExpression': {
      const holds = decide(node.test, around, depth + 1);
      return holds === undefined ? unknown : inner(holds ? node.consequent : node.alternate);
    }
    case 'LogicalExpression': {
      const holds = decide(node.left, around, depth + 1);
      if (holds === undefined || (node.operator === '??' && !holds)) return unknown;
      return inner(holds === (node.operator === '&&') ? node.right : node.left);
    }
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return inner(node.expression);
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return readMember(node, around, inner);
    case 'CallExpression':
    case 'OptionalCallExpression':
      return call(node, inner) ?? unknown;
    case 'NewExpression':
      return makeUrl(node, inner) ?? unknown;
    default:
      return unknown;
  }
}

/** Whether a test holds on the page; undefined where only the run tells. */
export function decide(node: Node, around: Surroundings, depth = 0): boolean | undefined {
  around.bindings.step();
  if (depth > deepest) return undefined;
  const inner = (part: Node) => decide(part, around, depth + 1);
  if (node.type === 'UnaryExpression' && node.operator === '!') {
    const holds = inner(node.argument);
    return holds === undefined ? undefined : !holds;
  }
  if (node.type === 'LogicalExpression') {
    const [left, right] = [inner(node.left), inner(node.right)];
    const decisive = { '&&': false, '||': true, '??': undefined }[node.operator];
    if (decisive !== undefined && (left === decisive || right === decisive)) return decisive;
    return left === right ? left : undefined;
  }
  if (node.type === 'Identifier' && around.bindings.find(node.name) !== undefined) {
    return inner(around.bindings.find(node.name) as Node);
  }
  if (node.type === 'BooleanLiteral') return node.value;
  if (node.type === 'NumericLiteral') return node.value !== 0;
  if (isGlobal(node, 'isSecureContext')) return around.page.url.startsWith('https:') ? true : undefined;
  const isEqual =
    node.type === 'BinaryExpression'
      ? { '==': true, '===': true, '!=': false, '!==': false }[node.operator as string]
      : undefined;
  if (node.type === 'BinaryExpression' && isEqual !== undefined) {
    const [left, right] = [evaluate(node.left as Node, around, depth + 1), evaluate(node.right, around, depth + 1)];
    return isKnown(left) && isKnown(right) ? (left.text === right.text) === isEqual : undefined;
  }
  const told = node.type === 'CallExpression' ? decideCall(node, around, depth + 1) : undefined;
  return told ?? isFilled(evaluate(node, around, depth + 1));
}

function decideCall(node: Node & { type: 'CallExpression' }, around: Surroundings, depth: number): boolean | undefined {
  const method = nameOfMember(node.callee as Node);
  if (method === undefined || !['startsWith', 'includes', 'test'].includes(method)) return undefined;
  const { object } = node.callee as unknown as { readonly object: Node };
  const [argument] = node.arguments as readonly Node[];
  if (argument === undefined) return undefined;
  const [text, pattern] = method === 'test' ? [argument, object] : [object, argument];
  const subject = evaluate(text, around, depth);
  const start = startOf(subject);
  if (method === 'test') {
    const expression = toRegExp(pattern);
    if (expression === undefined || isKnown(subject)) return expression?.test(start);
    // Of the start alone: the end is not known, and what is not in the start may come after it.
    if (expression.source.endsWith('$')) return undefined;
    const isTold = expression.source.startsWith('^') && start.length >= expression.source.length;
    return expression.test(start) || (isTold ? false : undefined);
  }
  const part = evaluate(pattern, around, depth);
  if (!isKnown(part)) return undefined;
  if (method === 'includes') return start.includes(part.text) || (isKnown(subject) ? false : undefined);
  return isKnown(subject) || start.length >= part.text.length ? start.startsWith(part.text) : undefined;
}

type Member = Node & { type: 'MemberExpression' | 'OptionalMemberExpression' };

function readMember(node: Member, around: Surroundings, inner: (node: Node) => Text): Text {
  const text = readLocation(node, around.page);
  if (text !== undefined) return { text, head: node };
  // Of a URL that the script makes.
  if (nameOfMember(node) === 'href') return inner(node.object as Node);
  return lookUp(node, around, inner) ?? { text: hole, head: node };
}

/** `{ 'http:': 'ws:', 'https:': 'wss:' }[location.protocol]`, of an object that is written there or kept in a name. */
function lookUp(
  { object, property, computed }: Member,
  { bindings }: Surroundings,
  inner: (node: Node) => Text,
): Text | undefined {
  if (!computed) return undefined;
  const table = object.type === 'Identifier' ? bindings.find(object.name) : object;
  if (table?.type !== 'ObjectExpression') return undefined;
  const key = inner(property as Node);
  bindings.step(table.properties.length);
  const keys = table.properties.map((each) => keyOf(each as unknown as Node));
  if (!isKnown(key) || keys.includes(undefined)) return undefined;
  const entry = table.properties[keys.lastIndexOf(key.text)] as { readonly value?: Node } | undefined;
  return entry?.value && inner(entry.value);
}

type Call = Node & { type: 'CallExpression' | 'OptionalCallExpression' };

function call({ callee, arguments: args }: Call, inner: (node: Node) => Text): Text | undefined {
  const method = nameOfMember(callee as Node);
  if (method === undefined) return undefined;
  const subject = inner((callee as unknown as { readonly object: Node }).object);
  const [first, second] = args as readonly Node[];
  if (['toString', 'trim', 'toLowerCase'].includes(method)) return subject;
  if (method === 'concat') return join([subject, ...(args as readonly Node[]).map(inner)], subject.head);
  if (method === 'replace' && first !== undefined && second !== undefined)
    return replace(subject, first, inner(second), inner);
  const numbers = (args as readonly Node[]).map((each) => Number(inner(each).text));
  if (numbers.some(Number.isNaN)) return undefined;
  const [from = 0, to] = numbers;
  const isBefore = (index: number) => index >= 0 && index <= startOf(subject).length;
  if (!isKnown(subject) && !(isBefore(from) && (to === undefined || isBefore(to)))) return undefined;
  if (method === 'slice') return { ...subject, text: subject.text.slice(from, to) };
  return method === 'substring' ? { ...subject, text: subject.text.substring(from, to) } : undefined;
}

/**
 * `url.replace(/^http/, 'ws')`. Of a text that is not known it is taken to be a URL like that of an https page, because what
 * matters is what becomes of `https`.
 */
function replace(subject: Text, pattern: Node, by: Text, inner: (node: Node) => Text): Text | undefined {
  const expression = toRegExp(pattern) ?? (pattern.type === 'RegExpLiteral' ? undefined : inner(pattern).text);
  if (expression === undefined || !isKnown(by)) return undefined;
  const before = isKnown(subject) || /^[a-z]+:/i.test(subject.text) ? subject.text : `https://${hole}`;
  const after = before.replace(expression, () => by.text);
  const isReplaced = before !== after || isKnown(subject);
  return isReplaced
    ? { text: after, head: after.startsWith(by.text) && by.text !== '' ? by.head : subject.head }
    : undefined;
}

/** A regular expression that cannot take long: short, of letters, anchors and `s?` only. Others are the script's own business. */
function toRegExp(node: Node): RegExp | undefined {
  if (node.type !== 'RegExpLiteral' || node.pattern.length > 20 || !/^\^?(?:[a-z:-]\??|\\?\/)+\$?$/i.test(node.pattern))
    return undefined;
  return new RegExp(node.pattern, node.flags.includes('i') ? 'i' : '');
}

/** `new URL('/ws', location.href)`. */
function makeUrl(node: Node & { type: 'NewExpression' }, inner: (node: Node) => Text): Text | undefined {
  if (!isGlobal(node.callee as Node, 'URL')) return undefined;
  const [path, base] = (node.arguments as readonly Node[]).map(inner);
  if (path === undefined) return undefined;
  if (base === undefined || /^[a-z][a-z0-9+.-]*:/i.test(path.text)) return path;
  if (!isKnown(path) || !URL.canParse(path.text, base.text.replaceAll(hole, unknownHost))) return undefined;
  const { href } = new URL(path.text, base.text.replaceAll(hole, unknownHost));
  return { text: href.replaceAll(unknownHost, hole), head: path.head };
}
