import { load } from 'js-yaml';
import { isRecord } from '../../src/api/record.ts';
import { version } from '../../src/cli/version.ts';
import type { ApiObject } from '../support/admin-client.ts';

/** What is different: for each object what its fields became, `removed`, or all of an object that is new. */
export type Changes = Readonly<Record<string, unknown>>;

/** Says how a rendering differs from another one, in a form for people: no version, no checksum, no dashboard. */
export function describeChanges(before: readonly ApiObject[], after: readonly ApiObject[]): Changes {
  const [old, now] = [index(before), index(after)];
  const changes: Record<string, unknown> = {};
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [was, is] = [old.get(name), now.get(name)];
    if (is === undefined) changes[name] = 'removed';
    else if (was === undefined) changes[name] = is;
    else {
      const fields = Object.fromEntries(compare(was, is, ''));
      if (Object.keys(fields).length > 0) changes[name] = fields;
    }
  }
  return changes;
}

/** Objects by `Kind namespace/name`; two of one name are a mistake of the chart. */
function index(objects: readonly ApiObject[]): ReadonlyMap<string, unknown> {
  const named = new Map<string, unknown>();
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    const key = `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
    if (named.has(key)) throw new Error(`${key} is rendered twice`);
    named.set(key, generalize(object));
  }
  return named;
}

/** The version as a whole, not as a part of an address. */
const currentVersion = new RegExp(`(?<![\\d.])${version.replaceAll('.', '\\.')}(?![\\d.])`, 'g');

function generalize(object: ApiObject): unknown {
  const { apiVersion, kind, ...rest } = JSON.parse(
    JSON.stringify(object).replaceAll(currentVersion, 'VERSION'),
  ) as ApiObject;
  if (kind === 'CustomResourceDefinition') return { apiVersion, ...rest, spec: 'as in crds/wssroutes.yaml' };
  if (kind === 'ConfigMap' && isRecord(rest.data))
    rest.data = Object.fromEntries(Object.entries(rest.data).map(readFile));
  if (kind === 'PrometheusRule') {
    for (const group of rest.spec.groups)
      group.rules = group.rules.map(({ alert, labels }: ApiObject) => ({ alert, labels }));
  }
  return { apiVersion, ...rest };
}

function readFile([file, text]: readonly [string, unknown]): readonly [string, unknown] {
  if (typeof text !== 'string') return [file, text];
  if (file.endsWith('.json')) return [file, `${typeof JSON.parse(text)} of JSON`];
  return [file, file.endsWith('.yaml') ? load(text) : text];
}

function* compare(was: unknown, is: unknown, path: string): Generator<[string, unknown]> {
  const [before, after] = [byName(was), byName(is)];
  if (isRecord(before) && isRecord(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
      yield* compare(before[key], after[key], path === '' ? key : `${path}.${key}`);
    }
    return;
  }
  if (isSame(was, is)) return;
  if (Array.isArray(was) && Array.isArray(is)) return yield* compareEntries(was, is, path);
  yield [path, is === undefined ? 'removed' : path.endsWith('checksum/config') ? 'another one' : is];
}

/** Entries that are new and entries that are gone, or the whole list when they have only changed places. */
function* compareEntries(was: readonly unknown[], is: readonly unknown[], path: string): Generator<[string, unknown]> {
  const added = is.filter((entry) => !was.some((other) => isSame(other, entry)));
  const removed = was.filter((entry) => !is.some((other) => isSame(other, entry)));
  const kept = was.filter((entry) => !removed.includes(entry));
  if (!isSame(is, [...kept, ...added]) && !isSame(is, [...added, ...kept]) && added.length === 0) yield [path, is];
  if (added.length > 0) yield [`${path} +`, added];
  if (removed.length > 0) yield [`${path} -`, removed];
}

/** A list whose entries are told apart by their names is compared as a record. */
function byName(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return value;
  const entries = value.map((entry) => [isRecord(entry) ? entry.name : undefined, entry] as const);
  if (entries.some(([name]) => typeof name !== 'string')) return value;
  return Object.fromEntries(entries);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
