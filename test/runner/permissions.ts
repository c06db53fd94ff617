import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { AccessReport, Permission } from '../support/access-record.ts';
import type { Outcome } from './outcome.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Document {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
}

/** Whether the operator is granted exactly what it uses: what the manifest grants against what the rigs of a whole run have seen. */
export function judgePermissions(granted: readonly Permission[], reports: readonly AccessReport[]): Outcome {
  const used = new Set(reports.flatMap((report) => report.used).map(format));
  const unused = granted.map(format).filter((permission) => !used.has(permission));
  const denied = reports.flatMap((report) => report.denied);
  const known = new Set(denied.map((each) => `denied: ${format(each)} ${each.where}, to ${each.user}`));
  const faults = [...unused.map((permission) => `granted, but used in no test: ${permission}`), ...known];
  if (used.size === 0) faults.unshift('no rig has reported what the operator used');
  const name = `RBAC: ${granted.length} granted = used, ${denied.length} denied`;
  return { name, place: '', result: faults.length === 0 ? 'passed' : 'failed', detail: faults.join('\n') };
}

/** The permissions in the roles that a manifest binds; those for users are bound by nobody there. */
export function readGranted(manifest: string): readonly Permission[] {
  const documents = (loadAll(manifest) as readonly (Document | null)[]).filter((document) => document !== null);
  const bound = new Set(documents.map(({ roleRef }) => `${roleRef?.kind} ${roleRef?.name}`));
  const roles = documents.filter(({ kind, metadata }) => bound.has(`${kind} ${metadata?.name}`));
  const granted = new Map<string, Permission>();
  for (const permission of roles.flatMap(({ rules = [] }) => rules).flatMap(expand)) {
    granted.set(format(permission), permission);
  }
  return [...granted.values()];
}

/** What the rigs have left in a folder. */
export function readReports(folder: string): readonly AccessReport[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as AccessReport);
}

function expand({ apiGroups, resources, verbs }: Rule): readonly Permission[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource }))),
  );
}

function format({ verb, group, resource }: Permission): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}
