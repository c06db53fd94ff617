import type { Kind } from '../api/kinds.ts';
import type { KubeObject, ObjectKey } from '../api/objects.ts';
import { classify } from './errors.ts';
import { pathOf } from './path.ts';
import type { Transport } from './transport.ts';

const metadataType = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

export interface ReadOptions {
  /** Only `metadata` is transferred. */
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** One object as it is now, past the caches; undefined when it is not there, or when its kind is not. */
export async function read(
  transport: Transport,
  kind: Kind,
  { namespace, name }: ObjectKey,
  { metadataOnly, signal }: ReadOptions = {},
): Promise<KubeObject | undefined> {
  try {
    const answer = await transport.request<KubeObject>({
      method: 'GET',
      path: pathOf(kind, namespace, name),
      ...(metadataOnly === true && { accept: metadataType }),
      ...(signal !== undefined && { signal }),
    });
    return { ...answer.body, kind: kind.kind };
  } catch (error) {
    if (classify(error) === 'notFound') return undefined;
    throw error;
  }
}

/** All objects of a kind in a namespace, as they are now; none where the kind is not installed. */
export async function list(transport: Transport, kind: Kind, namespace: string): Promise<readonly KubeObject[]> {
  try {
    const path = pathOf(kind, namespace);
    const { body } = await transport.request<{ readonly items?: readonly KubeObject[] }>({ method: 'GET', path });
    return (body.items ?? []).map((item) => ({ ...item, kind: kind.kind }));
  } catch (error) {
    if (classify(error) === 'notFound') return [];
    throw error;
  }
}
