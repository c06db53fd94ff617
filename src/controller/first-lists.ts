import { ingressKind, type Kind, serviceKind, wssRouteKind } from '../api/kinds.ts';
import { type Clock, sleep } from '../kube/clock.ts';
import { ApiError, classify } from '../kube/errors.ts';
import type { Cache } from './cache.ts';
import { type Caches, listCaches } from './caches.ts';

/** What is asked of a cache before anything is reconciled. */
export type FirstList = Pick<Cache<unknown>, 'kind' | 'state' | 'hasSynced' | 'whenSynced'>;

/** No route can be judged without these: whose a host is, and where its connections go. Every other kind only some routes need. */
const indispensable: ReadonlySet<Kind> = new Set([wssRouteKind, ingressKind, serviceKind]);

/**
 * How long a kind that fails may keep the routes waiting that do not need it, in milliseconds. An API server that has just started denies
 * what its roles allow until it has read them, and answers 404 or 503 for kinds that are being installed: that is over in seconds.
 */
const patience = 30_000;
const look = 1_000;

export function isIndispensable(kind: Kind): boolean {
  return indispensable.has(kind);
}

/**
 * Waits until every kind has been read, but for one that is not indispensable and that the API server refuses: then it is over
 * {@link patience} after the others. Rejects when `signal` is aborted.
 */
export async function awaitFirstLists(
  lists: readonly FirstList[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  await Promise.all(lists.filter(({ kind }) => isIndispensable(kind)).map((list) => list.whenSynced(signal)));
  const done = new AbortController();
  try {
    const complete = Promise.all(lists.map((list) => list.whenSynced(signal)));
    await Promise.race([complete, awaitRefusals(lists, clock, AbortSignal.any([signal, done.signal]))]);
  } finally {
    done.abort();
  }
  signal.throwIfAborted();
}

/** What is slow, or gets no answer at all, is waited for: an outage is not the place to judge anything. */
async function awaitRefusals(lists: readonly FirstList[], clock: Clock, signal: AbortSignal): Promise<void> {
  await sleep(clock, patience, signal);
  while (!signal.aborted && lists.some((list) => !list.hasSynced && !isRefused(list))) {
    await sleep(clock, look, signal);
  }
}

function isRefused({ state }: FirstList): boolean {
  return state.phase === 'retrying' && state.error instanceof ApiError;
}

const none: ReadonlyMap<string, string> = new Map();

/** The kinds of which nothing is known yet, and why, in words that are the same at each try. */
export function listUnread(caches: Caches): ReadonlyMap<string, string> {
  const unread = listCaches(caches).filter(({ hasSynced }) => !hasSynced);
  if (unread.length === 0) return none;
  return new Map(
    unread.map(({ kind, state }) => {
      const why = state.phase === 'retrying' ? classify(state.error) : 'under way';
      return [kind.kind, `${kind.plural}${kind.group === '' ? '' : `.${kind.group}`} (${why})`];
    }),
  );
}
