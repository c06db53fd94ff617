import { type ParserPlugin, parse } from '@babel/parser';
import { Bindings, TooIntricate } from './bindings.ts';
import { findUses, type ScriptUses } from './find-uses.ts';
import type { Place } from './html.ts';
import { searchText } from './lexical.ts';
import type { Node } from './node.ts';
import type { Page } from './page.ts';

export type Dialect = 'javascript' | 'typescript' | 'tsx';

export interface Script extends Partial<Place> {
  readonly code: string;
  readonly dialect: Dialect;
}

export interface ScriptReading extends ScriptUses {
  /** Why the script was searched for words instead of being understood; the rest of a sentence about it. */
  readonly flaw?: string;
}

const plugins: Readonly<Record<Dialect, ParserPlugin[]>> = {
  javascript: ['jsx', 'decorators', 'decoratorAutoAccessors'],
  typescript: ['typescript', 'decorators', 'decoratorAutoAccessors'],
  tsx: ['typescript', 'jsx', 'decorators', 'decoratorAutoAccessors'],
};

/** Finds the URLs of WebSockets in a script, as they are on the page. What does not parse is searched for words. */
export function readScript({ code, dialect, line = 1, column = 1 }: Script, page: Page): ScriptReading {
  try {
    const root: Node = parse(code, {
      sourceType: 'unambiguous',
      plugins: plugins[dialect],
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowSuperOutsideMethod: true,
      allowUndeclaredExports: true,
    });
    const found = findUses(root, code, { bindings: new Bindings(root), page });
    return { ...found, uses: found.uses.map((use) => ({ ...use, ...move(use, { line, column }) })) };
  } catch (error) {
    return { uses: searchText(code, { line, column }), unknown: 0, imports: [], flaw: describeFlaw(error as Error) };
  }
}

function describeFlaw(error: Error): string {
  if (error instanceof TooIntricate) return 'is too intricate to be followed to its end';
  // Minified code can be nested deeper than the stack.
  if (error instanceof RangeError) return 'is nested too deep';
  return `does not parse (${error.message.split('\n')[0]})`;
}

/** From a place of the script to the place of the file that holds it. */
function move(place: Place, from: Place): Place {
  return { line: from.line + place.line - 1, column: place.line === 1 ? from.column + place.column - 1 : place.column };
}
