import type { Kind } from '../api/kinds.ts';

/** Parameters of a request; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Where the API server keeps a kind, or one object of it: `/apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}/{subresource}`.
 * Without a namespace (or with an empty one): all namespaces, or a cluster-scoped object.
 */
export function pathOf(kind: Kind, namespace?: string, name?: string, subresource?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const hasNamespace = kind.isNamespaced && namespace !== undefined && namespace !== '';
  if (name !== undefined && kind.isNamespaced && !hasNamespace) {
    throw new TypeError(`${kind.kind} ${name} needs a namespace`);
  }
  const scope = hasNamespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${kind.plural}${object}${subresource === undefined ? '' : `/${subresource}`}`;
}

export function withQuery(path: string, query: Query | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}
