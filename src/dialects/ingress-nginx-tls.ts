import type { WssRouteBackendTLS } from '../api/wssroute.generated.ts';
import type { Features, HostPlan, RoutePlan } from '../route/plan.ts';
import { tlsProfiles } from '../route/tls-profile.ts';
import { native, type Support } from './dialect.ts';

/** Paths whose backends are spoken to in one way: ingress-nginx takes that from annotations, so each way is an Ingress. */
export interface BackendGroup {
  /** Tells the Ingress from the route's first one; undefined for that. */
  readonly key: string | undefined;
  /** Undefined: plain ws://. */
  readonly backendTLS: WssRouteBackendTLS | undefined;
  readonly hosts: readonly HostPlan[];
}

/**
 * The paths of a plan by their `backendTLS`, plain ones first. The first group keeps the Ingress that a route always has, so a route
 * whose paths are all alike has one, whatever it becomes.
 */
export function groupByBackend({ hosts, features }: RoutePlan): readonly BackendGroup[] {
  if (features.backendTLS === undefined) return [{ key: undefined, backendTLS: undefined, hosts }];
  const ways = new Map<string, WssRouteBackendTLS | undefined>();
  for (const { paths } of hosts) for (const { backendTLS } of paths) ways.set(describeWay(backendTLS), backendTLS);
  const sorted = [...ways].sort(([left], [right]) => (left < right ? -1 : 1));
  return sorted.map(([way, backendTLS], index) => ({
    key: index === 0 ? undefined : way,
    backendTLS,
    hosts: hosts
      .map((host) => ({ ...host, paths: host.paths.filter((path) => describeWay(path.backendTLS) === way) }))
      .filter(({ paths }) => paths.length > 0),
  }));
}

/** Empty for plain ws://, and so the first one. */
function describeWay(backendTLS: WssRouteBackendTLS | undefined): string {
  if (backendTLS === undefined) return '';
  const { serverName, caRef } = backendTLS;
  return `${serverName} ${caRef === undefined ? '' : `${caRef.kind}/${caRef.name}`}`;
}

/**
 * TLS to the backend. Without a Secret ingress-nginx ignores every other `proxy-ssl-*` (internal/ingress/annotations/proxyssl/main.go
 * `Parse`). It takes a Secret with `ca.crt` alone (controller/store/backend_ssl.go `getPemCertificate`); where the Secret is missing
 * the paths answer 503, and where it has no `ca.crt` nothing is verified. Left to itself it speaks TLS 1.2 only.
 */
export function annotateBackend({ backendTLS }: BackendGroup, namespace: string): Readonly<Record<string, string>> {
  if (backendTLS === undefined) return {};
  const { serverName, caRef } = backendTLS;
  if (caRef?.kind !== 'Secret') return { 'backend-protocol': 'HTTPS' };
  return {
    'backend-protocol': 'HTTPS',
    'proxy-ssl-name': serverName,
    'proxy-ssl-protocols': 'TLSv1.2 TLSv1.3',
    'proxy-ssl-secret': `${namespace}/${caRef.name}`,
    'proxy-ssl-server-name': 'on',
    'proxy-ssl-verify': 'on',
  };
}

export function judgeBackend(plan: RoutePlan): Support {
  const groups = groupByBackend(plan).flatMap(({ backendTLS }) => backendTLS ?? []);
  const unverified = groups.filter(({ caRef }) => caRef?.kind !== 'Secret').map(({ serverName }) => serverName);
  if (unverified.length === 0) return native;
  // What one Ingress of a host says is inherited by the others (controller.go `getBackendServers`), for as long as nobody ends that.
  const isMixed = unverified.length < groups.length;
  return {
    level: 'approximate',
    because:
      `ingress-nginx verifies a backend by the ca.crt of a Secret only: what goes to ${unverified.join(', ')} is encrypted, but the ` +
      `certificate is not verified, and no name is asked for by SNI`,
    cure:
      'put the authority into a Secret of the namespace under ca.crt, and name it in backendTLS.caRef with kind Secret' +
      (isMixed
        ? "; until then set proxy-ssl-location-only to true in the controller's ConfigMap: without it what holds for the verified paths holds for these, too, and they fail"
        : ''),
  };
}

/**
 * Ciphers for the hosts of a route. Without TLS 1.2, a profile has none to name: clients that come with it get those of Intermediate.
 */
export function annotateProfile({ tlsProfile }: Features): Readonly<Record<string, string>> {
  if (tlsProfile === undefined) return {};
  return { 'ssl-ciphers': tlsProfiles.Intermediate.ciphers.join(':'), 'ssl-prefer-server-ciphers': 'false' };
}

/** Of the Ingresses of a host the oldest that names ciphers has its way (controller.go `createServers`). */
export function judgeProfile({ features, hosts }: RoutePlan): Support {
  if (features.tlsProfile === 'Modern') {
    return {
      level: 'approximate',
      because:
        'ingress-nginx has the protocols for the whole controller: clients may still use TLS 1.2, with the ciphers of Intermediate',
      cure: "set ssl-protocols to TLSv1.3 in the controller's ConfigMap (deploy/controllers) and remove spec.tls.profile, or set Intermediate",
    };
  }
  const shared = hosts.filter(({ rank }) => rank > 0).map(({ host }) => host);
  if (shared.length === 0) return native;
  return {
    level: 'approximate',
    because: `ingress-nginx has one list of ciphers for a host, and an older WssRoute serves ${shared.join(', ')}: if that names a profile, it decides`,
    cure: 'write the same spec.tls.profile in every WssRoute of the host',
  };
}
