import { readCiphers } from './ciphers.ts';
import { readCommunityAffinity } from './community-affinity.ts';
import { findBackendTLS, readCommunityBackend } from './community-backend.ts';
import { findCommunityBars } from './community-bars.ts';
import { readCommunityLimits } from './community-limits.ts';
import { communityRest } from './community-rest.ts';
import { readCommunityTimeouts } from './community-timeouts.ts';
import type { IngressPath } from './ingress.ts';
import { readNetworks } from './networks.ts';
import { encrypt, readPlainPath, refuse } from './paths.ts';
import type { FeatureContext, PathPart, PathReading, Reader } from './reader.ts';
import { type Annotations, assume, carry, drop, leave, pick, type Reading } from './reading.ts';
import { parseTruth } from './times.ts';

/** The community controller, https://github.com/kubernetes/ingress-nginx. */
export const community: Reader = {
  controller: 'k8s.io/ingress-nginx',
  title: 'ingress-nginx',
  prefix: 'nginx.ingress.kubernetes.io/',
  matchesTLSExactly: false,
  findBars: findCommunityBars,
  readPath: readCommunityPath,
  readFeatures: (annotations, context) => [
    ...readCommunityTimeouts(annotations),
    ...readRedirect(annotations, context),
    ...readCommunityAffinity(annotations, context),
    ...readCommunityLimits(annotations),
    ...readSources(annotations),
    ...readCommunityBackend(annotations),
    ...readCiphers(annotations, true),
    ...readRewrite(annotations),
  ],
  findDoubt,
  rest: communityRest,
};

const signs =
  /(^|[/._-])(ws|wss|websockets?|sockets?|socket\.io|sockjs|engine\.io|hubs?|signalr|cable|live|realtime|mqtt|stomp|graphql|connection|api\/live)([/._-]|$)/i;
const settings = ['proxy-read-timeout', 'proxy-send-timeout', 'affinity', 'upstream-hash-by', 'websocket-services'];

/** ingress-nginx upgrades on every path, so an Ingress need not say that it is for a WebSocket. */
function findDoubt(annotations: Annotations, paths: readonly PathPart[]): string | undefined {
  const isSet =
    pick(annotations, settings).length > 0 || /\bupgrade\b/i.test(annotations.get('configuration-snippet') ?? '');
  if (isSet || paths.some(({ path = '' }) => signs.test(path))) return undefined;
  return 'nothing in it tells that it is for a WebSocket: leave the route out if it is not, for a route is Ready only when one opens';
}

/**
 * With use-regex, or a rewrite that changes something, nginx takes all paths of the host for regular expressions without regard to case
 * (`enforceRegexModifier` in internal/ingress/controller/template/template.go).
 */
function readCommunityPath(path: IngressPath, annotations: Annotations): PathReading {
  const target = annotations.get('rewrite-target');
  const isRewritten = target !== undefined && target !== '' && target !== (path.path ?? '/');
  if (isRewritten) {
    const because = `it is rewritten to ${target}, and a route hands paths on as they are`;
    return refuse(because, 'let the backend serve the path that clients ask for, or keep this Ingress for it');
  }
  if (parseTruth(annotations.get('use-regex')) === true) {
    return refuse(
      'it is a regular expression',
      'write out the paths in spec.paths of a route, or keep this Ingress for it',
    );
  }
  const reading = readPlainPath(path, { isElementwise: true });
  const backendTLS = findBackendTLS(annotations, path.backend?.service?.name ?? '');
  return encrypt(reading, backendTLS);
}

function readRewrite(annotations: Annotations): readonly Reading[] {
  const readings: Reading[] = [];
  const cure = 'keep this Ingress for these paths';
  if (annotations.get('rewrite-target') !== undefined) {
    readings.push(drop('rewrite-target', 'what it rewrites is left over, and what it does not is as it was'));
  }
  const isRegex = parseTruth(annotations.get('use-regex'));
  if (isRegex === false) readings.push(drop('use-regex', "it is ingress-nginx's default"));
  if (isRegex === true) readings.push(leave('use-regex', 'the paths of a route are no regular expressions', cure));
  return readings;
}

/** `force_ssl_redirect or (certificate and ssl_redirect)`, rootfs/etc/nginx/lua/lua_ingress.lua. A route always has a certificate. */
function readRedirect(annotations: Annotations, { hasTLS }: FeatureContext): readonly Reading[] {
  const names = pick(annotations, ['ssl-redirect', 'force-ssl-redirect']);
  const isForced = parseTruth(annotations.get('force-ssl-redirect')) === true;
  const isWanted = parseTruth(annotations.get('ssl-redirect')) ?? true;
  if (!hasTLS && !isForced) {
    const text =
      'there was no certificate and so no redirect, and ws:// goes on working: set spec.redirect to true when every client opens wss://';
    const silent = assume('ssl-redirect', { redirect: false }, text);
    return [silent, ...names.map((name) => drop(name, 'without a certificate it had no effect'))];
  }
  if (isForced || isWanted) return names.map((name) => carry(name, 'spec.redirect', { redirect: true }));
  return names.map((name) => carry(name, 'spec.redirect', { redirect: false }));
}

function readSources(annotations: Annotations): readonly Reading[] {
  // The newer name counts where both are there (internal/ingress/annotations/parser/main.go, aliases).
  const [name, other] = pick(annotations, ['allowlist-source-range', 'whitelist-source-range']);
  if (name === undefined) return [];
  const allowedSources = readNetworks(annotations.get(name) ?? '');
  const older = other === undefined ? [] : [drop(other, `it is the older name of ${name}, which is there as well`)];
  if (allowedSources.length === 0) return [drop(name, 'it is empty, as if it were missing'), ...older];
  return [carry(name, 'spec.allowedSources', { allowedSources }), ...older];
}
