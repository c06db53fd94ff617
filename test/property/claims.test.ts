import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { WssRoute } from '../../src/api/wssroute.ts';
import { type Claim, type Claimant, claimsOf } from '../../src/route/claims.ts';
import { findHolders, type Rivals } from '../../src/state/holders.ts';
import type { ObservedIngress } from '../../src/state/observed.ts';
import { projectIngress } from '../../src/state/project.ts';
import { exampleRoute, plan } from '../unit/state/example.ts';

/** Few hosts, paths and moments, so that routes meet often. */
const world = fc
  .array(
    fc.record({
      hosts: fc.uniqueArray(fc.constantFrom('a.example.com', 'b.example.com', '*.example.com'), { maxLength: 2 }),
      paths: fc.uniqueArray(fc.constantFrom('/', '/ws', '/ws/', '/ws/room'), {
        minLength: 1,
        maxLength: 3,
        selector: (path) => path.replace(/(.)\/$/, '$1'),
      }),
      pathType: fc.constantFrom('Exact', 'Prefix'),
      ingressClassName: fc.constantFrom('nginx', 'edge'),
      day: fc.integer({ min: 1, max: 3 }),
      hasUid: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((wishes) =>
    wishes.map(({ hosts, paths, pathType, ingressClassName, day, hasUid }, index) =>
      exampleRoute(
        {
          hosts,
          ingressClassName,
          tls: { secretName: 'tls' },
          paths: paths.map((path) => ({
            path,
            pathType: path === '/ws/' ? 'Exact' : pathType,
            service: { name: 'chat', port: 80 },
          })),
        },
        { name: `route-${index}`, uid: hasUid ? `uid-${index}` : '', creationTimestamp: `2026-01-0${day}T00:00:00Z` },
      ),
    ),
  );

const ingress = fc
  .record({
    host: fc.constantFrom('a.example.com', 'b.example.com', undefined),
    path: fc.constantFrom('/', '/ws', '/ws/'),
    className: fc.constantFrom('nginx', 'edge'),
    day: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ host, path, className, day }) =>
    projectIngress({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'website', namespace: 'web', uid: 'ingress', creationTimestamp: `2026-01-0${day}T00:00:00Z` },
      spec: { ingressClassName: className, rules: [{ ...(host && { host }), http: { paths: [{ path }] } }] },
    }),
  );

describe('claims', () => {
  test('every claim of routes has exactly one holder, and the others know who it is', () => {
    fc.assert(
      fc.property(world, (routes) => {
        for (const [claim, wanting] of groupByClaim(routes)) {
          const others = wanting.map((route) => holdersOf(route, routes, []).get(claim));
          const winners = wanting.filter((_, index) => others[index] === undefined);
          assert.equal(winners.length, 1, claim);
          for (const other of others) assert.equal(other?.name ?? winners[0]?.metadata.name, winners[0]?.metadata.name);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('who holds a claim does not depend on the order in which the routes are seen', () => {
    fc.assert(
      fc.property(world, ingress, (routes, other) => {
        for (const route of routes) {
          const holders = holdersOf(route, routes, [other]);
          assert.deepEqual(holdersOf(route, [...routes].reverse(), [other]), holders);
        }
      }),
    );
  });

  test('an Ingress of somebody holds what it serves against every route that serves nothing yet', () => {
    fc.assert(
      fc.property(world, ingress, (routes, other) => {
        for (const route of routes) {
          for (const claim of claimsOf(route).filter((each) => other.claims.includes(each))) {
            assert.equal(holdersOf(route, routes, [other]).get(claim)?.uid, 'ingress');
          }
        }
      }),
    );
  });

  test('no location of nginx is written twice for one server of one class', () => {
    fc.assert(
      fc.property(world, (routes) => {
        for (const className of ['nginx', 'edge']) {
          const served = routes.filter(({ spec }) => spec.ingressClassName === className);
          const locations = served.flatMap((route) => locationsOf(route, holdersOf(route, routes, [])));
          assert.deepEqual(locations.sort(), [...new Set(locations)].sort());
        }
      }),
      { numRuns: 100 },
    );
  });
});

function holdersOf(
  route: WssRoute,
  routes: readonly WssRoute[],
  ingresses: readonly ObservedIngress[],
): ReadonlyMap<Claim, Claimant> {
  const rivals: Rivals = {
    routesAt: (claim) => routes.filter((each) => claimsOf(each).includes(claim)),
    objectsAt: (claim) => ingresses.filter(({ claims }) => claims.includes(claim)),
    objectsOf: () => [],
    abilityOf: () => 'unjudged',
  };
  return findHolders(route, [], { isExclusive: () => false, standsBy: () => false }, rivals);
}

function groupByClaim(routes: readonly WssRoute[]): ReadonlyMap<Claim, readonly WssRoute[]> {
  const groups = new Map<Claim, WssRoute[]>();
  for (const route of routes) {
    for (const claim of new Set(claimsOf(route))) groups.set(claim, [...(groups.get(claim) ?? []), route]);
  }
  return groups;
}

/**
 * The locations that ingress-nginx makes of a route (`updateServerLocations` in internal/ingress/controller/location.go): Exact is
 * one, Prefix one with a slash at its end and, unless some Exact path has it, one that matches exactly.
 */
function locationsOf(route: WssRoute, lost: ReadonlyMap<Claim, Claimant>): readonly string[] {
  const { hosts } = plan(route, (claim) => lost.has(claim));
  return hosts.flatMap(({ host, paths }) =>
    paths.flatMap(({ path, pathType }) => {
      if (path === '/' && pathType === 'Prefix') return [`${host} /`];
      if (pathType === 'Exact') return [`${host} = ${path}`];
      return path.endsWith('/') ? [`${host} ${path}`, `${host} = ${path}`] : [`${host} ${path}/`, `${host} = ${path}`];
    }),
  );
}
