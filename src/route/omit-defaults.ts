import { isRecord } from '../api/record.ts';
import type { StructuralSchema } from '../api/schema.ts';

/** The reverse of `fillDefaults`: what differs from the schema's defaults only, in the order of the schema's fields. */
export function omitDefaults(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => omitDefaults(schema.items ?? {}, item));
  if (!isRecord(value) || schema.properties === undefined) return value;
  const kept = Object.entries(schema.properties).flatMap(([name, child]) => {
    if (value[name] === undefined) return [];
    const rest = omitDefaults(child, value[name]);
    return rest === child.default || isEmpty(rest) ? [] : [[name, rest] as const];
  });
  return Object.fromEntries(kept);
}

/** An object whose every field is as by default; the schema gives it back where it is left out. */
function isEmpty(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
