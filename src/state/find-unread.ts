import type { Obstacle } from '../dialects/dialect.ts';
import { listSome } from './list-some.ts';
import type { Observed } from './observed.ts';

/** Why nothing can be decided that depends on some kinds: the operator has not been able to read one of them. */
export function findUnread(
  kinds: Iterable<{ readonly kind: string }>,
  { unreadKinds }: Pick<Observed, 'unreadKinds'>,
): Obstacle | undefined {
  if (unreadKinds.size === 0) return undefined;
  const names = new Set([...kinds].map(({ kind }) => kind));
  const unread = [...unreadKinds].flatMap(([kind, words]) => (names.has(kind) ? [words] : []));
  if (unread.length === 0) return undefined;
  return { reason: 'KindNotReadable', message: `the operator has not been able to list ${listSome(unread)}` };
}
