import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatKey, type KubeObject } from '../../src/api/objects.ts';
import type { WssRoute } from '../../src/api/wssroute.ts';
import { compareAge, describeRoute } from '../../src/route/claims.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { decide } from '../support/f5/rules.ts';
import { type Admission, SimulatedCluster } from '../unit/controller/simulated-cluster.ts';
import { exampleRoute } from '../unit/state/example.ts';

/**
 * Routes that want the same hosts and paths, of which some can be served and some cannot, come, change and go, in whatever order they are looked
 * at. Each has a namespace of its own, which is its name here.
 */

const hosts = ['a.example.com', 'b.example.com'];
const paths = ['/x', '/y'];

interface Wish {
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  /** Whether the certificate that it shares is there. */
  readonly isAble: boolean;
}

type Step =
  | { readonly kind: 'set'; readonly who: number; readonly wish: Wish }
  | { readonly kind: 'look'; readonly picks: readonly number[] }
  | { readonly kind: 'remove'; readonly who: number }
  | { readonly kind: 'collect' | 'restart' };

/** One that cannot be served wants all: what it has written before goes on serving, wherever that is. */
const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      hosts: fc.subarray(hosts, { minLength: 1 }),
      paths: fc.subarray(paths, { minLength: 1 }),
      isAble: fc.constant(true),
    }),
  },
  fc.constant({ hosts, paths, isAble: false }),
);
const who = fc.nat(3);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('set' as const), who, wish }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('look' as const), picks: fc.array(fc.nat(), { maxLength: 8 }) }),
    },
    fc.record({ kind: fc.constant('remove' as const), who }),
    fc.record({ kind: fc.constantFrom('collect' as const, 'restart' as const) }),
  ),
  { minLength: 1, maxLength: 14 },
);

function build(
  index: number,
  { hosts: wanted, paths: served, isAble }: Wish,
  className: string,
  generation: number,
): WssRoute {
  return exampleRoute(
    {
      hosts: wanted,
      ingressClassName: className,
      tls: isAble ? { secretName: 'mine' } : { certificateRef: { name: 'missing' } },
      paths: served.map((path) => ({ path, pathType: 'Exact', service: { name: 'chat', port: 8080 } })),
    },
    // The numbers do not go by age.
    {
      namespace: `r${index}`,
      uid: `r${index}`,
      generation,
      creationTimestamp: `2026-01-0${1 + ((index * 3) % 4)}T00:00:00Z`,
    },
  );
}

/** Namespaces that a client reaches, by host and path. */
type Reach = (ingresses: readonly KubeObject[]) => ReadonlyMap<string, string>;

const reachF5: Reach = (ingresses) => {
  const tlsSecrets = new Set(ingresses.map(({ metadata }) => `${metadata.namespace}/mine`));
  const { servers } = decide({ ingresses: ingresses as unknown as readonly ApiObject[], tlsSecrets });
  return new Map(
    [...servers].flatMap(([host, { secret, locations }]) =>
      secret === undefined ? [] : locations.map(({ path, namespace }) => [`${host}${path}`, namespace] as const),
    ),
  );
};

interface Rule {
  readonly host: string;
  readonly http?: { readonly paths: readonly { readonly path: string }[] };
}

const locationsOf = ({ spec }: KubeObject): readonly string[] =>
  (spec as { readonly rules: readonly Rule[] }).rules.flatMap(({ host, http }) =>
    (http?.paths ?? []).map(({ path }) => `${host}${path}`),
  );

const reachNginx: Reach = (ingresses) =>
  new Map(
    ingresses
      .toSorted((left, right) =>
        `${left.metadata.creationTimestamp}` > `${right.metadata.creationTimestamp}` ? -1 : 1,
      )
      .flatMap((ingress) =>
        locationsOf(ingress).map((location) => [location, ingress.metadata.namespace ?? ''] as const),
      ),
  );

/** The webhook of ingress-nginx (`checkOverlap` in internal/ingress/controller/controller.go). */
const refuseOverlap: Admission = (object, present) =>
  object.kind !== 'Ingress'
    ? undefined
    : present
        .filter(({ metadata }) => formatKey(metadata) !== formatKey(object.metadata))
        .flatMap(locationsOf)
        .find((location) => locationsOf(object).includes(location));

for (const { className, says, reach, admit, hasGaps } of [
  { className: 'f5', says: 'F5 NGINX', reach: reachF5, admit: undefined, hasGaps: false },
  { className: 'nginx', says: 'ingress-nginx', reach: reachNginx, admit: undefined, hasGaps: true },
  {
    className: 'nginx',
    says: 'ingress-nginx with its webhook',
    reach: reachNginx,
    admit: refuseOverlap,
    hasGaps: true,
  },
]) {
  describe(`hosts and paths of ${says}`, () => {
    function play(script: readonly Step[], picks: readonly number[], onPass: (cluster: SimulatedCluster) => void) {
      const cluster = new SimulatedCluster(admit);
      let generation = 0;
      const look = (pick: number): void => {
        const { waiting } = cluster;
        const key = waiting[pick % waiting.length];
        if (key === undefined) return;
        cluster.pass(key);
        onPass(cluster);
      };
      const settle = (): void => {
        let passes = 0;
        let written: number;
        do {
          written = cluster.writes.length;
          cluster.retry();
          for (; cluster.waiting.length > 0; passes += 1) look(picks[passes % picks.length] ?? 0);
          assert.ok(passes < 400, 'the routes never come to rest');
        } while (cluster.writes.length > written);
      };
      for (const step of script) {
        generation += 1;
        if (step.kind === 'set')
          cluster.setRoute(`r${step.who}/chat`, build(step.who, step.wish, className, generation));
        if (step.kind === 'remove') cluster.setRoute(`r${step.who}/chat`, undefined);
        if (step.kind === 'look') step.picks.forEach(look);
        if (step.kind === 'collect') cluster.collect();
        if (step.kind === 'restart') cluster.restart();
        onPass(cluster);
      }
      cluster.collect();
      settle();
      return { cluster, settle };
    }

    const order = fc.array(fc.nat(), { minLength: 1, maxLength: 20 });

    test('come to rest, each served by the oldest route that can, and a restart writes nothing', () => {
      fc.assert(
        fc.property(steps, order, (script, picks) => {
          const { cluster, settle } = play(script, picks, () => {});
          const reached = reach(cluster.ingresses);
          // An Ingress is refused as a whole for one path that another one still has, so nothing is certain with the webhook.
          const wanted = admit === undefined ? groupByLocation(cluster.routes) : [];
          for (const [location, wanting] of wanted) {
            const able = wanting.filter(isAble);
            const server = wanting.find(({ metadata }) => metadata.namespace === reached.get(location));
            if (able.length === 0) continue;
            assert.ok(server !== undefined, `${location} is served`);
            // One that cannot be served now may go on serving what it has written.
            const older = !isAble(server)
              ? []
              : able.filter((each) => compareAge(describeRoute(each), describeRoute(server)) < 0);
            assert.deepEqual(older, [], `${location} by ${server.metadata.namespace}`);
          }
          const written = cluster.writes.length;
          cluster.restart();
          settle();
          assert.deepEqual(cluster.writes.slice(written), []);
        }),
        { numRuns: 80 },
      );
    });

    test('are taken from a route that serves them by one only that can serve them, and given back by nobody', () => {
      fc.assert(
        fc.property(steps, order, (script, picks) => {
          let before: ReadonlyMap<string, string> = new Map();
          play(script, picks, (cluster) => {
            const now = reach(cluster.ingresses);
            for (const [location, namespace] of before) {
              const wanting = groupByLocation(cluster.routes).get(location) ?? [];
              const server = wanting.find(({ metadata }) => metadata.namespace === namespace);
              if (server === undefined || !isAble(server) || now.get(location) === namespace) continue;
              const successors = wanting.filter(
                (each) => isAble(each) && compareAge(describeRoute(each), describeRoute(server)) < 0,
              );
              const successor = now.get(location);
              if (successor === undefined)
                assert.ok(hasGaps && successors.length > 0, `${location} is served by nobody`);
              else
                assert.ok(
                  wanting.some(({ metadata }) => metadata.namespace === successor),
                  location,
                );
            }
            before = now;
          });
        }),
        { numRuns: 80 },
      );
    });
  });
}

function isAble({ spec }: WssRoute): boolean {
  return spec.tls.secretName !== undefined;
}

function groupByLocation(routes: readonly WssRoute[]): ReadonlyMap<string, readonly WssRoute[]> {
  const groups = new Map<string, WssRoute[]>();
  for (const route of routes) {
    for (const host of route.spec.hosts ?? []) {
      for (const { path } of route.spec.paths) {
        groups.set(`${host}${path}`, [...(groups.get(`${host}${path}`) ?? []), route]);
      }
    }
  }
  return groups;
}
