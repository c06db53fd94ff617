/** The words that the chart's values are described in: every value has a meaning, a schema and, mostly, a default. */

export type JsonSchema = { readonly [keyword: string]: unknown };

export interface Value {
  readonly description: string;
  readonly schema: JsonSchema;
  /** Without a default the value may be left out; `example` shows it then, commented out. */
  readonly default?: unknown;
  /** YAML that shows what to write. */
  readonly example?: string;
}

/** A group of values. In values.yaml all of it is there, so templates need not ask. */
export interface Section {
  readonly description: string;
  readonly values: Values;
}

export type Values = { readonly [name: string]: Value | Section };

export function isSection(entry: Value | Section): entry is Section {
  return 'values' in entry;
}

export function section(description: string, values: Values): Section {
  return { description, values };
}

export function flag(fallback: boolean, description: string): Value {
  return { description, schema: { type: 'boolean' }, default: fallback };
}

export function text(fallback: string | undefined, description: string, schema: JsonSchema = {}): Value {
  return {
    description,
    schema: { type: 'string', ...schema },
    ...(fallback !== undefined && { default: fallback }),
  };
}

export function choice(fallback: string, values: readonly string[], description: string): Value {
  return { description, schema: { type: 'string', enum: values }, default: fallback };
}

export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

export function count(fallback: number, bounds: Bounds, description: string): Value {
  return { description, schema: { type: 'integer', ...bounds }, default: fallback };
}

/** `example` is the YAML of a list with one entry. */
export function list(
  items: JsonSchema,
  description: string,
  example: string,
  fallback: readonly unknown[] = [],
): Value {
  return { description, schema: { type: 'array', items }, default: fallback, example };
}

/** Names to texts. */
export function texts(schema: JsonSchema, description: string, example: string, fallback: object = {}): Value {
  return { description, schema, default: fallback, example };
}

/** A piece of a Pod, of which the schema is Kubernetes' own; see kubernetes-schemas.json. */
export function kubernetes(type: string, fallback: unknown, description: string, example?: string): Value {
  return {
    description,
    schema: { $ref: `#/$defs/${type}` },
    default: fallback,
    ...(example !== undefined && { example }),
  };
}

export function kubernetesList(
  type: string,
  description: string,
  example: string,
  fallback?: readonly unknown[],
): Value {
  return list({ $ref: `#/$defs/${type}` }, description, example, fallback);
}
