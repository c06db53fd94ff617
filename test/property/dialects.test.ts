import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Dialect, findLosses, judgeFeature, type Target } from '../../src/dialects/dialect.ts';
import { gatewayApi } from '../../src/dialects/gateway-api.ts';
import { type AskedFeature, askedFeatures } from '../../src/dialects/gateway-api-vendors.ts';
import { dialects } from '../../src/dialects/registry.ts';
import type { Parent } from '../../src/route/parent.ts';
import { type Feature, type Features, featureFields, type RoutePlan } from '../../src/route/plan.ts';
import { toyDialect } from '../unit/dialects/toy-dialect.ts';
import { defaulted, plan as planOf } from '../unit/state/example.ts';
import { listServices } from '../unit/state/gateway-example.ts';
import { arbitraryRoute, type Manifest } from './arbitrary-route.ts';
import { arbitraryParent, arbitraryVersion } from './arbitrary-target.ts';

const features = Object.keys(featureFields) as Feature[];

for (const dialect of [...dialects, toyDialect]) {
  describe(dialect.name, () => {
    test('takes a stance to every feature', () => {
      assert.deepEqual(Object.keys(dialect.support).sort(), [...features].sort());
    });

    test('writes something for a feature, or says that it does not', () => {
      const seen = new Set<Feature>();
      fc.assert(
        fc.property(arrange(dialect), ({ plan, target }) => {
          const written = write(dialect, plan, target);
          for (const feature of features.filter((each) => plan.features[each] !== undefined)) {
            const asking = feature === 'redirect' ? { ...plan, features: { ...plan.features, redirect: true } } : plan;
            const { level } = judgeFeature(dialect, feature, asking, target);
            const isWritten = listOthers(plan, feature).some((other) => write(dialect, other, target) !== written);
            assert.equal(isWritten, level !== 'unsupported', `${feature} is ${level}`);
            assert.equal(countLosses(dialect, feature, asking, target), level === 'native' ? 0 : 1, feature);
            seen.add(feature);
          }
        }),
        { numRuns: 120 },
      );
      assert.deepEqual([...seen].sort(), [...features].sort());
    });

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
    .record({ manifest: arbitraryRoute, version: arbitraryVersion, parent: arbitraryParent, isBrought: fc.boolean() })
    .map(({ manifest, version, parent: known, isBrought }) => {
      const plan = planOf(defaulted(attach(manifest, dialect, isBrought)));
      const parent = isBrought ? withoutListener(known) : known;
      const target = dialect.controller === undefined ? { parent } : { version };
      return { plan, target: { ...target, services: listServices(plan.route) } };
    })
    .filter(({ plan, target }) => dialect.findObstacle?.(plan, target) === undefined);
}

/** None of the hosts is there already, so that a route may bring its listeners along; the ports are. */
function withoutListener(parent: Parent): Parent {
  return { ...parent, listeners: parent.listeners.map((each) => ({ ...each, hostname: 'x.example.net' })) };
}

function attach(manifest: Manifest, { controller }: Dialect, createListener: boolean): Manifest {
  if (controller !== undefined) return manifest;
  const { ingressClassName: _class, ...spec } = manifest.spec;
  return { ...manifest, spec: { ...spec, parentRefs: [{ name: 'edge', namespace: 'infra', createListener }] } };
}

function write(dialect: Dialect, plan: RoutePlan, target: Target): string {
  return JSON.stringify(dialect.emit(plan, target));
}

function countLosses(dialect: Dialect, feature: Feature, plan: RoutePlan, target: Target): number {
  const remarks = dialect.findRemarks?.(plan, target) ?? [];
  const losses = findLosses(dialect, plan, target).slice(0, -remarks.length || undefined);
  return losses.filter(({ field }) => field === featureFields[feature]).length;
}

/** The same plan with one feature left out, or another value where it is always there or where leaving it out may mean the same. */
function listOthers(plan: RoutePlan, feature: Feature): readonly RoutePlan[] {
  const { [feature]: _left, ...rest } = plan.features;
  const others: readonly Partial<Features>[] = listValues(plan.features, feature).map((value) => ({
    [feature]: value,
  }));
  const changed = others.map((other) => ({ ...plan, features: { ...plan.features, ...other } }));
  if (changed.length > 0 && feature !== 'handshakeBurst') return changed;
  return [...changed, withoutBackendTLS({ ...plan, features: rest as Features }, feature)];
}

function listValues({ idleTimeout, connectTimeout, ...rest }: Features, feature: Feature): readonly unknown[] {
  switch (feature) {
    // A controller may have a greatest value, so that one more would be the same.
    case 'idleTimeout':
      return [idleTimeout + 1, idleTimeout === 7 ? 8 : 7];
    case 'connectTimeout':
      return [connectTimeout + 1, connectTimeout === 7 ? 8 : 7];
    case 'redirect':
      return [!rest.redirect];
    case 'handshakeBurst':
      return [(rest.handshakeBurst ?? 0) + (rest.handshakesPerSecond ?? 1)];
    default:
      return [];
  }
}

/** Paths say for themselves whether their backend speaks TLS. */
function withoutBackendTLS(plan: RoutePlan, feature: Feature): RoutePlan {
  if (feature !== 'backendTLS') return plan;
  const strip = ({ backendTLS: _left, ...path }: RoutePlan['hosts'][number]['paths'][number]) => path;
  const { route, hosts } = plan;
  return {
    ...plan,
    route: { ...route, spec: { ...route.spec, paths: route.spec.paths.map(strip) } },
    hosts: hosts.map((host) => ({ ...host, paths: host.paths.map(strip) })),
  };
}

describe('what Gateways tell of themselves', () => {
  test('is no loss where no redirect is asked for', () => {
    fc.assert(
      fc.property(arrange(gatewayApi), ({ plan, target }) => {
        const other = { ...plan, features: { ...plan.features, redirect: false } };
        assert.equal(countLosses(gatewayApi, 'redirect', other, target), 0);
      }),
    );
  });

  test('makes a difference to what is written for them, feature by feature', () => {
    const differing = new Set<AskedFeature>();
    fc.assert(
      fc.property(arrange(gatewayApi), ({ plan, target: { parent, ...rest } }) => {
        if (parent === undefined) return;
        const all = { ...parent, features: new Set<string>(askedFeatures) };
        const say = (each: Parent) => {
          const target = { ...rest, parent: each };
          return write(gatewayApi, plan, target) + JSON.stringify(findLosses(gatewayApi, plan, target));
        };
        const whole = say(all);
        for (const feature of askedFeatures) {
          const without = { ...all, features: new Set<string>(askedFeatures.filter((each) => each !== feature)) };
          if (say(without) !== whole) differing.add(feature);
        }
      }),
    );
    assert.deepEqual([...differing].sort(), [...askedFeatures].sort());
  });
});
