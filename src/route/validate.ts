import { Ajv, type ValidateFunction } from 'ajv';
import { apiVersionOf, wssRouteKind } from '../api/kinds.ts';
import type { Problem } from '../api/problem.ts';
import { isRecord } from '../api/record.ts';
import { specSchema } from '../api/schema.generated.ts';
import type { StructuralSchema } from '../api/schema.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { fillDefaults } from './defaults.ts';
import { dropNulls } from './nulls.ts';
import { checkRules } from './rules.ts';
import { describeProblem, nameField, toProblem } from './shape-problem.ts';

export type Validation =
  | { readonly isValid: true; readonly route: WssRoute }
  | { readonly isValid: false; readonly problems: readonly Problem[] };

/**
 * Judges a route as the API server does with the CustomResourceDefinition installed and `fieldValidation=Strict`: fields, types and
 * bounds, then the CEL rules of every part that is well-formed. Fills in the defaults. All problems are returned at once.
 */
export function validateRoute(candidate: unknown): Validation {
  if (!isRecord(candidate))
    return invalid([describeProblem('', candidate, 'must be an object with apiVersion, kind, metadata and spec')]);
  const route = structuredClone(candidate);
  dropNulls(specSchema, route.spec);
  fillDefaults(specSchema, route.spec);
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
    problems.push(describeProblem('apiVersion', route.apiVersion, `must be "${apiVersion}"`));
  if (route.kind !== wssRouteKind.kind)
    problems.push(describeProblem('kind', route.kind, `must be "${wssRouteKind.kind}"`));
  const metadata = isRecord(route.metadata) ? route.metadata : {};
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name.length > 253 || !subdomain.test(name)) {
    problems.push(
      describeProblem('metadata.name', name, 'must be lowercase letters, digits, "-" and ".", at most 253 characters'),
    );
  }
  if (namespace !== undefined && (typeof namespace !== 'string' || namespace.length > 63 || !label.test(namespace))) {
    problems.push(
      describeProblem(
        'metadata.namespace',
        namespace,
        'must be lowercase letters, digits and "-", at most 63 characters',
      ),
    );
  }
  for (const field of Object.keys(metadata)) {
    if (!metadataFields.has(field))
      problems.push(
        describeProblem(`metadata.${nameField(field)}`, undefined, 'must be removed: metadata has no such field'),
      );
  }
  for (const field of Object.keys(route)) {
    if (!topLevelFields.has(field))
      problems.push(describeProblem(nameField(field), undefined, 'must be removed: a WssRoute has no such field'));
  }
  return [...problems, ...checkTexts(metadata, 'labels'), ...checkTexts(metadata, 'annotations')];
}

function checkTexts(metadata: Readonly<Record<string, unknown>>, field: string): readonly Problem[] {
  const texts = metadata[field] ?? {};
  const path = `metadata.${field}`;
  if (!isRecord(texts)) return [describeProblem(path, texts, 'must be of type object')];
  const wrong = Object.entries(texts).filter(([, value]) => typeof value !== 'string');
  return wrong.map(([name, value]) =>
    describeProblem(`${path}.${nameField(name)}`, value, 'must be of type string: put it between quotes'),
  );
}

const ajv = new Ajv({
  allErrors: true,
  strict: false,
  verbose: true,
  validateFormats: false,
});
/** Compiled when the first route comes: a start without routes need not wait for it. */
let compiled: ValidateFunction | undefined;

/** Fields, types and bounds. */
function checkShape(spec: unknown): readonly Problem[] {
  compiled ??= ajv.compile({ type: 'object', required: ['spec'], properties: { spec: toJsonSchema(specSchema) } });
  const root = spec === undefined || spec === null ? {} : { spec };
  if (compiled(root)) return [];
  return (compiled.errors ?? []).map(toProblem);
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

function invalid(problems: readonly Problem[]): Validation {
  return { isValid: false, problems };
}
