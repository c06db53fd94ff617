import { Ajv, type ErrorObject } from 'ajv';
import type { Problem } from '../api/problem.ts';
import { dropNulls } from '../route/nulls.ts';
import { describeProblem, joinPath, nameField, toFieldPath, toProblem } from '../route/shape-problem.ts';
import { checkMeaning } from './check-meaning.ts';
import { findNearest } from './nearest-names.ts';
import { type Configuration, configurationSchema } from './schema.ts';
import type { SchemaNode } from './schema-node.ts';

export type Judgement =
  | { readonly isValid: true; readonly configuration: Configuration }
  | { readonly isValid: false; readonly problems: readonly Problem[] };

const schema: SchemaNode = configurationSchema;

const checkShape = new Ajv({ allErrors: true, useDefaults: true, strict: false, verbose: true }).compile(schema);

/** Judges an OperatorConfiguration and fills in its defaults. All mistakes are returned at once; a null is a field left out. */
export function judgeConfiguration(candidate: Readonly<Record<string, unknown>>): Judgement {
  const configuration = structuredClone(candidate);
  dropNulls(schema, configuration);
  const ill = checkShape(configuration) ? [] : listProblems(checkShape.errors ?? []);
  const judged = configuration as unknown as Configuration;
  const problems = [...ill, ...checkMeaning(judged, (field) => !ill.some(({ path }) => isWithin(path, field)))];
  return problems.length > 0 ? { isValid: false, problems } : { isValid: true, configuration: judged };
}

function isWithin(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

/** One problem for each place: a text that is too short is of a wrong form as well. */
function listProblems(errors: readonly ErrorObject[]): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const problem of errors.map(describeError)) {
    if (!problems.has(problem.path)) problems.set(problem.path, problem);
  }
  return [...problems.values()];
}

function describeError(error: ErrorObject): Problem {
  const { keyword, params, data, parentSchema } = error;
  const path = toFieldPath(error.instancePath);
  const expected: string | undefined = parentSchema?.['x-expected'];
  if (expected !== undefined && keyword !== 'uniqueItems') return describeProblem(path, data, expected);
  if (keyword === 'const') return describeProblem(path, data, `must be ${JSON.stringify(params.allowedValue)}`);
  if (keyword !== 'additionalProperties') return toProblem(error);
  const written: string = params.additionalProperty;
  const known = Object.keys(parentSchema?.properties ?? {});
  const nearest = findNearest(written, known);
  const choice =
    nearest.length > 0 ? `: did you mean ${nearest.join(' or ')}?` : `: must be one of ${known.join(', ')}`;
  return describeProblem(joinPath(path, nameField(written)), undefined, `is not a known field${choice}`);
}
