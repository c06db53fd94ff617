import { isDeepStrictEqual } from 'node:util';
import type { ApiObject } from '../admin-client.ts';
import { type Attachment, attach, judgePolicy, resolveBackends } from './attachments.ts';
import { findParents, isProgrammed, type Listener, type Parent } from './listeners.ts';
import { byAge, gatewayGroup, keyOf, type World } from './world.ts';

export interface StatusSettings {
  readonly address: string;
  /** Names of features, as the conformance tests know them: `HTTPRouteBackendProtocolWebSocket`. */
  readonly supportedFeatures: readonly string[];
  /** RFC 3339, in whole seconds. */
  readonly now: string;
}

/** A status that is to be written. */
export interface StatusChange {
  readonly object: ApiObject;
  readonly status: ApiObject;
}

/** A condition before it is known since when it holds: `[type, holds, reason]`. */
type Finding = readonly [type: string, holds: boolean, reason: string];

/** Statuses that are not yet what they should be. Entries of other controllers stay as they are. */
export function findChanges(world: World, settings: StatusSettings): readonly StatusChange[] {
  const parents = findParents(world);
  const attachments = new Map(world.routes.map((route) => [route, attach(world, parents, route)]));
  const attached = [...attachments.values()].flat().flatMap(({ listeners }) => listeners);
  const classes = world.classes.filter(({ spec }) => spec.controllerName === world.controllerName);
  const accepted = world.backendTlsPolicies.toSorted(byAge);
  const changes: readonly StatusChange[] = [
    ...classes.map((object) => ({ object, status: classStatus(object, settings) })),
    ...parents.map((parent) => ({ object: parent.object, status: parentStatus(parent, parents, attached, settings) })),
    ...world.routes.map((object) => ({ object, status: routeStatus(world, object, attachments, settings) })),
    ...accepted.map((object, index) => {
      const { acceptance, resolution } = judgePolicy(world, object, accepted.slice(0, index));
      const findings: readonly Finding[] = [
        ['Accepted', acceptance === 'Accepted', acceptance],
        ['ResolvedRefs', resolution === 'ResolvedRefs', resolution],
      ];
      return { object, status: policyStatus(world, object, attachments, findings, settings) };
    }),
    ...world.vendorPolicies.map((object) => {
      return { object, status: policyStatus(world, object, attachments, [['Accepted', true, 'Accepted']], settings) };
    }),
  ];
  return changes.filter(({ object, status }) => {
    const kept = Object.fromEntries(Object.keys(status).map((key) => [key, object.status?.[key] ?? []]));
    return !isDeepStrictEqual(kept, status);
  });
}

function classStatus(object: ApiObject, settings: StatusSettings): ApiObject {
  return {
    conditions: write(object, object.status?.conditions, [['Accepted', true, 'Accepted']], settings),
    supportedFeatures: settings.supportedFeatures.toSorted().map((name) => ({ name })),
  };
}

function parentStatus(
  parent: Parent,
  parents: readonly Parent[],
  attached: readonly Listener[],
  settings: StatusSettings,
): ApiObject {
  const { kind, object, acceptance, listeners } = parent;
  const isUp = listeners.some(isProgrammed);
  const isAccepted = acceptance === 'Accepted';
  const isPartly = isAccepted && listeners.some((each) => each.acceptance !== 'Accepted');
  const findings: readonly Finding[] = [
    ['Accepted', isAccepted, isPartly ? 'ListenersNotValid' : acceptance],
    ['Programmed', isUp, isUp ? 'Programmed' : 'Invalid'],
  ];
  const sets = parents.filter((each) => each.kind === 'ListenerSet' && each.gateway === object);
  return {
    conditions: write(object, object.status?.conditions, findings, settings),
    ...(kind === 'Gateway' && {
      addresses: [{ type: 'IPAddress', value: settings.address }],
      attachedListenerSets: sets.filter((each) => each.acceptance === 'Accepted').length,
    }),
    listeners: listeners.map((listener) => {
      const before = object.status?.listeners?.find(({ name }: ApiObject) => name === listener.name);
      const isKnown = listener.acceptance !== 'UnsupportedProtocol';
      return {
        name: listener.name,
        supportedKinds: isKnown ? [{ group: gatewayGroup, kind: 'HTTPRoute' }] : [],
        attachedRoutes: attached.filter((each) => each === listener).length,
        conditions: write(object, before?.conditions, findOfListener(listener), settings),
      };
    }),
  };
}

function findOfListener(listener: Listener): readonly Finding[] {
  const { acceptance, resolution } = listener;
  const isConflicted = acceptance.endsWith('Conflict');
  const isUp = isProgrammed(listener);
  return [
    ['Accepted', acceptance === 'Accepted', acceptance],
    ['Conflicted', isConflicted, isConflicted ? acceptance : 'NoConflicts'],
    ['Programmed', isUp, isUp ? 'Programmed' : 'Invalid'],
    ['ResolvedRefs', resolution === 'ResolvedRefs', resolution],
  ];
}

function routeStatus(
  world: World,
  route: ApiObject,
  attachments: ReadonlyMap<ApiObject, readonly Attachment[]>,
  settings: StatusSettings,
): ApiObject {
  const { controllerName } = world;
  const before: readonly ApiObject[] = route.status?.parents ?? [];
  const resolution = resolveBackends(world, route);
  const ours = (attachments.get(route) ?? []).map(({ ref, reason }) => {
    const same = before.find(
      (each) => each.controllerName === controllerName && isDeepStrictEqual(each.parentRef, ref),
    );
    const findings: readonly Finding[] = [
      ['Accepted', reason === 'Accepted', reason],
      ['ResolvedRefs', resolution === 'ResolvedRefs', resolution],
    ];
    return { parentRef: ref, controllerName, conditions: write(route, same?.conditions, findings, settings) };
  });
  return { parents: [...before.filter((each) => each.controllerName !== controllerName), ...ours] };
}

/** The ancestors of a policy are the Gateways through which its target is reached. */
function policyStatus(
  { controllerName }: World,
  policy: ApiObject,
  attachments: ReadonlyMap<ApiObject, readonly Attachment[]>,
  findings: readonly Finding[],
  settings: StatusSettings,
): ApiObject {
  const { namespace } = policy.metadata;
  const targets: readonly ApiObject[] = policy.spec.targetRefs ?? [];
  const gateways = new Set<string>();
  for (const [route, attached] of attachments) {
    for (const { parent, listeners } of attached) {
      if (listeners.length > 0 && targets.some((target) => isTarget(target, namespace, route, parent))) {
        gateways.add(keyOf(parent.gateway));
      }
    }
  }
  const before: readonly ApiObject[] = policy.status?.ancestors ?? [];
  const ours = [...gateways].sort().map((key) => {
    const [of, name] = key.split('/');
    const ancestorRef = { group: gatewayGroup, kind: 'Gateway', namespace: of, name };
    const same = before.find(
      (each) => each.controllerName === controllerName && isDeepStrictEqual(each.ancestorRef, ancestorRef),
    );
    return { ancestorRef, controllerName, conditions: write(policy, same?.conditions, findings, settings) };
  });
  return { ancestors: [...before.filter((each) => each.controllerName !== controllerName), ...ours] };
}

/** Whether a target of a policy in a namespace is the route, one of its Services, or its Gateway. */
function isTarget({ kind, name }: ApiObject, namespace: string, route: ApiObject, { gateway }: Parent): boolean {
  if (kind === 'Gateway') return keyOf(gateway) === `${namespace}/${name}`;
  if (kind === 'HTTPRoute') return keyOf(route) === `${namespace}/${name}`;
  const refs = (route.spec.rules ?? []).flatMap((rule: ApiObject) => rule.backendRefs ?? []);
  return refs.some((ref: ApiObject) => {
    return ref.name === name && (ref.namespace ?? route.metadata.namespace) === namespace;
  });
}

/** The time of a condition moves with its status only. Conditions of other types stay. */
function write(
  { metadata }: ApiObject,
  before: readonly ApiObject[] = [],
  findings: readonly Finding[],
  { now }: StatusSettings,
): readonly ApiObject[] {
  const ours = findings.map(([type, holds, reason]) => {
    const status = holds ? 'True' : 'False';
    const same = before.find((each) => each.type === type && each.status === status);
    const lastTransitionTime = same?.lastTransitionTime ?? now;
    return { type, status, reason, message: '', observedGeneration: metadata.generation, lastTransitionTime };
  });
  const others = before.filter((each) => !findings.some(([type]) => type === each.type));
  // Those that the API server itself has put there say that nobody has looked at the object yet.
  return [...others.filter(({ reason }) => reason !== 'Pending'), ...ours];
}
