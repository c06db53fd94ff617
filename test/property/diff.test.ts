import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../src/api/objects.ts';
import type { WssRoute } from '../../src/api/wssroute.ts';
import { type Change, diff } from '../../src/state/diff.ts';
import { decide, defaulted, observe, project, store } from '../unit/state/example.ts';
import { arbitraryRoute, type Manifest } from './arbitrary-route.ts';

interface Json {
  [field: string]: Json;
}

const inCluster = arbitraryRoute.map((manifest: Manifest) =>
  defaulted({ ...manifest, metadata: { ...manifest.metadata, uid: 'uid-of-route', generation: 1 } }),
);
const marks = fc.dictionary(fc.constantFrom('theirs', 'team', 'cert-manager.io/issued-by'), fc.string(), {
  maxKeys: 3,
});
const challenge = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/).map((token) => ({
  path: `/.well-known/acme-challenge/${token}`,
  pathType: 'Exact',
  backend: { service: { name: 'solver', port: { number: 8089 } } },
}));

describe('what is applied and read back', () => {
  test('needs no further write', () => {
    fc.assert(
      fc.property(inCluster, (route) => {
        const { objects } = decide(observe(route));
        assert.deepEqual(
          diffAgainst(
            route,
            objects.map((object) => store(object)),
          ),
          [],
        );
      }),
    );
  });

  test('needs no write either when others have put labels and annotations of their own on it', () => {
    fc.assert(
      fc.property(inCluster, marks, marks, (route, labels, annotations) => {
        const stored = decide(observe(route)).objects.map((object) => store(object, { labels, annotations }));
        assert.deepEqual(diffAgainst(route, stored), []);
      }),
    );
  });

  test('needs no write while cert-manager keeps the paths of challenges in it, before or after the others', () => {
    fc.assert(
      fc.property(
        inCluster,
        fc.array(challenge, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (route, paths, isFirst) => {
          const stored = decide(observe(route)).objects.map((object) => store(addChallenges(object, paths, isFirst)));
          assert.deepEqual(diffAgainst(route, stored), []);
        },
      ),
    );
  });

  test('is written again, and the field named, when any field that is the operator\u2019s has changed', () => {
    fc.assert(
      fc.property(inCluster, fc.nat(), (route, pick) => {
        for (const object of decide(observe(route)).objects) {
          const leaves = listLeaves(object);
          const leaf = leaves[pick % leaves.length] ?? [];
          const [change] = diffAgainst(route, [store(spoil(object, leaf))], [object]);
          assert.equal(change?.action, 'configure', leaf.join('.'));
          assert.ok(change?.action === 'configure' && leaf.join('.').startsWith(change.field), leaf.join('.'));
          const { uid, resourceVersion, ...metadata } = change.object.metadata;
          assert.ok(uid);
          assert.ok(resourceVersion);
          assert.deepEqual({ ...change.object, metadata }, object);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('is written again when it still has a field that the route asked for before', () => {
    fc.assert(
      fc.property(inCluster, inCluster, (before, after) => {
        const [old] = decide(observe(before)).objects.slice(-1);
        const [wanted] = decide(observe(after)).objects.slice(-1);
        fc.pre(old !== undefined && wanted !== undefined);
        const surplus = Object.keys(old.metadata.annotations ?? {}).filter(
          (name) => !(name in (wanted.metadata.annotations ?? {})),
        );
        fc.pre(surplus.length > 0);
        const merged = {
          ...wanted,
          metadata: {
            ...wanted.metadata,
            annotations: { ...old.metadata.annotations, ...wanted.metadata.annotations },
          },
        };
        const [change] = diffAgainst(after, [store(merged)], [wanted]);
        assert.ok(
          change?.action === 'configure' && surplus.some((name) => change.field === `metadata.annotations.${name}`),
        );
      }),
    );
  });

  test('is deleted when the route wants it no more, unless it is somebody else\u2019s', () => {
    fc.assert(
      fc.property(inCluster, fc.boolean(), (route, isTheirs) => {
        const stored = decide(observe(route)).objects.map((object) =>
          store(isTheirs ? { ...object, metadata: { ...object.metadata, ownerReferences: [] } } : object),
        );
        const actions = diffAgainst(route, stored, []).map(({ action }) => action);
        assert.deepEqual(actions, isTheirs ? [] : stored.map(() => 'delete'));
      }),
    );
  });
});

function diffAgainst(
  route: WssRoute,
  stored: readonly KubeObject[],
  desired: readonly KubeObject[] = decide(observe(route)).objects,
): readonly Change[] {
  return diff(route, { objects: desired, kept: new Set() }, stored.map(project));
}

function addChallenges(object: KubeObject, paths: readonly object[], isFirst: boolean): KubeObject {
  if (object.kind !== 'Ingress') return object;
  const { rules, ...spec } = object.spec as {
    readonly rules: readonly { readonly http: { readonly paths: readonly object[] } }[];
  };
  const edited = rules.map((rule) => ({
    ...rule,
    http: { paths: isFirst ? [...paths, ...rule.http.paths] : [...rule.http.paths, ...paths] },
  }));
  return { ...object, spec: { ...spec, rules: edited } };
}

/** The places of all values that the operator writes, apart from those that say which object it is. */
function listLeaves({ metadata, spec }: KubeObject): readonly (readonly string[])[] {
  const { labels, annotations } = metadata;
  return walk(
    { metadata: { ...(labels && { labels }), ...(annotations && { annotations }) }, spec } as unknown as Json,
    [],
  );
}

function walk(value: Json, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, child]) => walk(child, [...path, name]));
}

/** The object with another value in that place. */
function spoil(object: KubeObject, path: readonly string[]): KubeObject {
  const copy = structuredClone(object) as unknown as Json;
  const parent = path.slice(0, -1).reduce<Json>((node, step) => node[step] ?? {}, copy);
  parent[path.at(-1) ?? ''] = 'spoilt' as unknown as Json;
  return copy as unknown as KubeObject;
}
