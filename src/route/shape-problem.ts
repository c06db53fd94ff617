import type { ErrorObject } from 'ajv';
import { type Problem, quoteValue } from '../api/problem.ts';

/** What a JSON Schema has found, in the words of this project. */
export function toProblem(error: ErrorObject): Problem {
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
      return describeProblem(
        joinPath(path, nameField(params.additionalProperty)),
        undefined,
        `is not a known field: must be one of ${known}`,
      );
    }
    case 'enum':
      return describeProblem(path, data, `must be one of ${params.allowedValues.map(quoteValue).join(', ')}`);
    case 'type':
      return describeProblem(path, data, `must be of type ${[params.type].flat().join(' or ')}`);
    case 'minimum':
    case 'maximum':
      return describeProblem(path, data, `must be from ${parentSchema?.minimum} to ${parentSchema?.maximum}`);
    case 'minLength':
    case 'maxLength':
      return describeProblem(
        path,
        data,
        `must have from ${parentSchema?.minLength ?? 0} to ${parentSchema?.maxLength} characters`,
      );
    case 'minItems':
    case 'maxItems':
      return describeProblem(
        path,
        data,
        `must have from ${parentSchema?.minItems ?? 0} to ${parentSchema?.maxItems} entries`,
      );
    case 'pattern':
      return describeProblem(path, data, `must be: ${parentSchema?.description}`);
    case 'uniqueItems':
      return describeProblem(
        `${path}[${Math.max(params.i, params.j)}]`,
        Array.isArray(data) ? data[params.i] : data,
        'must be listed once only',
      );
    default:
      return describeProblem(path, data, error.message ?? error.keyword);
  }
}

/** `/spec/hosts/0` → `spec.hosts[0]`. */
export function toFieldPath(pointer: string): string {
  return pointer
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');
}

/** Path of a field of what `parent` is the path of; the whole has an empty one. */
export function joinPath(parent: string, field: string): string {
  return parent === '' ? field : `${parent}.${field}`;
}

/** The name of a field that somebody has made up, which may be anything. */
export function nameField(name: string): string {
  return /^[\w./-]{1,80}$/.test(name) ? name : quoteValue(name);
}

/** A problem with a value that is there, or undefined where nothing is to be shown. */
export function describeProblem(path: string, value: unknown, expected: string): Problem {
  return { path, found: value === undefined ? '' : quoteValue(value), expected };
}
