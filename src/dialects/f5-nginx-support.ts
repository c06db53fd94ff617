import type { WssRoutePath } from '../api/wssroute.generated.ts';
import type { RoutePlan } from '../route/plan.ts';
import { isSince, type Version } from '../route/version.ts';
import { type Loss, native, type Support, type Target } from './dialect.ts';
import { judgeHostWide, remarkCertificates } from './host-deciders.ts';

/**
 * What a controller whose version nobody told is taken for: the oldest of the line 5. What a version does not know is passed over
 * there without a word, and a route must not look as if it had it.
 */
export const assumedVersion: Version = { major: 5, minor: 0, patch: 0 };

/** Who decides what a host has as a whole. */
const words = { name: 'F5 NGINX', decides: 'the master that was made first' };

export function judgeRedirect(plan: RoutePlan, target: Target): Support {
  return judgeHostWide('redirect', plan, target, words) ?? native;
}

export function remarkSharedHosts(plan: RoutePlan, target: Target): readonly Loss[] {
  return remarkCertificates(plan, target, words);
}

export function judgeCookieAffinity(_plan: RoutePlan, target: Target): Support {
  return requireVersion(target, 5, 4, 'set affinity.type to SourceIP') ?? native;
}

/** There is one method for each upstream; a cookie stands beside it and sends only those who come back. */
export function judgeLeastConnections({ features }: RoutePlan): Support {
  if (features.sourceAffinity === undefined) return native;
  return {
    level: 'unsupported',
    because: 'F5 NGINX lets the hash of the address alone decide which Pod a client gets',
    cure: 'remove loadBalancing, or set affinity.type to None or Cookie',
  };
}

export function judgeTlsProfile(plan: RoutePlan, target: Target): Support {
  const missing =
    requireVersion(target, 5, 3, "set ssl-ciphers in the controller's ConfigMap and remove spec.tls.profile") ??
    judgeHostWide('tlsProfile', plan, target, words);
  if (missing !== undefined) return missing;
  if (plan.features.tlsProfile === 'Intermediate') return native;
  return {
    level: 'approximate',
    because:
      'the protocols of F5 NGINX are those of its ConfigMap; clients of TLS 1.2 are let in with the ciphers of Intermediate',
    cure: 'set ssl-protocols to "TLSv1.3" in the ConfigMap, or spec.tls.profile to Intermediate',
  };
}

/** `preload` is part of the header whatever is set (internal/configs/version1/nginx.ingress.tmpl). */
export function judgeHsts(plan: RoutePlan, target: Target): Support {
  return (
    judgeHostWide('hsts', plan, target, words) ?? {
      level: 'approximate',
      because:
        'F5 NGINX always adds preload to Strict-Transport-Security, by which browsers may list the name for good',
      cure: 'let the backend set the header and remove spec.hsts, unless the name may be listed',
    }
  );
}

/** TLS is switched on for a Service with all of its paths, so those count whose every path wants it. */
export function listEncrypted(paths: readonly WssRoutePath[]): readonly string[] {
  const plain = paths.filter(({ backendTLS }) => backendTLS === undefined).map(({ service }) => service.name);
  return listServices(paths).filter((name) => !plain.includes(name));
}

/** The Services of paths, each once. */
export function listServices(paths: readonly WssRoutePath[]): readonly string[] {
  return [...new Set(paths.map(({ service }) => service.name))].sort();
}

export function judgeBackendTLS({ hosts }: RoutePlan): Support {
  const encrypted = hosts.flatMap(({ paths }) => listEncrypted(paths));
  const mixed = hosts.flatMap(({ paths }) => {
    const wanted = paths.filter(({ backendTLS }) => backendTLS !== undefined);
    return listServices(wanted).filter((name) => !listEncrypted(paths).includes(name));
  });
  const unverified = 'F5 NGINX encrypts the way to the backend, but verifies no certificate there';
  if (mixed.length > 0) {
    const services = `Service "${[...new Set(mixed)].sort().join('", "')}"`;
    return {
      level: encrypted.length > 0 ? 'approximate' : 'unsupported',
      because:
        `F5 NGINX speaks TLS to a Service on all of its paths or on none, and some paths of ${services} want none` +
        (encrypted.length > 0 ? `; the way to the others is encrypted, and no certificate is verified there` : ''),
      cure: 'give the paths with backendTLS a Service of their own (it may select the same Pods)',
    };
  }
  return {
    level: 'approximate',
    because: `${unverified}: serverName and caRef say nothing to it`,
    cure: 'attach the route to a Gateway by spec.parentRefs, or keep the way to the Pods private',
  };
}

function requireVersion({ version }: Target, major: number, minor: number, otherwise: string): Support | undefined {
  if (isSince(version ?? assumedVersion, major, minor)) return undefined;
  const since = `${major}.${minor}`;
  const found =
    version === undefined
      ? "the operator's configuration does not tell the version"
      : `the operator's configuration tells ${version.major}.${version.minor}`;
  return {
    level: 'unsupported',
    because: `it needs F5 NGINX ${since}, and ${found}`,
    cure: `have version: "${since}" or newer set in ingressClasses[] of the configuration, where that is true; or ${otherwise}`,
  };
}
