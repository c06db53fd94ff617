import { Environment } from '@marcbachmann/cel-js';
import { type Problem, quoteValue } from '../api/problem.ts';
import type { StructuralSchema } from '../api/schema.ts';
import { isKubernetesCidr, isKubernetesIp } from './address.ts';

/**
 * Evaluates the CEL rules of the schema, the very text that the API server evaluates, on every part of `value` that has no
 * earlier problem; list-map keys are checked here as well, since JSON Schema cannot.
 */
export function checkRules(
  schema: StructuralSchema,
  value: unknown,
  path: string,
  earlier: readonly Problem[],
): readonly Problem[] {
  if (value === undefined) return [];
  const problems = [...checkDuplicates(schema, value, path)];
  if (Array.isArray(value) && schema.items) {
    for (const [index, item] of value.entries())
      problems.push(...checkRules(schema.items, item, `${path}[${index}]`, earlier));
  } else if (typeof value === 'object' && value !== null) {
    const fields = value as Readonly<Record<string, unknown>>;
    for (const [name, child] of Object.entries(schema.properties ?? {})) {
      problems.push(...checkRules(child, fields[name], `${path}.${name}`, earlier));
    }
  }
  if ([...earlier, ...problems].some((known) => isWithin(known.path, path))) return problems;
  const rules = schema['x-kubernetes-validations'];
  if (rules === undefined) return problems;
  const self = toCelValue(schema, value);
  for (const { rule, message } of rules) {
    if (!evaluate(rule, self)) problems.push({ path, found: quoteValue(value), expected: message });
  }
  return problems;
}

const environment = new Environment()
  .registerVariable('self', 'dyn')
  .registerFunction('isIP(string): bool', isKubernetesIp)
  .registerFunction('isCIDR(string): bool', isKubernetesCidr);

type Evaluation = (context: { readonly self: unknown }) => unknown;
const parsed = new Map<string, Evaluation>();

function evaluate(rule: string, self: unknown): boolean {
  let expression = parsed.get(rule);
  if (expression === undefined) {
    expression = environment.parse(rule) as Evaluation;
    parsed.set(rule, expression);
  }
  return expression({ self }) === true;
}

/** CEL knows integers apart from floating point; JSON does not. */
function toCelValue(schema: StructuralSchema, value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map((item) => toCelValue(schema.items ?? {}, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, toCelValue(schema.properties?.[name] ?? {}, child)]),
  );
}

function checkDuplicates(schema: StructuralSchema, value: unknown, path: string): readonly Problem[] {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (keys === undefined || !Array.isArray(value)) return [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const identity = JSON.stringify(keys.map((key) => item?.[key]));
    if (seen.has(identity)) {
      problems.push({
        path: `${path}[${index}]`,
        found: quoteValue(item),
        expected: `must have a ${keys.join(' and ')} of its own`,
      });
    }
    seen.add(identity);
  }
  return problems;
}

function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`);
}
