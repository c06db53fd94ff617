import type { WssRoute } from '../api/wssroute.ts';
import { type Attachment, attachmentsOf, scopeOf } from './attachment.ts';

/** One host and path of one attachment: what only one object can serve. */
export type Claim = string;

/** An object that serves a host and path, or wants to. */
export interface Claimant {
  readonly kind: 'WssRoute' | 'Ingress' | 'HTTPRoute';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** RFC 3339. */
  readonly creationTimestamp: string;
}

/** A route as one that claims. */
export function describeRoute({ metadata }: WssRoute): Claimant {
  const { namespace = '', name, uid = '', creationTimestamp = '' } = metadata;
  return { kind: 'WssRoute', namespace, name, uid, creationTimestamp };
}

/** The hosts of a route; a route without one answers to any name, which is the empty host. */
export function hostsOf(route: WssRoute): readonly string[] {
  const hosts = route.spec.hosts ?? [];
  return hosts.length === 0 ? [''] : [...hosts].sort();
}

/**
 * A claim's text. The path type is no part of it: Exact and Prefix of one path could stand side by side in nginx,
 * but ingress-nginx's admission webhook refuses a second Ingress with the same host and path
 * (`checkOverlap` in internal/ingress/controller/controller.go). Nor is a slash at the end: ingress-nginx writes Prefix /ws and
 * Prefix /ws/ as one and the same `location /ws/` (`updateServerLocations` in internal/ingress/controller/location.go), and nginx
 * refuses a configuration that has it twice, for every host of the controller.
 */
export function formatClaim(scope: string, host: string, path: string): Claim {
  return `${scope} ${host} ${path === '/' ? path : path.replace(/\/$/, '')}`;
}

/** The same host and path in another scope. */
export function moveClaim(claim: Claim, scope: string): Claim {
  return scope + claim.slice(claim.indexOf(' '));
}

/** The whole of a host: what only one object has, where the controller does not share hosts. */
export function formatHostClaim(scope: string, host: string): Claim {
  return `${scope} ${host} *`;
}

/** A host at which cert-manager answers a challenge by an Ingress that wants the host whole; no route ever claims it. */
export function formatSolverClaim(scope: string, host: string): Claim {
  return `${scope} ${host} ?`;
}

/** The claim by which routes are found that a claim concerns: of what a solver wants, that of the host. */
export function nameConcerned(claim: Claim): Claim {
  return claim.replace(/ \?$/, ' *');
}

/** `chat.example.com/ws`, as people write it. */
export function describeClaim(claim: Claim): string {
  const [, host, path] = claim.split(' ');
  return `${host === '' ? '(any host)' : host}${path}`;
}

/** Every claim of a route, of all its attachments. */
export function claimsOf(route: WssRoute): readonly Claim[] {
  return attachmentsOf(route).flatMap((attachment) => claimsAt(route, attachment));
}

/** The hosts of a route as a whole, at all its attachments. */
export function hostClaimsOf(route: WssRoute): readonly Claim[] {
  return attachmentsOf(route).flatMap((attachment) =>
    hostsOf(route).map((host) => formatHostClaim(scopeOf(attachment), host)),
  );
}

/** The claims of a route at one of its attachments. */
export function claimsAt(route: WssRoute, attachment: Attachment): readonly Claim[] {
  const scope = scopeOf(attachment);
  return hostsOf(route).flatMap((host) => route.spec.paths.map(({ path }) => formatClaim(scope, host, path)));
}

/** Who came first: by creation, then by uid, then by namespace and name, so that the answer never depends on the order of events. */
export function compareAge(left: Claimant, right: Claimant): number {
  return (
    compareText(left.creationTimestamp, right.creationTimestamp) ||
    compareText(left.uid, right.uid) ||
    compareText(`${left.namespace}/${left.name}`, `${right.namespace}/${right.name}`)
  );
}

/** The oldest of the claimants. */
export function findOldest(claimants: Iterable<Claimant>): Claimant | undefined {
  let oldest: Claimant | undefined;
  for (const claimant of claimants) {
    if (oldest === undefined || compareAge(claimant, oldest) < 0) oldest = claimant;
  }
  return oldest;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
