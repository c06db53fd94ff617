import { apiVersionOf, httpRouteKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import type { WssRoutePath } from '../api/wssroute.generated.ts';
import { describeChild } from '../route/children.ts';
import { numberName } from '../route/names.ts';
import type { Parent } from '../route/parent.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Target } from './dialect.ts';
import { findBackend } from './gateway-api-backends.ts';
import {
  findPlainSeats,
  findSecurePort,
  findSecureSeats,
  nameBase,
  nameRedirect,
  type Seat,
  takeSeats,
} from './gateway-api-listeners.ts';
import { canRedirect, findVendor, hasFeature } from './gateway-api-vendors.ts';

/** What one HTTPRoute may hold (its CRD; the total of matches is a rule of `spec.rules`). */
const limits = { hostnames: 16, rules: 16, matches: 128, parentRefs: 32 } as const;

interface Rule {
  readonly matches: readonly object[];
  readonly [field: string]: unknown;
}

/** Hosts that have the same paths; no more than one HTTPRoute takes. */
interface Share {
  readonly hosts: readonly string[];
  readonly paths: readonly WssRoutePath[];
}

/** The HTTPRoutes that lead to the backends, on the secure listeners. */
export function emitRoutes(plan: RoutePlan, target: Target, parent: Parent): readonly KubeObject[] {
  const seats = findSecureSeats(plan, parent);
  const specs = shareHosts(plan).flatMap(({ hosts, paths }) =>
    chunk(takeSeats(seats, hosts), limits.parentRefs).flatMap((some) =>
      packRules(paths.flatMap((path) => describeRule(path, plan, target, parent))).map((rules) =>
        describeSpec(some, hosts, rules),
      ),
    ),
  );
  return nameAll(plan, nameBase(plan), specs);
}

/**
 * The HTTPRoutes that lead plain HTTP to HTTPS, for the paths of the route alone. Those of cert-manager's solver, Exact matches of one
 * token, win wherever both match: an Exact match goes before a prefix, and a longer prefix before a shorter one
 * (HTTPRouteRule.matches in the API's reference).
 */
export function emitRedirects(plan: RoutePlan, parent: Parent): readonly KubeObject[] {
  if (!plan.features.redirect) return [];
  const seats = findPlainSeats(plan, parent);
  const secure = findSecureSeats(plan, parent);
  const shares = shareHosts(plan).flatMap(({ hosts, paths }) => {
    const ports = Map.groupBy(
      hosts.filter((host) => takeSeats(seats, [host]).length > 0),
      (host) => findSecurePort(secure, host),
    );
    return [...ports].flatMap(([port, some]) => (canRedirect(parent, port) ? [{ hosts: some, paths, port }] : []));
  });
  const specs = shares.flatMap(({ hosts, paths, port }) =>
    chunk(takeSeats(seats, hosts), limits.parentRefs).map((some) =>
      describeSpec(some, hosts, [
        {
          matches: paths.map((path) => ({ path: describePath(path) })),
          filters: [
            {
              type: 'RequestRedirect',
              requestRedirect: { scheme: 'https', statusCode: 301, ...(port !== 443 && { port }) },
            },
          ],
        },
      ]),
    ),
  );
  return nameAll(plan, nameRedirect(plan), specs);
}

function shareHosts({ hosts }: RoutePlan): readonly Share[] {
  const groups = Map.groupBy(hosts, ({ paths }) => JSON.stringify(paths.map(({ path }) => path)));
  return [...groups.values()].flatMap((group) =>
    chunk(group, limits.hostnames).map((some) => ({
      hosts: some.map(({ host }) => host),
      paths: some[0]?.paths ?? [],
    })),
  );
}

function describeRule(path: WssRoutePath, plan: RoutePlan, target: Target, parent: Parent): readonly Rule[] {
  const backend = findBackend(path, target);
  if (backend === undefined) return [];
  const { allowedOrigins, hsts } = plan.features;
  const match = { path: describePath(path) };
  const isHeaderSet = hsts !== undefined && hasFeature(parent, 'HTTPRouteResponseHeaderModification') === true;
  return [
    {
      // Every match is another alternative, so each origin is one: a request with another Origin, or none, is not the rule's.
      matches:
        allowedOrigins === undefined
          ? [match]
          : allowedOrigins.map((value) => ({ ...match, headers: [{ type: 'Exact', name: 'Origin', value }] })),
      ...(isHeaderSet && { filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: describeHsts(hsts) }] }),
      backendRefs: [{ group: '', kind: 'Service', name: backend.service, port: backend.port, weight: 1 }],
      ...(isRequestUnlimited(parent) && { timeouts: { request: '0s' } }),
    },
  ];
}

/**
 * Whether the time-out of a whole request is turned off. Envoy has one of 15 s by default; a WebSocket is a request that lasts. An
 * idle time-out has to stand beside it, because Envoy Gateway turns that one off as well otherwise (internal/xds/translator/route.go
 * `idleTimeout`); the BackendTrafficPolicy has it. Never is an idle time-out written as one of the request: that would end sockets.
 */
function isRequestUnlimited(parent: Parent): boolean {
  return findVendor(parent).policies === 'envoy-gateway' && hasFeature(parent, 'HTTPRouteRequestTimeout') === true;
}

function describeHsts({ maxAgeSeconds, includeSubDomains }: NonNullable<RoutePlan['features']['hsts']>): object {
  const value = `max-age=${maxAgeSeconds}${includeSubDomains ? '; includeSubDomains' : ''}`;
  return { set: [{ name: 'Strict-Transport-Security', value }] };
}

function describePath({ path, pathType }: WssRoutePath): object {
  return { type: pathType === 'Exact' ? 'Exact' : 'PathPrefix', value: path };
}

function describeSpec(seats: readonly Seat[], hosts: readonly string[], rules: readonly Rule[]): object {
  const hostnames = hosts.filter((host) => host !== '');
  return { parentRefs: seats.map(({ ref }) => ref), ...(hostnames.length > 0 && { hostnames }), rules };
}

/** As many rules together as one HTTPRoute holds, in their order. */
function packRules(rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const packs: Rule[][] = [];
  let matches = 0;
  for (const rule of rules) {
    const last = packs.at(-1);
    matches += rule.matches.length;
    if (last !== undefined && last.length < limits.rules && matches <= limits.matches) {
      last.push(rule);
      continue;
    }
    packs.push([rule]);
    matches = rule.matches.length;
  }
  return packs;
}

function nameAll(plan: RoutePlan, name: string, specs: readonly object[]): readonly KubeObject[] {
  return specs.map((spec, index) => ({
    apiVersion: apiVersionOf(httpRouteKind),
    kind: httpRouteKind.kind,
    metadata: { ...describeChild(plan.route), name: numberName(name, index) },
    spec,
  }));
}

function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
