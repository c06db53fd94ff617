import { gatewayKind, listenerSetKind } from '../api/kinds.ts';
import { parseKey } from '../api/objects.ts';
import { describeAttachment } from '../route/attachment.ts';
import type { Listener, Parent } from '../route/parent.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Obstacle, Target } from './dialect.ts';
import { findUnresolved } from './gateway-api-backends.ts';
import { allowsRoutes, covers, listSecure, parentOf, planListeners } from './gateway-api-listeners.ts';

/** Why nothing can be written for a plan, and what to write so that it can. */
export function findObstacle(plan: RoutePlan, target: Target): Obstacle | undefined {
  const { parent } = target;
  if (parent === undefined) return undefined;
  const what = describeAttachment(plan.attachment);
  if (parent.missing !== undefined) {
    return { reason: 'GatewayNotFound', message: `${what} needs ${parent.missing}, which is not in the cluster` };
  }
  const own = parentOf(plan).createsListener ? judgeListenerSet(plan, parent) : judgeListeners(plan, parent, what);
  return own ?? findUnresolved(plan, target);
}

/** https://gateway-api.sigs.k8s.io/api-types/listenerset/: without `allowedListeners` a Gateway takes none. */
function judgeListenerSet(plan: RoutePlan, parent: Parent): Obstacle | undefined {
  const { namespace, name } = parentOf(plan);
  const { allowsListenersFrom: from } = parent;
  const isNear = namespace === (plan.route.metadata.namespace ?? '');
  const isAllowed = from === 'All' || from === 'Selector' || (from === 'Same' && isNear);
  if (isAllowed) return judgeElders(plan) ?? judgeConflict(plan, parent);
  const taken = from === 'None' ? 'no ListenerSets' : 'ListenerSets of its own namespace only';
  const message =
    `Gateway ${namespace}/${name} takes ${taken}: write into its spec: ` +
    `allowedListeners: {namespaces: {from: ${isNear ? 'Same' : 'All'}}}, or leave createListener out`;
  return { reason: 'NotAllowedByListeners', message };
}

/**
 * A listener for a host takes all of it from those whose name is wider, and from the routes there: nobody does that to an older route. Of
 * two ListenerSets with one hostname and port the older one has it (GEP-1713, listener precedence).
 */
function judgeElders(plan: RoutePlan): Obstacle | undefined {
  const shared = plan.hosts.find(({ rank }) => rank > 0);
  if (shared === undefined) return undefined;
  const message =
    `an older route serves ${shared.host === '' ? 'any host' : shared.host} at ${describeAttachment(plan.attachment)}, and a listener of its own ` +
    'would take the host from it: attach this route to the listener or ListenerSet (kind: ListenerSet) of the older one, leave createListener out, ' +
    'or write the paths of both into one route';
  return { reason: 'HostClaimed', message };
}

/** A Gateway's own listener goes before that of a ListenerSet, which is then Conflicted (GEP-1713, listener precedence). */
function judgeConflict(plan: RoutePlan, parent: Parent): Obstacle | undefined {
  for (const own of planListeners(plan, parent)) {
    const other = parent.listeners.find(({ hostname, port }) => hostname === own.hostname && port === own.port);
    if (other === undefined) continue;
    const { namespace, name } = parentOf(plan);
    const host = own.hostname === '' ? 'any host' : own.hostname;
    const message =
      `Gateway ${namespace}/${name} has a listener for ${host} at port ${own.port} itself (${other.name}): ` +
      'leave createListener out to use it, or have it removed';
    return { reason: 'NotAllowedByListeners', message };
  }
  return undefined;
}

function judgeListeners(plan: RoutePlan, parent: Parent, what: string): Obstacle | undefined {
  const secure = listSecure(plan, parent);
  for (const { host } of plan.hosts) {
    const fitting = secure.filter(({ hostname }) => covers(hostname, host));
    if (fitting.length === 0) return describeUnmatched(plan, parent, what, host);
    const allowed = fitting.filter((listener) => allowsRoutes(listener, plan));
    if (allowed.length === 0) return describeForbidden(plan, what, host, fitting);
    if (allowed.every(({ ungranted }) => ungranted.length > 0)) return describeUngranted(plan, what, allowed);
  }
  return undefined;
}

function describeUnmatched(plan: RoutePlan, { listeners }: Parent, what: string, host: string): Obstacle {
  const { kind, sectionName } = parentOf(plan);
  const secret = plan.secretName;
  const named = sectionName === undefined ? 'no HTTPS listener' : `no HTTPS listener "${sectionName}"`;
  const present = listeners.map(
    ({ name, protocol, hostname }) => `${name} (${protocol}${hostname === '' ? '' : ` ${hostname}`})`,
  );
  const line =
    `{name: wss, protocol: HTTPS, port: 443, ${host === '' ? '' : `hostname: "${host}", `}` +
    `tls: {certificateRefs: [{name: ${secret}, namespace: ${plan.route.metadata.namespace ?? 'NAMESPACE'}}]}, ` +
    'allowedRoutes: {namespaces: {from: All}}}';
  const otherwise = kind === 'Gateway' ? ', or set createListener: true in the route' : '';
  return {
    reason: 'NoMatchingListener',
    message:
      `${what} has ${named} that ends TLS and takes HTTPRoutes for ${host === '' ? 'any host' : host}; ` +
      `it has ${present.length === 0 ? 'none at all' : present.join(', ')}: add to its spec.listeners ${line}${otherwise}`,
  };
}

function describeForbidden(plan: RoutePlan, what: string, host: string, fitting: readonly Listener[]): Obstacle {
  const names = fitting.map(({ name }) => name).join(', ');
  const own = plan.route.metadata.namespace ?? '';
  return {
    reason: 'NotAllowedByListeners',
    message:
      `${what} has listeners for ${host === '' ? 'any host' : host} (${names}), which take no routes from namespace "${own}": ` +
      'write into one of them: allowedRoutes: {namespaces: {from: All}}, or a selector for the namespace',
  };
}

/** A listener whose certificate may not be used is not programmed (Listener condition ResolvedRefs, RefNotPermitted). */
function describeUngranted(plan: RoutePlan, what: string, listeners: readonly Listener[]): Obstacle {
  const { kind, namespace } = parentOf(plan);
  const [listener] = listeners;
  const secret = parseKey(listener?.ungranted[0] ?? '/');
  const { group } = kind === 'Gateway' ? gatewayKind : listenerSetKind;
  const grant =
    `{apiVersion: gateway.networking.k8s.io/v1, kind: ReferenceGrant, metadata: {name: ${secret.name}, namespace: ${secret.namespace}}, ` +
    `spec: {from: [{group: ${group}, kind: ${kind}, namespace: ${namespace}}], to: [{group: "", kind: Secret, name: ${secret.name}}]}}`;
  return {
    reason: 'RefNotPermitted',
    message:
      `listener ${listener?.name} of ${what} uses Secret ${secret.namespace}/${secret.name}, ` +
      `which no ReferenceGrant of namespace "${secret.namespace}" permits: apply ${grant}`,
  };
}
