import { isRecord } from '../api/record.ts';

/** As much of a schema as tells which fields there are. */
export interface FieldTree {
  readonly properties?: Readonly<Record<string, FieldTree>>;
  readonly items?: FieldTree;
}

/**
 * Removes the fields that are null from `value`: the API server takes a null for a field that is left out
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable).
 */
export function dropNulls(tree: FieldTree, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) dropNulls(tree.items ?? {}, item);
  if (!isRecord(value)) return;
  for (const [name, child] of Object.entries(tree.properties ?? {})) {
    if (value[name] === null) Reflect.deleteProperty(value, name);
    else dropNulls(child, value[name]);
  }
}
