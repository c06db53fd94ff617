import { isSection, type JsonSchema, type Value, type Values } from './value.ts';

/**
 * values.schema.json, which helm checks values by: closed on every level. JSON Schema draft 7, because editors know it, with the
 * Kubernetes types that are used.
 */
export function renderSchema(values: Values, kubernetes: Readonly<Record<string, JsonSchema>>, notice: string): string {
  const root = closeSection(values);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: notice,
    title: 'Values of the wss-operator chart',
    ...root,
    $defs: pickDefinitions(root, kubernetes),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function closeSection(values: Values): JsonSchema {
  const properties = Object.entries(values).map(([name, entry]) => [name, renderEntry(entry)] as const);
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) };
}

function renderEntry(entry: Value | Values[string]): JsonSchema {
  if (isSection(entry)) return { description: entry.description, ...closeSection(entry.values) };
  return {
    description: entry.description,
    ...(entry.default !== undefined && { default: entry.default }),
    ...entry.schema,
  };
}

/** The definitions that a schema refers to, and those that they refer to. */
function pickDefinitions(
  root: JsonSchema,
  all: Readonly<Record<string, JsonSchema>>,
): Readonly<Record<string, JsonSchema>> {
  const picked: Record<string, JsonSchema> = {};
  const queue: JsonSchema[] = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const name of listReferences(next)) {
      const definition = all[name];
      if (definition === undefined) throw new Error(`kubernetes-schemas.json has no ${name}: name it in its extractor`);
      if (name in picked) continue;
      picked[name] = definition;
      queue.push(definition);
    }
  }
  return Object.fromEntries(Object.entries(picked).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function listReferences(schema: JsonSchema): readonly string[] {
  return [...JSON.stringify(schema).matchAll(/"#\/\$defs\/(\w+)"/g)].flatMap(([, name]) => name ?? []);
}
