import { Ajv, type ErrorObject } from 'ajv';
import { apiVersionOf, wssRouteKind } from '../api/kinds.ts';
import { type Problem, quoteValue } from '../api/problem.ts';
import { isRecord } from '../api/record.ts';
import { specSchema } from '../api/schema.generated.ts';
import type { StructuralSchema } from '../api/schema.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { checkRules } from './rules.ts';

export type Validation =
  | { readonly isValid: true; readonly route: WssRoute }
  | { readonly isValid: false; readonly problems: readonly Problem[] };

/**
 * Judges a route as the API server does with the CustomResourceDefinition installed and `fieldValidation=Strict`: fields, types and
 * bounds, then the CEL rules of every part that is well-formed. Fills in the defaults. All problems are returned at once.
 */
export function validateRoute(candidate: unknown): Validation {
  if (!isRecord(candidate))
    return invalid([problem('', candidate, 'must be an object with apiVersion, kind, metadata and spec')]);
  const route = structuredClone(candidate);
  dropNulls(specSchema, route.spec);
  const problems = [...checkEnvelope(route), ...checkShape(route.spec)];
  problems.push(...checkRules(specSchema, route.spec, 'spec', problems));
  return problems.length > 0 ? invalid(problems) : { isValid: true, route: route as unknown as WssRoute };
}

const topLevelFields = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);
const metadataFields = new Set([
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
]);
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function checkEnvelope(route: Readonly<Record<string, unknown>>): readonly Problem[] {
  const problems: Problem[] = [];
  const apiVersion = apiVersionOf(wssRouteKind);
  if (route.apiVersion !== apiVersion)
    problems.push(problem('apiVersion', route.apiVersion, `must be "${apiVersion}"`));
  if (route.kind !== wssRouteKind.kind) problems.push(problem('kind', route.kind, `must be "${wssRouteKind.kind}"`));
  const metadata = isRecord(route.metadata) ? route.metadata : {};
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name.length > 253 || !subdomain.test(name)) {
    problems.push(
      problem('metadata.name', name, 'must be lowercase letters, digits, "-" and ".", at most 253 characters'),
    );
  }
  if (namespace !== undefined && (typeof namespace !== 'string' || namespace.length > 63 || !label.test(namespace))) {
    problems.push(
      problem('metadata.namespace', namespace, 'must be lowercase letters, digits and "-", at most 63 characters'),
    );
  }
  for (const field of Object.keys(metadata)) {
    if (!metadataFields.has(field))
      problems.push(problem(`metadata.${nameField(field)}`, undefined, 'must be removed: metadata has no such field'));
  }
  for (const field of Object.keys(route)) {
    if (!topLevelFields.has(field))
      problems.push(problem(nameField(field), undefined, 'must be removed: a WssRoute has no such field'));
  }
  return [...problems, ...checkTexts(metadata, 'labels'), ...checkTexts(metadata, 'annotations')];
}

function checkTexts(metadata: Readonly<Record<string, unknown>>, field: string): readonly Problem[] {
  const texts = metadata[field] ?? {};
  const path = `metadata.${field}`;
  if (!isRecord(texts)) return [problem(path, texts, 'must be of type object')];
  const wrong = Object.entries(texts).filter(([, value]) => typeof value !== 'string');
  return wrong.map(([name, value]) =>
    problem(`${path}.${nameField(name)}`, value, 'must be of type string: put it between quotes'),
  );
}

/** The API server takes a null for a field that is left out (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable). */
function dropNulls(schema: StructuralSchema, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) dropNulls(schema.items ?? {}, item);
  if (!isRecord(value)) return;
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (value[name] === null) Reflect.deleteProperty(value, name);
    else dropNulls(child, value[name]);
  }
}

const checkSpec = new Ajv({
  allErrors: true,
  useDefaults: true,
  strict: false,
  verbose: true,
  validateFormats: false,
}).compile({
  type: 'object',
  required: ['spec'],
  properties: { spec: toJsonSchema(specSchema) },
});

/** Fields, types and bounds; fills in the defaults of what it is given. */
function checkShape(spec: unknown): readonly Problem[] {
  const root = spec === undefined || spec === null ? {} : { spec };
  if (checkSpec(root)) return [];
  return (checkSpec.errors ?? []).map(toProblem);
}

function toJsonSchema(node: StructuralSchema): Record<string, unknown> {
  const { properties, items, required, 'x-kubernetes-validations': _rules, ...rest } = node;
  return {
    ...rest,
    ...(node['x-kubernetes-int-or-string'] ? { type: ['integer', 'string'] } : {}),
    ...(node['x-kubernetes-list-type'] === 'set' ? { uniqueItems: true } : {}),
    ...(items === undefined ? {} : { items: toJsonSchema(items) }),
    ...(properties === undefined
      ? {}
      : {
          required,
          additionalProperties: false,
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, child]) => [name, toJsonSchema(child)]),
          ),
        }),
  };
}

function toProblem(error: ErrorObject): Problem {
  const path = toFieldPath(error.instancePath);
  const { params, data, parentSchema } = error;
  switch (error.keyword) {
    case 'required':
      return {
        path: path === '' ? params.missingProperty : `${path}.${params.missingProperty}`,
        found: '',
        expected: 'is missing and required',
      };
    case 'additionalProperties': {
      const known = Object.keys(parentSchema?.properties ?? {}).join(', ');
      return problem(
        `${path}.${nameField(params.additionalProperty)}`,
        undefined,
        `is not a known field: must be one of ${known}`,
      );
    }
    case 'enum':
      return problem(path, data, `must be one of ${params.allowedValues.map(quoteValue).join(', ')}`);
    case 'type':
      return problem(path, data, `must be of type ${[params.type].flat().join(' or ')}`);
    case 'minimum':
    case 'maximum':
      return problem(path, data, `must be from ${parentSchema?.minimum} to ${parentSchema?.maximum}`);
    case 'minLength':
    case 'maxLength':
      return problem(
        path,
        data,
        `must have from ${parentSchema?.minLength ?? 0} to ${parentSchema?.maxLength} characters`,
      );
    case 'minItems':
    case 'maxItems':
      return problem(path, data, `must have from ${parentSchema?.minItems ?? 0} to ${parentSchema?.maxItems} entries`);
    case 'pattern':
      return problem(path, data, `must be: ${parentSchema?.description}`);
    case 'uniqueItems':
      return problem(
        `${path}[${Math.max(params.i, params.j)}]`,
        Array.isArray(data) ? data[params.i] : data,
        'must be listed once only',
      );
    default:
      return problem(path, data, error.message ?? error.keyword);
  }
}

/** `/spec/hosts/0` → `spec.hosts[0]`. */
function toFieldPath(pointer: string): string {
  return pointer
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');
}

/** The name of a field that somebody has made up, which may be anything. */
function nameField(name: string): string {
  return /^[\w./-]{1,80}$/.test(name) ? name : quoteValue(name);
}

function problem(path: string, value: unknown, expected: string): Problem {
  return { path, found: value === undefined ? '' : quoteValue(value), expected };
}

function invalid(problems: readonly Problem[]): Validation {
  return { isValid: false, problems };
}
