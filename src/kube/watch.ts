import type { Kind } from '../api/kinds.ts';
import { apiVersionOf } from '../api/kinds.ts';
import type { KubeObject, ObjectMeta } from '../api/objects.ts';
import type { Status } from './errors.ts';
import { ApiError } from './errors.ts';
import { pathOf } from './path.ts';
import type { Transport } from './transport.ts';

/** What is listed and watched. */
export interface Selection {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Only `metadata` is transferred; `spec` and `status` stay away. */
  readonly isMetadataOnly: boolean;
}

export type WatchEvent =
  | { readonly type: 'put' | 'delete'; readonly object: KubeObject }
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly isInitialEnd: boolean };

export interface WatchOptions {
  /** Where to go on; undefined asks for all objects first, as events up to a bookmark with `isInitialEnd`. */
  readonly resourceVersion: string | undefined;
  readonly timeoutSeconds: number;
  readonly inactivityMs: number;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
}

/** Set on the bookmark that ends the initial events (KEP-3157, streaming lists). */
const initialEventsEnd = 'k8s.io/initial-events-end';
const metadataType = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const metadataListType = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** One watch, until the API server ends it. Throws what {@link Transport.stream} throws, and ERROR events as ApiError. */
export async function* watch(
  transport: Pick<Transport, 'stream'>,
  selection: Selection,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void, void> {
  const path = pathOf(selection.kind, selection.namespace);
  const start =
    options.resourceVersion === undefined
      ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion: options.resourceVersion };
  const lines = transport.stream({
    path,
    query: {
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds: options.timeoutSeconds,
      labelSelector: selection.labelSelector,
      ...start,
    },
    ...(selection.isMetadataOnly && { accept: metadataType }),
    inactivityMs: options.inactivityMs,
    signal: options.signal,
    onOpen: options.onOpen,
  });
  for await (const line of lines) yield read(line as RawEvent, path);
}

interface RawEvent {
  readonly type: string;
  readonly object: KubeObject & Status;
}

function read({ type, object }: RawEvent, path: string): WatchEvent {
  if (type === 'ADDED' || type === 'MODIFIED') return { type: 'put', object };
  if (type === 'DELETED') return { type: 'delete', object };
  if (type === 'BOOKMARK') {
    const { resourceVersion = '', annotations } = object.metadata;
    return { type: 'bookmark', resourceVersion, isInitialEnd: annotations?.[initialEventsEnd] === 'true' };
  }
  throw new ApiError({ method: 'WATCH', path }, object.code ?? 500, object);
}

interface ListAnswer {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly { readonly metadata: ObjectMeta }[];
}

/** All objects in pages, each handed to `take`; returns the resourceVersion of the list. 410 means: start again. */
export async function list(
  transport: Pick<Transport, 'request'>,
  selection: Selection,
  options: { readonly signal: AbortSignal; readonly pageSize?: number; readonly isFirstPageEnough?: boolean },
  take: (object: KubeObject) => void,
): Promise<string> {
  let token: string | undefined;
  let resourceVersion = '';
  do {
    const answer = await transport.request<ListAnswer>({
      method: 'GET',
      path: pathOf(selection.kind, selection.namespace),
      query: { limit: options.pageSize ?? 500, continue: token, labelSelector: selection.labelSelector },
      ...(selection.isMetadataOnly && { accept: metadataListType }),
      signal: options.signal,
      isBesideWrites: true,
    });
    const { metadata, items } = answer.body;
    // The items of a list of a built-in kind carry no apiVersion and kind of their own.
    for (const item of items ?? [])
      take({ apiVersion: apiVersionOf(selection.kind), kind: selection.kind.kind, ...item });
    resourceVersion = metadata?.resourceVersion ?? resourceVersion;
    token = metadata?.continue;
  } while (token !== undefined && token !== '' && options.isFirstPageEnough !== true);
  return resourceVersion;
}
