import { apiVersionOf, wssRouteKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { formatProblem, type Problem } from '../api/problem.ts';
import { isRecord } from '../api/record.ts';
import { specSchema } from '../api/schema.generated.ts';
import { omitDefaults } from '../route/omit-defaults.ts';
import { validateRoute } from '../route/validate.ts';
import type { Draft } from './reading.ts';

/** Puts a part into a draft; what the part says counts, lists as a whole. */
export function mergeDrafts(draft: Draft, part: Draft): Draft {
  return mergeRecords(draft as Json, part as Json) as Draft;
}

type Json = Readonly<Record<string, unknown>>;

function mergeRecords(left: Json, right: Json): Json {
  const merged: Record<string, unknown> = { ...left };
  for (const [name, value] of Object.entries(right)) {
    const before = merged[name];
    merged[name] = isRecord(before) && isRecord(value) ? mergeRecords(before, value) : value;
  }
  return merged;
}

/** A route with nothing wrong about it, which parts are tried on. */
const sound: Draft = {
  hosts: ['a.example.com'],
  ingressClassName: 'nginx',
  tls: { secretName: 'a' },
  paths: [{ path: '/', service: { name: 'a', port: 80 } }],
};

/** What the schema of WssRoutes says against a part of a spec, in words; undefined where it says nothing. */
export function findFlaw(part: Draft): string | undefined {
  const problems = validateSpec({ ...sound, ...part });
  return problems.length === 0 ? undefined : problems.map(formatProblem).join('; ');
}

/** What the schema says against a whole spec. */
export function validateSpec(spec: Draft, metadata: Json = { name: 'a' }): readonly Problem[] {
  const validation = validateRoute({ ...describeKind(), metadata, spec });
  return validation.isValid ? [] : validation.problems;
}

/** A manifest with what differs from the schema's defaults only. */
export function toManifest(metadata: KubeObject['metadata'], spec: Draft): KubeObject {
  return { ...describeKind(), metadata, spec: omitDefaults(specSchema, spec) };
}

function describeKind(): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: apiVersionOf(wssRouteKind), kind: wssRouteKind.kind };
}
