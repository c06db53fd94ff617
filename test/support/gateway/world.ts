import type { ApiObject } from '../admin-client.ts';

/** Everything that a data plane of Gateway API decides by. */
export interface World {
  /** Of the GatewayClasses that are played. */
  readonly controllerName: string;
  readonly classes: readonly ApiObject[];
  readonly gateways: readonly ApiObject[];
  readonly listenerSets: readonly ApiObject[];
  readonly routes: readonly ApiObject[];
  readonly backendTlsPolicies: readonly ApiObject[];
  /** Policies of vendors that target a Gateway or an HTTPRoute. */
  readonly vendorPolicies: readonly ApiObject[];
  readonly grants: readonly ApiObject[];
  readonly namespaces: readonly ApiObject[];
  readonly services: readonly ApiObject[];
  readonly secrets: readonly ApiObject[];
  readonly configMaps: readonly ApiObject[];
}

export const gatewayGroup = 'gateway.networking.k8s.io';

export function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

export function findByKey(objects: readonly ApiObject[], key: string): ApiObject | undefined {
  return objects.find((object) => keyOf(object) === key);
}

/** The oldest first; those of one second by namespace and name. */
export function byAge(left: ApiObject, right: ApiObject): number {
  const [a, b] = [left, right].map((object) => `${object.metadata.creationTimestamp} ${keyOf(object)}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

/** An end of a reference across namespaces: its kind, and where it is. */
export interface End {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
}

/** A reference to another namespace needs a ReferenceGrant there. */
export function isGranted({ grants }: World, from: End, to: End & { readonly name: string }): boolean {
  if (from.namespace === to.namespace) return true;
  return grants.some(({ metadata, spec }) => {
    if (metadata.namespace !== to.namespace) return false;
    const isFrom = (each: ApiObject) =>
      each.group === from.group && each.kind === from.kind && each.namespace === from.namespace;
    const isTo = (each: ApiObject) =>
      each.group === to.group && each.kind === to.kind && (each.name === undefined || each.name === to.name);
    return spec.from.some(isFrom) && spec.to.some(isTo);
  });
}

/** Whether what is in one namespace may attach to what is in another; None is the default of ListenerSets, Same that of routes. */
export function isAllowedFrom(world: World, rule: ApiObject | undefined, owner: string, guest: string): boolean {
  switch (rule?.from) {
    case 'All':
      return true;
    case 'Same':
      return owner === guest;
    case 'Selector': {
      const labels = world.namespaces.find(({ metadata }) => metadata.name === guest)?.metadata.labels ?? {};
      return matchesSelector(rule.selector ?? {}, labels);
    }
    default:
      return false;
  }
}

function matchesSelector(
  { matchLabels = {}, matchExpressions = [] }: ApiObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  const matches = ({ key, operator, values = [] }: ApiObject) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    return operator === 'In' ? values.includes(value) : !values.includes(value);
  };
  const equals = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return equals && matchExpressions.every(matches);
}

/** Whether two hostnames have a name in common; a wildcard stands for any number of labels. Undefined is every name. */
export function intersects(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined || left === right) return true;
  const [a, b] = [left, right].map((each) => (each.startsWith('*.') ? each.slice(1) : undefined));
  if (a !== undefined && b !== undefined) return a.endsWith(b) || b.endsWith(a);
  if (a !== undefined) return right.endsWith(a);
  return b !== undefined && left.endsWith(b);
}
