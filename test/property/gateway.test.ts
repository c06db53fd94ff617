import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../src/api/objects.ts';
import type { WssRoute } from '../../src/api/wssroute.ts';
import { hostsOf } from '../../src/route/claims.ts';
import { decide, defaulted } from '../unit/state/example.ts';
import { exampleParent, observeAttached } from '../unit/state/gateway-example.ts';
import { type Attached, arbitraryAttached } from './arbitrary-attached.ts';

interface HttpRouteSpec {
  readonly parentRefs: readonly { readonly sectionName: string }[];
  readonly hostnames?: readonly string[];
  readonly rules: readonly {
    readonly matches: readonly {
      readonly path: { readonly type: string; readonly value: string };
      readonly headers?: readonly { readonly value: string }[];
    }[];
    readonly backendRefs?: readonly { readonly name: string; readonly port: number }[];
  }[];
}

function emit({ manifest, parent }: Attached): readonly KubeObject[] {
  return decide(observeAttached(defaulted(manifest), parent)).objects;
}

/** The HTTPRoutes that lead to backends. */
function listRoutes(objects: readonly KubeObject[]): readonly HttpRouteSpec[] {
  return objects
    .filter(({ kind }) => kind === 'HTTPRoute')
    .map(({ spec }) => spec as HttpRouteSpec)
    .filter(({ rules }) => rules.every(({ backendRefs }) => backendRefs !== undefined));
}

/** Everything that leads to a backend, as `listener host type path origin → service:port`. */
function listServed(objects: readonly KubeObject[]): readonly string[] {
  return listRoutes(objects).flatMap(({ parentRefs, hostnames = [''], rules }) =>
    parentRefs.flatMap(({ sectionName }) =>
      hostnames.flatMap((host) =>
        rules.flatMap(({ matches, backendRefs = [] }) =>
          matches.flatMap(({ path, headers: [origin] = [] }) =>
            backendRefs.map(
              ({ name, port }) =>
                `${sectionName} ${host} ${path.type} ${path.value} ${origin?.value ?? '*'} → ${name}:${port}`,
            ),
          ),
        ),
      ),
    ),
  );
}

/** What a route asks for, at one listener. */
function listWanted({ spec }: WssRoute): readonly string[] {
  return hostsOf({ spec } as WssRoute).flatMap((host) =>
    spec.paths.flatMap(({ path, pathType, service }) =>
      (spec.allowedOrigins ?? ['*']).map((origin) => {
        const type = pathType === 'Exact' ? 'Exact' : 'PathPrefix';
        const port = typeof service.port === 'number' ? service.port : 80;
        return `${host} ${type} ${path} ${origin} → ${service.name}:${port}`;
      }),
    ),
  );
}

/** A route may have 50 hosts, 16 paths and 16 origins, and each takes milliseconds. */
const numRuns = 20;

describe('a route at a Gateway', () => {
  test('leads every host, path and origin to its backend, once at each listener that fits, and nothing else', () => {
    fc.assert(
      fc.property(arbitraryAttached, (attached) => {
        const route = defaulted(attached.manifest);
        const served = listServed(emit(attached));
        assert.equal(new Set(served).size, served.length);
        const withoutListener = new Set(served.map((each) => each.slice(each.indexOf(' ') + 1)));
        const wanted = listWanted(route);
        assert.equal(withoutListener.size, wanted.length);
        assert.deepEqual(withoutListener, new Set(wanted));
        if (route.spec.parentRefs?.[0]?.createListener) return;
        const seats = attached.parent.listeners.filter(({ isTerminating }) => isTerminating).length;
        assert.equal(served.length, seats * withoutListener.size);
      }),
      { numRuns },
    );
  });

  test('keeps to the limits of each object', () => {
    fc.assert(
      fc.property(arbitraryAttached, (attached) => {
        const objects = emit(attached);
        for (const { parentRefs, hostnames = [], rules } of listRoutes(objects)) {
          const counts = rules.map(({ matches }) => matches.length);
          assert.ok(parentRefs.length >= 1 && parentRefs.length <= 32);
          assert.ok(hostnames.length <= 16 && rules.length <= 16 && rules.length >= 1);
          assert.ok(counts.every((count) => count >= 1 && count <= 64) && sum(counts) <= 128);
        }
        for (const { spec } of objects) {
          const { listeners = [], targetRefs = [] } = spec as Readonly<Record<string, readonly unknown[]>>;
          assert.ok(listeners.length <= 64 && targetRefs.length <= 16);
        }
        const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        assert.equal(new Set(names).size, names.length);
        for (const { metadata } of objects) assert.ok(metadata.name.length <= 63, metadata.name);
      }),
      { numRuns },
    );
  });

  test('becomes the same whatever the order of its hosts, paths and origins, and of the listeners', () => {
    fc.assert(
      fc.property(arbitraryAttached, ({ manifest, parent }) => {
        const {
          hosts = [],
          paths,
          allowedOrigins,
        } = manifest.spec as typeof manifest.spec & {
          readonly allowedOrigins?: readonly string[];
        };
        const spec = {
          ...manifest.spec,
          ...{ hosts: [...hosts].reverse(), paths: [...paths].reverse() },
          ...(allowedOrigins && { allowedOrigins: [...allowedOrigins].reverse() }),
        };
        const other = {
          manifest: { ...manifest, spec },
          parent: { ...parent, listeners: [...parent.listeners].reverse() },
        };
        assert.deepEqual(emit(other), emit({ manifest, parent }));
      }),
      { numRuns },
    );
  });

  test('has names of its own at each parent, beside those of any other route', () => {
    const names = (manifest: Attached['manifest'], name: string) =>
      emit({ manifest: { ...manifest, spec: { ...manifest.spec, parentRefs: [{ name }] } }, parent: exampleParent() })
        .filter(({ kind }) => kind === 'HTTPRoute')
        .map(({ metadata }) => metadata.name);
    fc.assert(
      fc.property(arbitraryAttached, arbitraryAttached, ({ manifest: one }, { manifest: two }) => {
        const both = [...names(one, 'edge'), ...names(one, 'edge-2'), ...names(one, 'edge-redirect')];
        assert.equal(new Set(both).size, both.length);
        if (one.metadata.name === two.metadata.name) return;
        const others = [...names(two, 'edge'), ...names(two, 'x')];
        assert.deepEqual(
          both.filter((name) => others.includes(name)),
          [],
        );
      }),
      { numRuns },
    );
  });
});

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
