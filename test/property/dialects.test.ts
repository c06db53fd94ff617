import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Dialect, findLosses, judgeFeature, type Target } from '../../src/dialects/dialect.ts';
import { dialects } from '../../src/dialects/registry.ts';
import { type Feature, type Features, featureFields, type RoutePlan } from '../../src/route/plan.ts';
import { toyDialect } from '../unit/dialects/toy-dialect.ts';
import { defaulted, plan as planOf } from '../unit/state/example.ts';
import { arbitraryRoute, type Manifest } from './arbitrary-route.ts';
import { arbitraryParent, arbitraryVersion } from './arbitrary-target.ts';

const features = Object.keys(featureFields) as Feature[];

for (const dialect of [...dialects, toyDialect]) {
  describe(dialect.name, () => {
    test('takes a stance to every feature', () => {
      assert.deepEqual(Object.keys(dialect.support).sort(), [...features].sort());
    });

    for (const feature of features) {
      test(`writes something for ${feature}, or says that it does not`, () => {
        fc.assert(
          fc.property(arrange(dialect), ({ plan, target }) => {
            if (plan.features[feature] === undefined) return;
            const { level } = judgeFeature(dialect, feature, plan, target);
            const written = write(dialect, plan, target);
            const rest = feature === 'backendTLS' ? withoutBackendTls(plan) : plan;
            const isWritten = listOthers(plan.features, feature).some(
              (others) => write(dialect, { ...rest, features: others }, target) !== written,
            );
            assert.equal(isWritten, level !== 'unsupported', level);
            assert.equal(countLosses(dialect, feature, plan, target), level === 'native' ? 0 : 1);
          }),
          { numRuns: 60 },
        );
      });
    }

    test('says what to do instead for everything that it loses', () => {
      fc.assert(
        fc.property(arrange(dialect), ({ plan, target }) => {
          for (const { field, because, cure } of findLosses(dialect, plan, target)) {
            assert.match(field, /^spec\./);
            assert.ok(because.length > 10 && cure.length > 10);
            assert.doesNotMatch(`${because} ${cure}`, /undefined|null|NaN|Infinity/);
          }
        }),
      );
    });
  });
}

/** Plans that the dialect can write, and what they are written for; the route is the oldest everywhere and its certificate is there. */
function arrange(dialect: Dialect): fc.Arbitrary<{ readonly plan: RoutePlan; readonly target: Target }> {
  return fc
    .record({ manifest: arbitraryRoute, version: arbitraryVersion, parent: arbitraryParent })
    .map(({ manifest, version, parent }) => {
      const plan = planOf(defaulted(attach(manifest, dialect)));
      const target = dialect.controller === undefined ? { parent } : { version };
      return { plan, target: { ...target, services: new Map() } };
    })
    .filter(({ plan, target }) => dialect.findObstacle?.(plan, target) === undefined);
}

function attach(manifest: Manifest, { controller }: Dialect): Manifest {
  if (controller !== undefined) return manifest;
  const { ingressClassName: _class, ...spec } = manifest.spec;
  return { ...manifest, spec: { ...spec, parentRefs: [{ name: 'edge', namespace: 'infra' }] } };
}

function write(dialect: Dialect, plan: RoutePlan, target: Target): string {
  return JSON.stringify(dialect.emit(plan, target));
}

function countLosses(dialect: Dialect, feature: Feature, plan: RoutePlan, target: Target): number {
  const remarks = dialect.findRemarks?.(plan, target) ?? [];
  const losses = findLosses(dialect, plan, target).slice(0, -remarks.length || undefined);
  return losses.filter(({ field }) => field === featureFields[feature]).length;
}

/** This feature is one of the paths, too. */
function withoutBackendTls(plan: RoutePlan): RoutePlan {
  const strip = <Path extends object>(paths: readonly Path[]): Path[] =>
    paths.map((path) => ({ ...path, backendTLS: undefined }));
  return {
    ...plan,
    route: { ...plan.route, spec: { ...plan.route.spec, paths: strip(plan.route.spec.paths) } },
    hosts: plan.hosts.map((host) => ({ ...host, paths: strip(host.paths) })),
  };
}

/** The same features with one left out, or another value where it is always there or where leaving it out may mean the same. */
function listOthers(all: Features, feature: Feature): readonly Features[] {
  const { [feature]: _left, ...rest } = all;
  switch (feature) {
    case 'idleTimeout':
    case 'connectTimeout':
      // A controller may round it.
      return [all[feature] + 1, all[feature] + 3600].map((seconds) => ({ ...all, [feature]: seconds }));
    case 'redirect':
      return [{ ...all, redirect: !all.redirect }];
    case 'handshakeBurst':
      return [rest as Features, { ...all, handshakeBurst: (all.handshakeBurst ?? 0) + (all.handshakesPerSecond ?? 1) }];
    default:
      return [rest as Features];
  }
}
