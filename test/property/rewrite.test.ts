import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc, { type Arbitrary } from 'fast-check';
import type { KubeObject } from '../../src/api/objects.ts';
import { validateRoute } from '../../src/route/validate.ts';
import { diff } from '../../src/state/diff.ts';
import type { Observed } from '../../src/state/observed.ts';
import { projectChild } from '../../src/state/project.ts';
import { decide, defaulted, observe, store } from '../unit/state/example.ts';
import { exampleListener, observeAttached } from '../unit/state/gateway-example.ts';
import { arbitraryAttached } from './arbitrary-attached.ts';
import { arbitraryRoute, type Manifest } from './arbitrary-route.ts';

/** The world before a change and after it: the route has one field less or more, or its Gateway another port. */
type Turn = readonly [before: Observed, after: Observed];

const optional = ['hosts', 'redirect', 'affinity', 'limits', 'hsts', 'allowedSources', 'allowedOrigins', 'timeouts'];

function turns(manifest: Manifest, see: (manifest: Manifest) => Observed): readonly Turn[] {
  return optional.flatMap((field): readonly Turn[] => {
    const { [field]: known, ...spec } = manifest.spec as Readonly<Record<string, unknown>>;
    const fewer = { ...manifest, spec: { ...spec, ...(field === 'redirect' && { redirect: false }) } } as Manifest;
    if (known === undefined || !validateRoute(fewer).isValid) return [];
    return [
      [see(manifest), see(fewer)],
      [see(fewer), see(manifest)],
    ];
  });
}

const atClass: Arbitrary<readonly Turn[]> = fc
  .record({
    manifest: arbitraryRoute,
    controller: fc.constantFrom('k8s.io/ingress-nginx', 'nginx.org/ingress-controller'),
  })
  .map(({ manifest, controller }) => {
    const hosts = controller === 'nginx.org/ingress-controller' ? ['a.example.com'] : manifest.spec.hosts;
    const named = { ...manifest, spec: { ...manifest.spec, ...(hosts && { hosts }) } } as Manifest;
    return turns(named, (each) => observe(defaulted(each), { ingressClass: { controller } })).filter(
      ([before, after]) =>
        controller === 'k8s.io/ingress-nginx' || [before, after].every(({ route }) => route.spec.hosts),
    );
  });

const atGateway: Arbitrary<readonly Turn[]> = arbitraryAttached.map(({ manifest, parent }) => {
  const moved = {
    ...parent,
    listeners: parent.listeners.map((each) => (each.name === 'https' ? exampleListener({ port: 9443 }) : each)),
  };
  const see = (each: Manifest, at = parent) => observeAttached(defaulted(each), at);
  return [...turns(manifest, see), [see(manifest), see(manifest, moved)], [see(manifest, moved), see(manifest)]];
});

describe('what was written before a change', () => {
  for (const [where, arbitrary] of [
    ['for a class', atClass],
    ['for a Gateway', atGateway],
  ] as const) {
    test(`${where} is written again wherever it differs, and nowhere else`, () => {
      let differing = 0;
      fc.assert(
        fc.property(arbitrary, (all) => {
          for (const [before, after] of all) {
            const wanted = decide(after).objects;
            for (const old of decide(before).objects) {
              const next = wanted.find(
                ({ kind, metadata }) => kind === old.kind && metadata.name === old.metadata.name,
              );
              if (next === undefined) continue;
              const isSame = canonical(next) === canonical(old);
              const changes = diff(after.route, { objects: [next], kept: new Set() }, [projectChild(store(old))]);
              assert.equal(changes.length, isSame ? 0 : 1, `${canonical(old)}\n${canonical(next)}`);
              if (!isSame) differing += 1;
            }
          }
        }),
        { numRuns: 12 },
      );
      assert.ok(differing > 15, `${differing} objects differed`);
    });
  }
});

function canonical({ kind, metadata: { name, labels, annotations }, spec }: KubeObject): string {
  return JSON.stringify({ kind, name, labels, annotations, spec });
}
