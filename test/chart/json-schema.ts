import fc, { type Arbitrary } from 'fast-check';
import { isRecord } from '../../src/api/record.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Arbitraries that stand for a part of the schema, by its path (`config.issuers.default`) or by its definition (`#/$defs/Volume`). */
export type Substitutes = Readonly<Record<string, Arbitrary<unknown>>>;

const known = new Set([
  ...[
    '$ref',
    'type',
    'enum',
    'pattern',
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
    'items',
    'minItems',
    'maxItems',
    'uniqueItems',
  ],
  ...['properties', 'required', 'additionalProperties', 'patternProperties', 'description', 'default', 'title'],
  ...['$schema', '$comment', '$defs'],
]);

/** Values that a JSON Schema lets in. A keyword that is not understood is an error, so that nothing is drawn past it. */
export function drawFrom(root: JsonSchema, substitutes: Substitutes): Arbitrary<unknown> {
  return draw(root, '');

  function draw(schema: JsonSchema, path: string): Arbitrary<unknown> {
    const substitute = substitutes[path] ?? substitutes[String(schema.$ref)];
    if (substitute !== undefined) return substitute;
    const strange = Object.keys(schema).filter((keyword) => !known.has(keyword));
    if (strange.length > 0) throw new Error(`${path}: ${strange.join(', ')} of the schema is not understood`);
    if (typeof schema.$ref === 'string') {
      throw new Error(
        `${path}: ${schema.$ref} needs a substitute: its schema says little of what the API server takes`,
      );
    }
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    const types = [schema.type].flat();
    return types.length === 1
      ? drawType(types[0], schema, path)
      : fc.oneof(...types.map((type) => drawType(type, schema, path)));
  }

  function drawType(type: unknown, schema: JsonSchema, path: string): Arbitrary<unknown> {
    switch (type) {
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer({ min: numberOf(schema.minimum, 0), max: numberOf(schema.maximum, 100) });
      case 'string':
        return drawText(schema);
      case 'array':
        return drawList(schema, path);
      case 'object':
        return drawObject(schema, path);
      default:
        throw new Error(`${path}: type ${type} of the schema is not understood`);
    }
  }

  function drawList(schema: JsonSchema, path: string): Arbitrary<unknown> {
    const items = draw(schema.items as JsonSchema, `${path}[]`);
    const bounds = { minLength: numberOf(schema.minItems, 0), maxLength: Math.min(numberOf(schema.maxItems, 3), 3) };
    if (schema.uniqueItems !== true) return fc.array(items, bounds);
    return fc.uniqueArray(items, { ...bounds, selector: (item) => JSON.stringify(item) });
  }

  function drawObject(schema: JsonSchema, path: string): Arbitrary<unknown> {
    const properties = isRecord(schema.properties) ? schema.properties : {};
    const required = Array.isArray(schema.required) ? schema.required : [];
    const fields = Object.entries(properties).map(([name, property]) => {
      const field = draw(property as JsonSchema, path === '' ? name : `${path}.${name}`);
      return [name, field] as const;
    });
    const record = fc.record(Object.fromEntries(fields), { requiredKeys: required });
    if (isRecord(schema.additionalProperties))
      throw new Error(`${path}: additionalProperties of the schema are not understood`);
    const [pattern, ...more] = isRecord(schema.patternProperties) ? Object.entries(schema.patternProperties) : [];
    if (more.length > 0) throw new Error(`${path}: several patternProperties of the schema are not understood`);
    if (pattern === undefined) return record;
    const [name, property] = pattern;
    const others = fc.dictionary(drawText({ pattern: name }), draw(property as JsonSchema, `${path}.*`), {
      maxKeys: 3,
    });
    return fc.tuple(others, record).map(([more, own]) => ({ ...more, ...own }));
  }
}

/** Texts of the pattern, or of any kind: quotes, line breaks, what YAML would read as something else. */
function drawText({ pattern, minLength, maxLength }: JsonSchema): Arbitrary<string> {
  const [least, most] = [numberOf(minLength, 0), numberOf(maxLength, 100)];
  if (typeof pattern === 'string') {
    return fc
      .stringMatching(new RegExp(pattern), { size: 'small' })
      .filter(({ length }) => least <= length && length <= most);
  }
  const odd = [
    'yes',
    '1',
    '1e3',
    'null',
    '~',
    'a: b',
    '- a',
    '{{ .Values }}',
    "it's",
    '"',
    'a\nb',
    '#x',
    ' a ',
    '0x1f',
    '2026-01-01',
    '&a',
    '*a',
    '|',
  ];
  const text = fc.oneof(fc.constantFrom(...odd), fc.string({ unit: 'grapheme', maxLength: 12 }));
  return text.filter(({ length }) => least <= length && length <= most);
}

function numberOf(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
