import type { Place } from './html.ts';
import type { SocketUse } from './socket-use.ts';
import { hole } from './text.ts';

const quoted = /(["'`])(wss?:\/\/(?:(?!\1)[^\s\\])*)\1?\s*(\+)?/gi;

/** Searches a text that nobody can parse for quoted `ws://` and `wss://`. Lines of comment, and lines that choose between both, are passed over. */
export function searchText(text: string, from: Place = { line: 1, column: 1 }): readonly SocketUse[] {
  return text.split('\n').flatMap((content, index) => {
    const isComment = /^\s*(?:\/\/|\/?\*|#|<!--)/.test(content);
    const isChoice = /\bwss\b/i.test(content) && /\bws\b/i.test(content);
    if (isComment || isChoice) return [];
    const line = from.line + index;
    const offset = index === 0 ? from.column : 1;
    return [...content.matchAll(quoted)].flatMap(({ 2: url = '', 3: plus, index: at }): readonly SocketUse[] => {
      const text = hideTemplates(url) + (plus === undefined ? '' : hole);
      // Nothing after the scheme: a word to compare with.
      if (text.endsWith('://')) return [];
      return [{ text, line, column: offset + at, certainty: 'lexical' }];
    });
  });
}

/** Puts holes for `${host}`, `{{ host }}` and `<%= host %>`. What is not closed ends with the text. */
export function hideTemplates(url: string): string {
  return url.replace(/\$?\{[^}]*\}*|<%.*/g, hole);
}
