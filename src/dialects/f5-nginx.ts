import { apiVersionOf, ingressKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import type { WssRoutePath } from '../api/wssroute.generated.ts';
import { describeChild } from '../route/children.ts';
import { nameHostChild } from '../route/names.ts';
import type { HostPlan, RoutePlan } from '../route/plan.ts';
import type { Version } from '../route/version.ts';
import { type Dialect, native, type Obstacle, type Target } from './dialect.ts';
import { annotateMaster, annotateMinion } from './f5-nginx-annotations.ts';
import {
  assumedVersion,
  judgeBackendTLS,
  judgeCookieAffinity,
  judgeHsts,
  judgeLeastConnections,
  judgeRedirect,
  judgeTlsProfile,
  remarkSharedHosts,
} from './f5-nginx-support.ts';

/**
 * F5's NGINX Ingress Controller, https://github.com/nginx/kubernetes-ingress. It gives a whole host to one Ingress, except where that
 * one is a `master`, which has the TLS and no paths, and the others are its `minion`s, of any namespace, which have paths and no TLS.
 * So each host of a route is a minion, and a master beside it.
 *
 * A host has one master, the oldest (observed on 5.5.4). A second one is rejected without a reload, and takes over at once when the first
 * is gone, with the certificate of its own namespace and with all minions. That is why the oldest route of a host that has a certificate writes its
 * master, and the next oldest one that stands by: whoever leaves, the host stays without a gap, and no finalizer has to hold anybody back.
 *
 * An update that the controller rejects does not leave what was there before: the route is gone, and with a master all of the host
 * (observed on 5.5.4). Hence fixed words, numbers and names that the Ingress itself has, and nothing that its version may not know.
 * Every write is a reload, annotations of whatever name included, so none of them holds anything that changes by itself.
 *
 * ```yaml
 * apiVersion: networking.k8s.io/v1
 * kind: Ingress
 * metadata:
 *   name: chat-wss-13f05a1dc4-master
 *   annotations:
 *     nginx.org/mergeable-ingress-type: master
 *     nginx.org/ssl-redirect: "true"
 * spec:
 *   ingressClassName: nginx
 *   tls: [{ hosts: [chat.example.com], secretName: chat-wss }]
 *   rules: [{ host: chat.example.com }]
 * ---
 * apiVersion: networking.k8s.io/v1
 * kind: Ingress
 * metadata:
 *   name: chat-wss-13f05a1dc4-minion
 *   annotations:
 *     nginx.org/lb-method: round_robin
 *     nginx.org/mergeable-ingress-type: minion
 *     nginx.org/proxy-connect-timeout: 5s
 *     nginx.org/proxy-read-timeout: 3600s
 *     nginx.org/proxy-send-timeout: 3600s
 *     nginx.org/websocket-services: chat
 * spec:
 *   ingressClassName: nginx
 *   rules:
 *     - host: chat.example.com
 *       http:
 *         paths:
 *           - { path: /ws, pathType: Exact, backend: { service: { name: chat, port: { number: 8080 } } } }
 *           - { path: /ws/, pathType: Prefix, backend: { service: { name: chat, port: { number: 8080 } } } }
 * ```
 */
export const f5Nginx: Dialect = {
  name: 'f5-nginx',
  controller: 'nginx.org/ingress-controller',
  // An upstream is named after the Ingress, too (internal/configs/ingress.go `getNameForUpstream`).
  balancing: 'per-route',
  hosts: 'exclusive',
  // A path that an older minion has is a warning, and a second master waits (observed on 5.5.4).
  standsBy: true,
  support: {
    idleTimeout: native,
    connectTimeout: native,
    redirect: judgeRedirect,
    cookieAffinity: judgeCookieAffinity,
    sourceAffinity: native,
    leastConnections: judgeLeastConnections,
    connectionsPerClient: {
      level: 'unsupported',
      because: 'F5 NGINX has no limit of connections for each client',
      cure: 'set limits.handshakesPerSecond, or count sockets in the backend, and remove limits.connectionsPerClient',
    },
    handshakesPerSecond: native,
    handshakeBurst: native,
    allowedSources: {
      level: 'unsupported',
      because:
        'F5 NGINX takes networks from a Policy (k8s.nginx.org) only, which is not written: everybody may connect',
      cure: 'keep others out by a NetworkPolicy or at the load balancer, or use a class of ingress-nginx',
    },
    allowedOrigins: {
      level: 'unsupported',
      because: 'F5 NGINX has no annotation that judges the Origin header, except snippets, which are never written',
      cure: 'let the backend judge Origin, or attach the route to a Gateway by spec.parentRefs',
    },
    tlsProfile: judgeTlsProfile,
    backendTLS: judgeBackendTLS,
    hsts: judgeHsts,
  },
  findObstacle,
  findRemarks: remarkSharedHosts,
  emit: (plan, target) => plan.hosts.flatMap((host) => emitHost(plan, host, target)),
};

/** What the controller takes for files of the system, and rejects wherever it stands in a path (internal/k8s/validation.go `validateIllegalKeywords`). */
const reserved = /^\/etc\/|\/root|\/var/;

/** An Ingress without a host is rejected: `spec.rules[0].host: Required value` (observed on 5.5.4). */
function findObstacle({ hosts, attachment }: RoutePlan, _target: Target): Obstacle | undefined {
  const subject = `F5 NGINX, which serves class "${attachment.name}", takes no Ingress`;
  if (hosts.some(({ host }) => host === '')) {
    return { reason: 'HostRequired', message: `${subject} without a host: set spec.hosts` };
  }
  const written = hosts.flatMap(({ paths }) => paths.flatMap(emitPath)).map(({ path }) => path);
  const [refused] = written.filter((path) => reserved.test(path));
  if (refused === undefined) return undefined;
  const message = `${subject} with path ${refused}: a path must not begin with /etc/ or have /root or /var in it`;
  return { reason: 'PathNotTaken', message };
}

function emitHost(plan: RoutePlan, host: HostPlan, target: Target): readonly KubeObject[] {
  const { version = assumedVersion } = target;
  const leads = target.hosts?.get(host.host)?.leads ?? true;
  return [...(leads ? [emitMaster(plan, host, version, target)] : []), emitMinion(plan, host, version)];
}

function emitMaster(plan: RoutePlan, { host }: HostPlan, version: Version, { own = [] }: Target): KubeObject {
  const master = nameHostChild(plan.route.metadata.name, host, 'master');
  const present = own.find(({ kind, name }) => kind === ingressKind.kind && name === master);
  return {
    ...describeIngress(plan, host, 'master', annotateMaster(plan, version, present)),
    spec: {
      ingressClassName: plan.attachment.name,
      tls: [{ hosts: [host], secretName: plan.secretName }],
      rules: [{ host }],
    },
  };
}

function emitMinion(plan: RoutePlan, hostPlan: HostPlan, version: Version): KubeObject {
  const { host, paths } = hostPlan;
  return {
    ...describeIngress(plan, host, 'minion', annotateMinion(plan, hostPlan, version)),
    spec: { ingressClassName: plan.attachment.name, rules: [{ host, http: { paths: paths.flatMap(emitPath) } }] },
  };
}

function describeIngress(
  { route }: RoutePlan,
  host: string,
  role: 'master' | 'minion',
  annotations: Readonly<Record<string, string>>,
): KubeObject {
  return {
    apiVersion: apiVersionOf(ingressKind),
    kind: ingressKind.kind,
    metadata: { ...describeChild(route), name: nameHostChild(route.metadata.name, host, role), annotations },
  };
}

interface WrittenPath {
  readonly path: string;
  readonly pathType: string;
  readonly backend: object;
}

/**
 * Prefix is a bare prefix of nginx here, so that /ws would serve /wsfoo as well (observed on 5.5.4). The path itself and everything
 * below it, which is what Prefix means, are two locations; with the first one, nginx does not redirect /ws to /ws/.
 */
function emitPath({ path, pathType, service: { name, port } }: WssRoutePath): readonly WrittenPath[] {
  const backend = { service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } };
  if (pathType === 'Exact' || path === '/') return [{ path, pathType, backend }];
  const stem = path.replace(/\/$/, '');
  return [
    { path: stem, pathType: 'Exact', backend },
    { path: `${stem}/`, pathType: 'Prefix', backend },
  ];
}
