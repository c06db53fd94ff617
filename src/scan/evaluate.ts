import type { Bindings } from './bindings.ts';
import { isGlobal, type Node, nameOfMember } from './node.ts';
import { type Page, unknownHost } from './page.ts';

/** Stands in a text for what is known at run time only (U+FFFC, "object replacement character"). */
export const hole = '\ufffc';

/** What an expression gives, with holes. */
export interface Text {
  readonly text: string;
  /** The literal that the text begins with: where somebody has to write something else. */
  readonly head: Node;
}

export interface Surroundings {
  readonly bindings: Bindings;
  readonly page: Page;
}

/** How many names and parts are followed, so that `const a = a` ends. */
const deepest = 60;

/** Characters of a URL that are kept; what comes after them decides nothing. */
const longest = 4096;

/** What text an expression gives on the page, by its own words only: nothing of the script is run. */
export function evaluate(node: Node, around: Surroundings, depth = 0): Text {
  const unknown: Text = { text: hole, head: node };
  around.bindings.step();
  if (depth > deepest) return unknown;
  const inner = (part: Node) => evaluate(part, around, depth + 1);
  switch (node.type) {
    case 'StringLiteral':
      return { text: node.value, head: node };
    case 'NumericLiteral':
      return { text: String(node.value), head: node };
    case 'TemplateLiteral': {
      const parts = node.quasis.flatMap(({ value }, index) => {
        const between = node.expressions[index];
        const own: Text = { text: value.cooked ?? hole, head: node };
        return between === undefined ? [own] : [own, inner(between as Node)];
      });
      return join(parts, node);
    }
    case 'BinaryExpression':
      return node.operator === '+' ? join([inner(node.left as Node), inner(node.right)], node) : unknown;
    case 'Identifier': {
      const value = around.bindings.find(node.name);
      return value === undefined ? unknown : inner(value);
    }
    case 'ConditionalExpression': {
      const holds = decide(node.test, around, depth + 1);
      return holds === undefined ? unknown : inner(holds ? node.consequent : node.alternate);
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
  if (isGlobal(node, 'isSecureContext')) return around.page.url.startsWith('https:') ? true : undefined;
  if (node.type === 'BinaryExpression') {
    const isEqual = { '==': true, '===': true, '!=': false, '!==': false }[node.operator as string];
    if (isEqual === undefined) return undefined;
    const [left, right] = [evaluate(node.left as Node, around, depth + 1), evaluate(node.right, around, depth + 1)];
    return isKnown(left) && isKnown(right) ? (left.text === right.text) === isEqual : undefined;
  }
  return node.type === 'CallExpression' ? decideCall(node, around, depth + 1) : undefined;
}

function decideCall(node: Node & { type: 'CallExpression' }, around: Surroundings, depth: number): boolean | undefined {
  const method = nameOfMember(node.callee as Node);
  if (method === undefined || !['startsWith', 'includes', 'test'].includes(method)) return undefined;
  const { object } = node.callee as unknown as { readonly object: Node };
  const [argument] = node.arguments as readonly Node[];
  if (argument === undefined) return undefined;
  const [text, pattern] = method === 'test' ? [argument, object] : [object, argument];
  const subject = evaluate(text, around, depth);
  if (!isKnown(subject)) return undefined;
  if (method === 'test') return toRegExp(pattern)?.test(subject.text);
  const part = evaluate(pattern, around, depth);
  if (!isKnown(part)) return undefined;
  return method === 'startsWith' ? subject.text.startsWith(part.text) : subject.text.includes(part.text);
}

function isKnown({ text }: Text): boolean {
  return !text.includes(hole);
}

/** The head is that of the first part that is not empty. */
function join(parts: readonly Text[], node: Node): Text {
  const first = parts.find(({ text }) => text !== '');
  const text = parts.map((part) => part.text).join('');
  return { text: text.length > longest ? text.slice(0, longest) + hole : text, head: first?.head ?? node };
}

const ofLocation = ['protocol', 'host', 'hostname', 'port', 'origin', 'href', 'pathname'] as const;

/** `location.host` and the like, which the page's URL tells. */
function readLocation(node: Node, page: Page): string | undefined {
  const name = ofLocation.find((each) => each === nameOfMember(node));
  const { object } = node as { readonly object?: Node };
  if (name === undefined || object === undefined || !isGlobal(object, 'location')) return undefined;
  return new URL(page.url)[name].replaceAll(page.isHostKnown === false ? unknownHost : hole, hole);
}

function readMember(node: Node, { page }: Surroundings, inner: (node: Node) => Text): Text {
  const text = readLocation(node, page);
  if (text !== undefined) return { text, head: node };
  // Of a URL that the script makes.
  if (nameOfMember(node) === 'href') return inner((node as unknown as { readonly object: Node }).object);
  return { text: hole, head: node };
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
  if (!isKnown(subject) || numbers.some(Number.isNaN)) return undefined;
  const [from = 0, to] = numbers;
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
  const before = isKnown(subject) ? subject.text : `https://${hole}`;
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
