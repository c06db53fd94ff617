import type { KubeObject } from '../api/objects.ts';
import type { Features, HostPlan, RoutePlan } from '../route/plan.ts';
import { tlsProfiles } from '../route/tls-profile.ts';
import { isSince, type Version } from '../route/version.ts';
import type { Present } from './dialect.ts';
import { listEncrypted, listServices } from './f5-nginx-support.ts';

type Values = Readonly<Record<string, string | number | boolean | undefined>>;
type Annotations = Readonly<Record<string, string>>;

/** Burst where a route tells none, as a multiple of the rate: what ingress-nginx allows, so that a change of class changes nothing. */
const defaultBurst = 5;

/**
 * What concerns a whole host; on a minion the controller would pass over it, with a line in its log as the only sign (internal/configs/annotations.go
 * `minionDenylist`; observed on 5.5.4). A list of Services would be held against the paths of the master, which has none, and reject it.
 */
export function annotateMaster(
  { features, secretName, isCertificateReady }: RoutePlan,
  version: Version,
  present: Present | undefined,
): Annotations {
  const { hsts, tlsProfile } = features;
  return format({
    'nginx.org/mergeable-ingress-type': 'master',
    // A redirect leads nowhere while there is no certificate, and an ACME server that asks for its challenge follows it (observed on 5.5.4).
    // While nobody knows of one, what the master says stays: turning it off would be a reload, and plain HTTP for clients who were led away from it.
    [nameRedirect(version)]: features.redirect && (isCertificateReady ?? isRedirecting(present, secretName)),
    ...(hsts && {
      'nginx.org/hsts': true,
      'nginx.org/hsts-max-age': hsts.maxAgeSeconds,
      'nginx.org/hsts-include-subdomains': hsts.includeSubDomains,
    }),
    // Protocols belong to the whole controller, and ciphers of TLS 1.3 have no directive: these are for clients of TLS 1.2 in either profile.
    ...(tlsProfile &&
      isSince(version, 5, 3) && { 'nginx.org/ssl-ciphers': tlsProfiles.Intermediate.ciphers.join(':') }),
  });
}

/** What concerns the paths. Times have a unit, and 0 would answer every request by 504 (observed on 5.5.4); the schema allows none. */
export function annotateMinion({ features }: RoutePlan, { paths }: HostPlan, version: Version): Annotations {
  const { handshakesPerSecond, handshakeBurst, cookieAffinity } = features;
  const services = listServices(paths);
  const encrypted = features.backendTLS ? listEncrypted(paths) : [];
  return format({
    'nginx.org/mergeable-ingress-type': 'minion',
    // The upgrade is passed to these only. One name that is in no path, or a blank, rejects the Ingress (observed on 5.5.4).
    'nginx.org/websocket-services': services.join(','),
    'nginx.org/ssl-services': encrypted.length > 0 ? encrypted.join(',') : undefined,
    'nginx.org/proxy-connect-timeout': `${features.connectTimeout}s`,
    'nginx.org/proxy-read-timeout': `${features.idleTimeout}s`,
    'nginx.org/proxy-send-timeout': `${features.idleTimeout}s`,
    'nginx.org/lb-method': chooseMethod(features),
    ...(handshakesPerSecond !== undefined && {
      'nginx.org/limit-req-rate': `${handshakesPerSecond}r/s`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of nginx
      'nginx.org/limit-req-key': '${binary_remote_addr}',
      'nginx.org/limit-req-zone-size': '10m',
      'nginx.org/limit-req-burst': handshakeBurst ?? defaultBurst * handshakesPerSecond,
      'nginx.org/limit-req-no-delay': true,
    }),
    ...(cookieAffinity &&
      isSince(version, 5, 4) && {
        'nginx.org/sticky-cookie-services': services.map((name) => stick(name, cookieAffinity)).join(';'),
      }),
  });
}

/** Whether a master leads to HTTPS, with the same Secret: another one may not be there. */
function isRedirecting(present: Present | undefined, secretName: string): boolean {
  if (present === undefined) return false;
  const { metadata, spec } = JSON.parse(present.content) as Pick<KubeObject, 'metadata' | 'spec'>;
  const { tls = [] } = spec as { readonly tls?: readonly { readonly secretName?: string }[] };
  const { annotations = {} } = metadata;
  return tls.some((each) => each.secretName === secretName) && redirects.some((name) => annotations[name] === 'true');
}

function format(values: Values): Annotations {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)] as const).sort());
}

/** The controller's own default, `random two least_conn`, is neither of the two that a route may ask for. */
function chooseMethod({ sourceAffinity, leastConnections }: Features): string {
  if (sourceAffinity) return 'hash $remote_addr consistent';
  return leastConnections ? 'least_conn' : 'round_robin';
}

/** The page that opens the socket may be on another site, and then only SameSite=None; Secure is sent. */
function stick(service: string, { name, maxAgeSeconds }: NonNullable<Features['cookieAffinity']>): string {
  const expires = maxAgeSeconds === undefined ? '' : ` expires=${maxAgeSeconds}s`;
  return `serviceName=${service} ${name}${expires} path=/ httponly secure samesite=none`;
}

/** The newer name since 5.4; the older one is known to every version (observed on 5.5.4). */
const redirects = ['nginx.org/ssl-redirect', 'ingress.kubernetes.io/ssl-redirect'] as const;

function nameRedirect(version: Version): string {
  return isSince(version, 5, 4) ? redirects[0] : redirects[1];
}
