import { gatewayKind, listenerSetKind } from '../api/kinds.ts';
import { formatKey, parseKey } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { attachmentsOf, formatAttachment, type ParentAttachment } from '../route/attachment.ts';
import type { Parent } from '../route/parent.ts';
import type {
  ObservedGateway,
  ObservedGatewayClass,
  ObservedListener,
  ObservedListenerSet,
  ObservedReferenceGrant,
  ParentVerdict,
} from './observed-gateway.ts';
import { describeRefusal } from './project-verdicts.ts';

/** What is known of the Gateway API's objects; keys are `namespace/name`. */
export interface ParentLookup {
  readonly gateway: (key: string) => ObservedGateway | undefined;
  readonly listenerSet: (key: string) => ObservedListenerSet | undefined;
  readonly gatewayClass: (name: string) => ObservedGatewayClass | undefined;
  readonly grantsIn: (namespace: string) => Iterable<ObservedReferenceGrant>;
}

/** The Gateways and ListenerSets that a route names, as far as they exist, by `formatAttachment`. */
export function resolveParents(route: WssRoute, lookup: ParentLookup): ReadonlyMap<string, Parent> {
  const parents = new Map<string, Parent>();
  for (const attachment of attachmentsOf(route)) {
    if (attachment.kind === 'IngressClass') continue;
    const parent = resolveParent(attachment, lookup);
    if (parent !== undefined) parents.set(formatAttachment(attachment), parent);
  }
  return parents;
}

/** The Gateways and ListenerSets that a route names, as `Kind namespace/name`. */
export function listParentNames(route: WssRoute): readonly string[] {
  const names = attachmentsOf(route).flatMap((attachment) =>
    attachment.kind === 'IngressClass' ? [] : [`${attachment.kind} ${formatKey(attachment)}`],
  );
  return [...new Set(names)];
}

function resolveParent({ kind, ...key }: ParentAttachment, lookup: ParentLookup): Parent | undefined {
  if (kind === 'Gateway') {
    const gateway = lookup.gateway(formatKey(key));
    return gateway && describe(gateway, gateway.listeners, kind, key.namespace, gateway, lookup);
  }
  const set = lookup.listenerSet(formatKey(key));
  if (set === undefined) return undefined;
  const gateway = lookup.gateway(formatKey(set.gateway));
  return describe(set, set.listeners, kind, key.namespace, gateway, lookup);
}

function describe(
  { verdicts, ...parent }: ObservedGateway | ObservedListenerSet,
  listeners: readonly ObservedListener[],
  kind: 'Gateway' | 'ListenerSet',
  namespace: string,
  gateway: ObservedGateway | undefined,
  lookup: ParentLookup,
): Parent {
  const key = 'gateway' in parent ? parent.gateway : { namespace: parent.namespace, name: parent.name };
  const gatewayClass = gateway && lookup.gatewayClass(gateway.className);
  const trouble = findTrouble(`${kind} ${namespace}/${parent.name}`, verdicts);
  return {
    controllerName: gatewayClass?.controllerName ?? '',
    features: gatewayClass?.features && new Set(gatewayClass.features),
    listeners: listeners.map((listener) => ({
      ...listener,
      ungranted: listUngranted(listener, kind, namespace, lookup),
    })),
    allowsListenersFrom: gateway?.allowsListenersFrom ?? 'None',
    addresses: gateway?.addresses ?? [],
    gateway: key,
    ...(gateway === undefined && { missing: `Gateway ${key.namespace}/${key.name}` }),
    ...(gateway !== undefined && gatewayClass === undefined && { missing: `GatewayClass "${gateway.className}"` }),
    ...(trouble !== undefined && { trouble }),
  };
}

/** What an implementation has against the present generation of a Gateway or ListenerSet. */
export function findTrouble(what: string, verdicts: readonly ParentVerdict[]): string | undefined {
  for (const type of ['Accepted', 'Programmed']) {
    const verdict = verdicts.find((each) => each.type === type && each.isCurrent);
    // A Gateway that nobody has looked at yet has "Unknown" by default, with the reason "Pending".
    if (verdict?.status === 'False') return describeRefusal(what, verdict);
  }
  return undefined;
}

/** https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
function listUngranted(
  { secrets }: ObservedListener,
  kind: 'Gateway' | 'ListenerSet',
  namespace: string,
  { grantsIn }: ParentLookup,
): readonly string[] {
  const { group } = kind === 'Gateway' ? gatewayKind : listenerSetKind;
  return secrets.filter((secret) => {
    const target = parseKey(secret);
    if (target.namespace === namespace) return false;
    return ![...grantsIn(target.namespace)].some(
      ({ from, to }) =>
        from.some((each) => each.group === group && each.kind === kind && each.namespace === namespace) &&
        to.some(
          (each) => each.group === '' && each.kind === 'Secret' && (each.name === '' || each.name === target.name),
        ),
    );
  });
}
