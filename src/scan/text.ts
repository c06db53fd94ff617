import type { Node } from './node.ts';

/** Stands in a text for what is known at run time only (U+FFFC, "object replacement character"). */
export const hole = '\ufffc';

/** What an expression gives, with holes. */
export interface Text {
  readonly text: string;
  /** The literal that the text begins with: where somebody has to write something else. */
  readonly head: Node;
}

/** Characters of a URL that are kept; what comes after them decides nothing. */
const longest = 4096;

/** Whether a text counts as true. Of digits nobody knows here whether they are a text or a number. */
export function isFilled({ text }: Text): boolean | undefined {
  if (text === '') return false;
  return /[^-\d.\ufffc]/.test(text) ? true : undefined;
}

/** What is known of a text before its first hole. */
export function startOf({ text }: Text): string {
  return text.split(hole, 1)[0] ?? '';
}

export function isKnown({ text }: Text): boolean {
  return !text.includes(hole);
}

/** The head is that of the first part that is not empty. */
export function join(parts: readonly Text[], node: Node): Text {
  const first = parts.find(({ text }) => text !== '');
  return { text: shorten(parts.map((part) => part.text).join('')), head: first?.head ?? node };
}

export function shorten(text: string): string {
  return text.length > longest ? text.slice(0, longest) + hole : text;
}
