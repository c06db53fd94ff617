import { isRecord } from '../api/record.ts';
import type { StructuralSchema } from '../api/schema.ts';

/** Puts the schema's defaults into `value`, wherever a field of an object that is there is left out, as the API server does. */
export function fillDefaults(schema: StructuralSchema, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) fillDefaults(schema.items ?? {}, item);
  if (!isRecord(value)) return;
  const fields: Record<string, unknown> = value;
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (fields[name] === undefined && child.default !== undefined) fields[name] = structuredClone(child.default);
    fillDefaults(child, fields[name]);
  }
}
