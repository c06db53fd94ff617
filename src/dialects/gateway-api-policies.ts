import {
  apiVersionOf,
  backendTlsPolicyKind,
  backendTrafficPolicyKind,
  httpRouteKind,
  type Kind,
  proxySettingsPolicyKind,
} from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { describeChild } from '../route/children.ts';
import { nameOneOf, numberName } from '../route/names.ts';
import type { Parent } from '../route/parent.ts';
import type { Features, RoutePlan } from '../route/plan.ts';
import type { Target } from './dialect.ts';
import { type Backend, isEncrypted, listBackends } from './gateway-api-backends.ts';
import { nameBase } from './gateway-api-listeners.ts';
import { formatSpan, roundForNginx } from './gateway-api-spans.ts';
import { findVendor } from './gateway-api-vendors.ts';

/** Of the CRD of NGINX Gateway Fabric; Envoy Gateway's has no limit, and takes as many. */
const targetsPerPolicy = 16;

/** What the API has no words for, in the policies of the implementation, for the HTTPRoutes that lead to the backends. */
export function emitPolicies(plan: RoutePlan, parent: Parent, routes: readonly KubeObject[]): readonly KubeObject[] {
  const { policies } = findVendor(parent);
  if (policies === undefined) return [];
  const kind = policies === 'envoy-gateway' ? backendTrafficPolicyKind : proxySettingsPolicyKind;
  const settings = policies === 'envoy-gateway' ? describeTraffic(plan.features) : describeProxying(plan.features);
  const count = Math.ceil(routes.length / targetsPerPolicy);
  return Array.from({ length: count }, (_, index) => {
    const targets = routes.slice(index * targetsPerPolicy, (index + 1) * targetsPerPolicy);
    const targetRefs = targets.map(({ metadata: { name } }) => ({
      group: httpRouteKind.group,
      kind: httpRouteKind.kind,
      name,
    }));
    return describePolicy(kind, plan, numberName(nameBase(plan), index), { targetRefs, ...settings });
  });
}

/**
 * How the proxy speaks to backends that speak wss:// themselves: one policy for each port of a Service, whatever the attachment.
 */
export function emitBackendTls(plan: RoutePlan, target: Target): readonly KubeObject[] {
  return listBackends(plan, target).flatMap((backend) => {
    const { backendTLS, service, port, known } = backend;
    if (backendTLS === undefined || !isEncrypted(backend, target)) return [];
    const name = nameOneOf(plan.route.metadata.name, service, `${service}:${port}`);
    const targetRef = { group: '', kind: 'Service', name: service, ...(known?.name && { sectionName: known.name }) };
    const validation = describeValidation(backendTLS);
    return [describePolicy(backendTlsPolicyKind, plan, name, { targetRefs: [targetRef], validation })];
  });
}

function describeValidation({ serverName, caRef }: NonNullable<Backend['backendTLS']>): object {
  if (caRef === undefined) return { hostname: serverName, wellKnownCACertificates: 'System' };
  return { hostname: serverName, caCertificateRefs: [{ group: '', kind: caRef.kind, name: caRef.name }] };
}

/** A policy of the whole Gateway goes on holding for what this one does not say (`mergeType`). */
function describeTraffic(features: Features): object {
  const { idleTimeout, connectTimeout } = features;
  return {
    mergeType: 'StrategicMerge',
    timeout: {
      http: { streamIdleTimeout: formatSpan(idleTimeout) },
      tcp: { connectTimeout: formatSpan(connectTimeout) },
    },
    loadBalancer: describeBalancing(features),
  };
}

/** Envoy Gateway balances by LeastRequest where it is told nothing. */
function describeBalancing({ cookieAffinity, sourceAffinity, leastConnections }: Features): object {
  if (cookieAffinity !== undefined) {
    const { name, maxAgeSeconds = 0 } = cookieAffinity;
    // Without a ttl Envoy hashes a cookie that it never makes; one of 0 s goes when the browser closes.
    const ttl = maxAgeSeconds === 0 ? '0s' : formatSpan(maxAgeSeconds);
    // The page that opens the socket may be on another site, and then only SameSite=None; Secure is sent.
    const attributes = { Path: '/', SameSite: 'None', Secure: '' };
    return { type: 'ConsistentHash', consistentHash: { type: 'Cookie', cookie: { name, ttl, attributes } } };
  }
  if (sourceAffinity) return { type: 'ConsistentHash', consistentHash: { type: 'SourceIP' } };
  return { type: leastConnections ? 'LeastRequest' : 'RoundRobin' };
}

function describeProxying({ idleTimeout, connectTimeout }: Features): object {
  const idle = roundForNginx(idleTimeout).text;
  return { timeout: { connect: roundForNginx(connectTimeout).text, read: idle, send: idle } };
}

function describePolicy(kind: Kind, { route }: RoutePlan, name: string, spec: object): KubeObject {
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { ...describeChild(route), name },
    spec,
  };
}
