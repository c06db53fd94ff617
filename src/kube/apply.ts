import type { Kind } from '../api/kinds.ts';
import type { KubeObject, ObjectKey, ObjectMeta } from '../api/objects.ts';
import { parseKey } from '../api/objects.ts';
import { classify } from './errors.ts';
import { pathOf } from './path.ts';
import type { Transport } from './transport.ts';

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take fields over from other managers instead of failing with 409. */
  readonly force: boolean;
  /** The API server checks everything and stores nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** What the API server made of an object. */
export interface Written {
  readonly resourceVersion: string;
  readonly uid: string;
  readonly generation: number;
  /** 201: the object was created by this write; else 200. */
  readonly code: number;
}

/** JSON is YAML, and the API server has no JSON type for server-side apply. */
export const applyType = 'application/apply-patch+yaml';
/** Only `metadata` comes back: spec and status of the answer would be parsed for nothing. */
export const metadataType = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

/**
 * Server-side apply: creates the object, or makes the fields in it ours. Unknown fields are refused (`invalid`).
 * With `metadata.uid` only that very object is changed (`conflict` when it is gone or another one); `resourceVersion`
 * alone does not keep a missing object from being created. Never retries.
 */
export function apply(transport: Transport, kind: Kind, object: KubeObject, options: ApplyOptions): Promise<Written> {
  return patch(transport, pathOf(kind, object.metadata.namespace, object.metadata.name), object, options);
}

/**
 * {@link apply}, unless an object of the name is there: then `conflict`. A version that no object has conflicts with every object
 * and keeps none from being made (k8s.io/apiserver pkg/registry/generic/registry/store.go, Update): the store begins with 2.
 */
export function applyNew(
  transport: Transport,
  kind: Kind,
  object: KubeObject,
  options: ApplyOptions,
): Promise<Written> {
  return apply(transport, kind, { ...object, metadata: { ...object.metadata, resourceVersion: '1' } }, options);
}

/**
 * {@link apply} on the status subresource; `notFound` when the object does not exist. The API server does not look at
 * `metadata.uid` here when the kind is a custom one; `metadata.resourceVersion` tells a namesake apart (`conflict`).
 */
export function applyStatus(
  transport: Transport,
  kind: Kind,
  object: KubeObject,
  options: ApplyOptions,
): Promise<Written> {
  return patch(transport, pathOf(kind, object.metadata.namespace, object.metadata.name, 'status'), object, options);
}

async function patch(transport: Transport, path: string, object: KubeObject, options: ApplyOptions): Promise<Written> {
  const answer = await transport.request<{ readonly metadata: ObjectMeta }>({
    method: 'PATCH',
    path,
    query: {
      fieldManager: options.fieldManager,
      force: options.force,
      fieldValidation: 'Strict',
      dryRun: options.dryRun === true ? 'All' : undefined,
    },
    body: object,
    contentType: applyType,
    accept: metadataType,
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  const { resourceVersion = '', uid = '', generation = 0 } = answer.body.metadata;
  return { resourceVersion, uid, generation, code: answer.status };
}

/**
 * Deletes exactly the object that was seen: another one of the same name, or (with `resourceVersion`) a changed one, is
 * left alone and the API server answers `conflict`. An object that is gone already is no failure.
 */
export async function remove(
  transport: Transport,
  kind: Kind,
  key: string | ObjectKey,
  preconditions: { readonly uid: string; readonly resourceVersion?: string },
  options: { readonly signal?: AbortSignal } = {},
): Promise<'deleted' | 'notFound'> {
  const { namespace, name } = typeof key === 'string' ? parseKey(key) : key;
  try {
    await transport.request({
      method: 'DELETE',
      path: pathOf(kind, namespace, name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions },
      ...options,
    });
    return 'deleted';
  } catch (error) {
    if (classify(error) === 'notFound') return 'notFound';
    throw error;
  }
}
