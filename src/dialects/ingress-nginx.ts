import { apiVersionOf, ingressKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { describeChild } from '../route/children.ts';
import { nameSibling } from '../route/names.ts';
import type { Features, HostPlan, RoutePlan } from '../route/plan.ts';
import { isSince, newestVersion, type Version } from '../route/version.ts';
import { type Dialect, native, type Support } from './dialect.ts';
import { remarkCertificates } from './host-deciders.ts';
import {
  annotateBackend,
  annotateProfile,
  type BackendGroup,
  groupByBackend,
  judgeBackend,
  judgeProfile,
} from './ingress-nginx-tls.ts';

const prefix = 'nginx.ingress.kubernetes.io/';

/** Annotations without the prefix; what is undefined is not written. */
type Annotations = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The community controller, https://github.com/kubernetes/ingress-nginx. It passes `Upgrade` on every location by itself, so a
 * WebSocket needs no annotation for that. A bad value of an annotation means the default without a word, or
 * costs the whole Ingress (`Extractor.Extract` in internal/ingress/annotations/annotations.go; `lint/ingress-nginx-annotations.ts` has
 * which), hence numbers and fixed words only.
 *
 * ```yaml
 * apiVersion: networking.k8s.io/v1
 * kind: Ingress
 * metadata:
 *   name: chat-wss
 *   annotations:
 *     nginx.ingress.kubernetes.io/proxy-connect-timeout: "5"
 *     nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
 *     nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"
 *     nginx.ingress.kubernetes.io/ssl-redirect: "true"
 * spec:
 *   ingressClassName: nginx
 *   tls: [{ hosts: [chat.example.com], secretName: chat-wss }]
 *   rules:
 *     - host: chat.example.com
 *       http: { paths: [{ path: /ws, pathType: Prefix, backend: { service: { name: chat, port: { number: 8080 } } } }] }
 * ```
 */
export const ingressNginx: Dialect = {
  name: 'ingress-nginx',
  controller: 'k8s.io/ingress-nginx',
  // An upstream is named after Service and port, and the first Ingress sets it up (controller.go `createUpstreams`).
  balancing: 'per-backend',
  hosts: 'shared',
  support: {
    idleTimeout: native,
    connectTimeout: native,
    redirect: native,
    cookieAffinity: native,
    sourceAffinity: native,
    leastConnections: judgeLeastConnections,
    connectionsPerClient: judgeLimit,
    handshakesPerSecond: judgeLimit,
    handshakeBurst: judgeBurst,
    allowedSources: native,
    allowedOrigins: {
      level: 'unsupported',
      because:
        'ingress-nginx has no annotation that judges the Origin header, except snippets, which are never written',
      cure: 'let the backend judge Origin, or attach the route to a Gateway by spec.parentRefs',
    },
    tlsProfile: judgeProfile,
    backendTLS: judgeBackend,
    hsts: {
      level: 'unsupported',
      because: 'ingress-nginx sets Strict-Transport-Security for the whole controller, not per Ingress',
      cure: "set hsts, hsts-max-age and hsts-include-subdomains in the controller's ConfigMap (deploy/controllers) and remove spec.hsts",
    },
  },
  findRemarks: (plan, target) =>
    remarkCertificates(plan, target, { name: 'ingress-nginx', decides: 'the oldest Ingress with TLS' }),
  emit: (plan, { version = newestVersion }) => groupByBackend(plan).map((group) => emitIngress(plan, group, version)),
};

function emitIngress(plan: RoutePlan, group: BackendGroup, version: Version): KubeObject {
  const metadata = describeChild(plan.route);
  const { namespace = 'default' } = metadata;
  const tlsHosts = group.hosts.map(({ host }) => host).filter((host) => host !== '');
  return {
    apiVersion: apiVersionOf(ingressKind),
    kind: ingressKind.kind,
    metadata: {
      ...metadata,
      ...(group.key !== undefined && { name: nameSibling(plan.route.metadata.name, group.key) }),
      annotations: formatAnnotations({ ...annotate(plan, version), ...annotateBackend(group, namespace) }),
    },
    spec: {
      ingressClassName: plan.attachment.name,
      tls: [{ ...(tlsHosts.length > 0 && { hosts: tlsHosts }), secretName: plan.secretName }],
      rules: group.hosts.map(emitRule),
    },
  };
}

function emitRule({ host, paths }: HostPlan): object {
  return {
    ...(host !== '' && { host }),
    http: {
      paths: paths.map(({ path, pathType, service: { name, port } }) => ({
        path,
        pathType,
        backend: { service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } },
      })),
    },
  };
}

/** Time-outs are plain seconds here: `3600s` would mean the default of 60 (internal/ingress/annotations/proxy/main.go). */
function annotate({ features, hosts }: RoutePlan, version: Version): Annotations {
  const { cookieAffinity, handshakesPerSecond, connectionsPerClient, allowedSources } = features;
  return {
    'proxy-connect-timeout': features.connectTimeout,
    'proxy-read-timeout': features.idleTimeout,
    'proxy-send-timeout': features.idleTimeout,
    'ssl-redirect': features.redirect,
    'force-ssl-redirect': features.redirect && hosts.some(isNameless) ? true : undefined,
    'limit-connections': connectionsPerClient,
    'limit-rps': handshakesPerSecond,
    'limit-burst-multiplier': multiplyBurst(features),
    [nameAllowlist(version)]: allowedSources?.join(','),
    ...(cookieAffinity && {
      affinity: 'cookie',
      'affinity-mode': 'persistent',
      'session-cookie-name': cookieAffinity.name,
      'session-cookie-path': '/',
      'session-cookie-max-age': cookieAffinity.maxAgeSeconds,
      // The page that opens the socket may be on another site, and then only SameSite=None; Secure is sent.
      'session-cookie-samesite': 'None',
      'session-cookie-secure': true,
    }),
    'upstream-hash-by': features.sourceAffinity && '$remote_addr',
    'load-balance': features.leastConnections && !hasAffinity(features) ? 'ewma' : undefined,
    ...annotateProfile(features),
  };
}

function formatAnnotations(values: Annotations): Readonly<Record<string, string>> {
  const annotations = Object.entries(values).filter(([, value]) => value !== undefined);
  const sorted = annotations.sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, value]) => [prefix + name, String(value)]));
}

/**
 * Before 1.9 a controller knows the old name only and lets everybody in without a word; later ones take either
 * (https://github.com/kubernetes/ingress-nginx/pull/9673, internal/ingress/annotations/ipallowlist/main.go).
 */
function nameAllowlist(version: Version): string {
  return isSince(version, 1, 9) ? 'allowlist-source-range' : 'whitelist-source-range';
}

/**
 * `ssl-redirect` redirects where the controller has a certificate of the very name that the client asked for
 * (rootfs/etc/nginx/lua/lua_ingress.lua `redirect_to_https`), which it never has without a host; the forced one always does.
 */
function isNameless({ host }: HostPlan): boolean {
  return host === '';
}

/** Affinity of either kind replaces the balancing (rootfs/etc/nginx/lua/balancer.lua `get_implementation`). */
function judgeLeastConnections({ features }: RoutePlan): Support {
  if (hasAffinity(features)) {
    return {
      level: 'unsupported',
      because: 'ingress-nginx lets affinity alone decide which Pod a client gets',
      cure: 'remove loadBalancing, or set affinity.type to None',
    };
  }
  return {
    level: 'approximate',
    because: 'ingress-nginx has no least_conn; peak EWMA, which prefers the fastest Pod, is used',
    cure: 'set loadBalancing to RoundRobin, or close connections after a while so that they spread again',
  };
}

function hasAffinity({ cookieAffinity, sourceAffinity }: Features): boolean {
  return cookieAffinity !== undefined || sourceAffinity !== undefined;
}

/** Limits are counted for each Ingress (internal/ingress/annotations/ratelimit/main.go names the zones after it). */
function judgeLimit(plan: RoutePlan): Support {
  const { length } = groupByBackend(plan);
  if (length === 1) return native;
  return {
    level: 'approximate',
    because: `ingress-nginx counts for each Ingress, and the paths take ${length}, because their backendTLS differs`,
    cure: 'give paths with another backendTLS a WssRoute of their own, with limits of their own',
  };
}

/** ingress-nginx takes the burst as a multiple of the rate. */
function multiplyBurst({ handshakeBurst, handshakesPerSecond }: Features): number | undefined {
  if (handshakeBurst === undefined || handshakesPerSecond === undefined) return undefined;
  return Math.ceil(handshakeBurst / handshakesPerSecond);
}

function judgeBurst({ features }: RoutePlan): Support {
  const { handshakeBurst = 0, handshakesPerSecond = 1 } = features;
  if (handshakeBurst % handshakesPerSecond === 0) return native;
  const used = (multiplyBurst(features) ?? 0) * handshakesPerSecond;
  return {
    level: 'approximate',
    because: `ingress-nginx takes the burst as a multiple of the rate; ${used} is used instead of ${handshakeBurst}`,
    cure: `set limits.burst to ${used}, or to another multiple of ${handshakesPerSecond}`,
  };
}
