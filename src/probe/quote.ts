import { toOneLine } from '../api/text.ts';

/** Words of a server for a message: one line, nothing that acts on a terminal, at most `length` characters. */
export function quote(words: string, length = 200): string {
  // A cut on both sides of the clean-up: the first bounds the work, the second the outcome.
  const line = toOneLine(words.slice(0, length * 4));
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
