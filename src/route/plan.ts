import type { WssRoutePath } from '../api/wssroute.generated.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { type Attachment, scopeOf } from './attachment.ts';
import { type Claim, formatClaim, hostsOf } from './claims.ts';
import { parseSeconds } from './duration.ts';
import type { Issuer } from './policy.ts';

/** Name of the affinity cookie where `cookie` is left out, and with it the schema's default. */
export const defaultCookieName = 'WSSROUTE';

/** What a route means at one attachment, in no dialect: the intermediate form between the spec and the emitted objects. Lists are sorted. */
export interface RoutePlan {
  readonly route: WssRoute;
  readonly attachment: Attachment;
  /** Only hosts and paths that are the route's own; a host whose every path is another's is left out. */
  readonly hosts: readonly HostPlan[];
  /** Secret that holds the certificate. */
  readonly secretName: string;
  /** Whether the Secret is there, as far as that can be known without reading it; undefined while nobody tells. */
  readonly isCertificateReady: boolean | undefined;
  /** Signs the certificate; absent where it is brought along or shared. */
  readonly issuer?: Issuer;
  readonly features: Features;
}

export interface HostPlan {
  /** Empty: any name. */
  readonly host: string;
  readonly paths: readonly WssRoutePath[];
  /** How many older routes serve the host at this attachment: 0, or 1 for any number of them. */
  readonly rank: number;
}

/** What a dialect may or may not be able to express; absent where the route does not ask for it. */
export interface Features {
  /** Seconds. */
  readonly idleTimeout: number;
  /** Seconds. */
  readonly connectTimeout: number;
  readonly redirect: boolean;
  readonly cookieAffinity?: { readonly name: string; readonly maxAgeSeconds?: number };
  readonly sourceAffinity?: true;
  readonly leastConnections?: true;
  readonly connectionsPerClient?: number;
  readonly handshakesPerSecond?: number;
  /** With handshakesPerSecond: how many may come at once above the rate. */
  readonly handshakeBurst?: number;
  readonly allowedSources?: readonly string[];
  /** Origins of pages. */
  readonly allowedOrigins?: readonly string[];
  readonly tlsProfile?: 'Intermediate' | 'Modern';
  /** Some path's backend speaks TLS; the paths tell which and how. */
  readonly backendTLS?: true;
  readonly hsts?: { readonly maxAgeSeconds: number; readonly includeSubDomains: boolean };
}

export type Feature = keyof Features;

/** The field that asks for a feature. */
export const featureFields = {
  idleTimeout: 'spec.timeouts.idle',
  connectTimeout: 'spec.timeouts.connect',
  redirect: 'spec.redirect',
  cookieAffinity: 'spec.affinity',
  sourceAffinity: 'spec.affinity',
  leastConnections: 'spec.loadBalancing',
  connectionsPerClient: 'spec.limits.connectionsPerClient',
  handshakesPerSecond: 'spec.limits.handshakesPerSecond',
  handshakeBurst: 'spec.limits.burst',
  allowedSources: 'spec.allowedSources',
  allowedOrigins: 'spec.allowedOrigins',
  tlsProfile: 'spec.tls.profile',
  backendTLS: 'spec.paths[].backendTLS',
  hsts: 'spec.hsts',
} as const satisfies Record<Feature, string>;

/** Where the certificate of a route comes from. */
export type CertificateSource = Pick<RoutePlan, 'secretName' | 'isCertificateReady' | 'issuer'>;

/** What others have to do with a route at one attachment. */
export interface Standing {
  readonly isLost: (claim: Claim) => boolean;
  /** {@link HostPlan.rank} */
  readonly rankAt: (host: string) => number;
}

/** Turns a valid route into its plan for one attachment, without the claims that are another's. */
export function planRoute(
  route: WssRoute,
  attachment: Attachment,
  source: CertificateSource,
  { isLost, rankAt }: Standing,
): RoutePlan {
  const scope = scopeOf(attachment);
  const paths = [...route.spec.paths].sort((left, right) => (left.path < right.path ? -1 : 1));
  const hosts = hostsOf(route)
    .map((host) => ({
      host,
      paths: paths.filter(({ path }) => !isLost(formatClaim(scope, host, path))),
      rank: rankAt(host),
    }))
    .filter((plan) => plan.paths.length > 0);
  return { route, attachment, hosts, ...source, features: planFeatures(route) };
}

/** What a route asks for. */
export function planFeatures({ spec }: WssRoute): Features {
  const { affinity, limits, hsts, allowedSources, allowedOrigins, tls, paths } = spec;
  const maxAge = affinity?.cookie?.maxAge;
  return {
    idleTimeout: parseSeconds(spec.timeouts.idle),
    connectTimeout: parseSeconds(spec.timeouts.connect),
    redirect: spec.redirect,
    ...(affinity?.type === 'Cookie' && {
      cookieAffinity: {
        name: affinity.cookie?.name ?? defaultCookieName,
        ...(maxAge !== undefined && { maxAgeSeconds: parseSeconds(maxAge) }),
      },
    }),
    ...(affinity?.type === 'SourceIP' && { sourceAffinity: true as const }),
    ...(spec.loadBalancing === 'LeastConnections' && { leastConnections: true as const }),
    ...(limits?.connectionsPerClient !== undefined && { connectionsPerClient: limits.connectionsPerClient }),
    ...(limits?.handshakesPerSecond !== undefined && { handshakesPerSecond: limits.handshakesPerSecond }),
    ...(limits?.burst !== undefined && { handshakeBurst: limits.burst }),
    ...(allowedSources !== undefined && { allowedSources: [...allowedSources].sort() }),
    ...(allowedOrigins !== undefined && { allowedOrigins: [...allowedOrigins].sort() }),
    ...(tls.profile !== undefined && { tlsProfile: tls.profile as 'Intermediate' | 'Modern' }),
    ...(paths.some(({ backendTLS }) => backendTLS !== undefined) && { backendTLS: true as const }),
    ...(hsts !== undefined && {
      hsts: { maxAgeSeconds: parseSeconds(hsts.maxAge), includeSubDomains: hsts.includeSubDomains },
    }),
  };
}
