import { describeAttachment } from '../route/attachment.ts';
import type { Parent } from '../route/parent.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Loss, Target } from './dialect.ts';
import { findBackend, isEncrypted, listBackends } from './gateway-api-backends.ts';
import { allowsRoutes, covers, listSecure, parentOf } from './gateway-api-listeners.ts';
import { findVendor, hasFeature } from './gateway-api-vendors.ts';

/** What is not as it should be around the route: Services, listeners and the implementation. */
export function findRemarks(plan: RoutePlan, target: Target): readonly Loss[] {
  const { parent } = target;
  if (parent === undefined) return [];
  return [
    ...remarkProtocols(plan, target),
    ...remarkBackendTls(plan, target),
    ...remarkRivals(plan, target),
    ...remarkFeatures(plan, parent),
    ...remarkCertificates(plan, parent),
  ];
}

/**
 * `appProtocol` says that a port speaks WebSocket (GEP-1911). Left out it must not stop an upgrade, but implementations differ: Envoy
 * Gateway speaks HTTP/1.1 to the backend for certain only with it, and one they do not know makes them refuse the route.
 */
function remarkProtocols(plan: RoutePlan, target: Target): readonly Loss[] {
  const namespace = plan.route.metadata.namespace ?? 'NAMESPACE';
  return listBackends(plan, target).flatMap(({ service, port, known, backendTLS }) => {
    const wanted = backendTLS === undefined ? 'kubernetes.io/ws' : 'kubernetes.io/wss';
    if (known === undefined || known.appProtocol === wanted) return [];
    const patch = JSON.stringify({ spec: { ports: [{ port, appProtocol: wanted }] } });
    const found = known.appProtocol === '' ? 'no appProtocol' : `appProtocol "${known.appProtocol}"`;
    return [
      {
        field: 'spec.paths[].service',
        level: 'approximate',
        because: `port ${port} of Service "${service}" has ${found}, so the implementation is not told that it speaks WebSocket`,
        cure: `kubectl patch service ${service} -n ${namespace} -p '${patch}'`,
      } as const,
    ];
  });
}

/** One policy holds for a port of a Service, so that paths cannot differ. */
function remarkBackendTls({ hosts }: RoutePlan, target: Target): readonly Loss[] {
  const wanted = new Map<string, Set<string>>();
  for (const path of hosts.flatMap(({ paths }) => paths)) {
    const backend = findBackend(path, target);
    if (backend === undefined) continue;
    const key = `port ${backend.port} of Service "${backend.service}"`;
    wanted.set(key, (wanted.get(key) ?? new Set()).add(JSON.stringify(path.backendTLS ?? null)));
  }
  const differing = [...wanted].filter(([, texts]) => texts.size > 1).map(([key]) => key);
  return differing.sort().map((key) => ({
    field: 'spec.paths[].backendTLS',
    level: 'approximate',
    because: `paths to ${key} want different ones, and a Gateway has one for each port of a Service; that of the first path that has one is used`,
    cure: 'write the same into each of these paths, or give each a port of its own',
  }));
}

/** Of several policies for a port the oldest holds (BackendTLSPolicy, `targetRefs`), and the others are in conflict. */
function remarkRivals(plan: RoutePlan, target: Target): readonly Loss[] {
  const [rival] = target.backendTlsRivals ?? [];
  const isAsked = plan.hosts.some(({ paths }) => paths.some((path) => isEncrypted(path, target)));
  if (rival === undefined || !isAsked) return [];
  return [
    {
      field: 'spec.paths[].backendTLS',
      level: 'approximate',
      because: `WssRoute ${rival} wants another one of the same port of a Service, and a Gateway has one for all routes: that of the older policy is used`,
      cure: 'write the same in both routes, or give each a Service of its own (they may select the same Pods)',
    },
  ];
}

function remarkFeatures(plan: RoutePlan, parent: Parent): readonly Loss[] {
  const { name } = findVendor(parent);
  const losses: Loss[] = [];
  if (hasFeature(parent, 'HTTPRouteBackendProtocolWebSocket') === false) {
    losses.push({
      field: 'spec.parentRefs',
      level: 'approximate',
      because: `the GatewayClass of ${name} does not tell the feature HTTPRouteBackendProtocolWebSocket`,
      cure: 'try whether a WebSocket opens (`wss probe`); if none does, use another GatewayClass',
    });
  }
  if (parentOf(plan).createsListener && hasFeature(parent, 'ListenerSet') === false) {
    losses.push({
      field: 'spec.parentRefs[].createListener',
      level: 'approximate',
      because: `the GatewayClass of ${name} does not tell the feature ListenerSet`,
      cure: 'add the listeners to the Gateway, and leave createListener out, if the ListenerSet is not accepted',
    });
  }
  return losses;
}

/** Clients are shown what the listener has. */
function remarkCertificates(plan: RoutePlan, parent: Parent): readonly Loss[] {
  const { createsListener, namespace: parentNamespace } = parentOf(plan);
  if (createsListener) return [];
  const namespace = plan.route.metadata.namespace ?? '';
  const own = `${namespace}/${plan.secretName}`;
  return listSecure(plan, parent)
    .filter(
      (listener) =>
        plan.hosts.some(({ host }) => covers(listener.hostname, host)) &&
        allowsRoutes(listener, plan) &&
        listener.ungranted.length === 0 &&
        !listener.secrets.includes(own),
    )
    .map(({ name, secrets }) => {
      const reference = `{name: ${plan.secretName}${parentNamespace === namespace ? '' : `, namespace: ${namespace}`}}`;
      const shown = secrets.length === 0 ? 'one of its own' : `that of Secret ${secrets.join(', ')}`;
      return {
        field: 'spec.tls',
        level: 'unsupported',
        because: `listener ${name} of ${describeAttachment(plan.attachment)} shows clients ${shown}, not the certificate of the route (Secret ${own})`,
        cure: `add ${reference} to its tls.certificateRefs${parentNamespace === namespace ? '' : ' and permit it by a ReferenceGrant'}, set createListener, or share the listener's certificate by tls.secretName or tls.certificateRef`,
      };
    });
}
