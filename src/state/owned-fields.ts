import { isRecord } from '../api/record.ts';

/**
 * Reads `fieldsV1` of a managed-fields entry, the set of fields that a manager owns
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy): `f:name` is a field, `k:{…}` the item of a
 * list with those keys, `.` the item itself.
 */
export type OwnedFields = { readonly [step: string]: OwnedFields };

/** The first owned field that `desired` no longer has: it would have to be removed. */
export function findAbandoned(owned: OwnedFields, desired: unknown, path = ''): string | undefined {
  for (const [step, deeper] of Object.entries(owned)) {
    if (step === '.') continue;
    const next = takeStep(desired, step);
    const nextPath = path === '' ? step.slice(2) : `${path}.${step.slice(2)}`;
    if (next === undefined) return nextPath;
    const found = findAbandoned(deeper, next, nextPath);
    if (found !== undefined) return found;
  }
  return undefined;
}

function takeStep(value: unknown, step: string): unknown {
  const selector = step.slice(2);
  if (step.startsWith('f:')) return isRecord(value) ? value[selector] : undefined;
  if (step.startsWith('k:') && Array.isArray(value)) {
    const keys = Object.entries(JSON.parse(selector) as Record<string, unknown>);
    return value.find((item) => isRecord(item) && keys.every(([key, wanted]) => item[key] === wanted));
  }
  if (step.startsWith('v:') && Array.isArray(value)) return value.find((item) => JSON.stringify(item) === selector);
  return undefined;
}
