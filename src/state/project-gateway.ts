import type { KubeObject } from '../api/objects.ts';
import type { Parent } from '../route/parent.ts';
import type {
  ObservedGateway,
  ObservedGatewayClass,
  ObservedListener,
  ObservedListenerSet,
  ObservedPolicy,
  ObservedReferenceGrant,
} from './observed-gateway.ts';
import { isRoutes } from './ownership.ts';
import { projectChild } from './project.ts';
import { type ConditionShape, projectVerdicts } from './project-verdicts.ts';

interface ListenerShape {
  readonly name: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly protocol: string;
  readonly tls?: {
    readonly mode?: string;
    readonly certificateRefs?: readonly {
      readonly group?: string;
      readonly kind?: string;
      readonly namespace?: string;
      readonly name: string;
    }[];
  };
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string };
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[];
  };
}

export interface ReferenceShape {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
}

interface GatewayShape {
  readonly spec?: {
    readonly gatewayClassName?: string;
    readonly listeners?: readonly ListenerShape[];
    readonly allowedListeners?: { readonly namespaces?: { readonly from?: string } };
  };
  readonly status?: {
    readonly addresses?: readonly { readonly value?: string }[];
    readonly conditions?: readonly ConditionShape[];
  };
}

interface ListenerSetShape {
  readonly spec?: { readonly parentRef?: ReferenceShape; readonly listeners?: readonly ListenerShape[] };
  readonly status?: { readonly conditions?: readonly ConditionShape[] };
}

interface GatewayClassShape {
  readonly spec?: { readonly controllerName?: string };
  /** Names alone in releases before 1.1 of the API. */
  readonly status?: { readonly supportedFeatures?: readonly (string | { readonly name?: string })[] };
}

interface ReferenceGrantShape {
  readonly spec?: {
    readonly from?: readonly { readonly group?: string; readonly kind?: string; readonly namespace?: string }[];
    readonly to?: readonly { readonly group?: string; readonly kind?: string; readonly name?: string }[];
  };
}

interface PolicyShape {
  readonly status?: {
    readonly ancestors?: readonly {
      readonly controllerName?: string;
      readonly conditions?: readonly ConditionShape[];
    }[];
  };
}

/** What is kept of a Gateway: the count of its routes, which changes with each of them, is not. */
export function projectGateway(object: KubeObject): ObservedGateway {
  const { spec, status } = object as GatewayShape;
  const { name, namespace = '', generation } = object.metadata;
  return {
    namespace,
    name,
    className: spec?.gatewayClassName ?? '',
    listeners: (spec?.listeners ?? []).map((listener) => projectListener(listener, namespace)),
    allowsListenersFrom: readOrigin(spec?.allowedListeners?.namespaces?.from, 'None'),
    // Some implementations list the addresses of nodes, in no order.
    addresses: (status?.addresses ?? []).flatMap(({ value }) => value || []).sort(),
    verdicts: projectVerdicts(status?.conditions, generation),
  };
}

export function projectListenerSet(object: KubeObject): ObservedListenerSet {
  const { spec, status } = object as ListenerSetShape;
  const { namespace = '', generation } = object.metadata;
  return {
    ...projectChild(object),
    gateway: { namespace: spec?.parentRef?.namespace ?? namespace, name: spec?.parentRef?.name ?? '' },
    listeners: (spec?.listeners ?? []).map((listener) => projectListener(listener, namespace)),
    verdicts: projectVerdicts(status?.conditions, generation),
  };
}

export function projectGatewayClass(object: KubeObject): ObservedGatewayClass {
  const { spec, status } = object as GatewayClassShape;
  return {
    controllerName: spec?.controllerName ?? '',
    features: status?.supportedFeatures?.flatMap((each) => (typeof each === 'string' ? each : (each.name ?? []))),
  };
}

export function projectReferenceGrant(object: KubeObject): ObservedReferenceGrant {
  const { spec } = object as ReferenceGrantShape;
  return {
    namespace: object.metadata.namespace ?? '',
    from: (spec?.from ?? []).map(({ group = '', kind = '', namespace = '' }) => ({ group, kind, namespace })),
    to: (spec?.to ?? []).map(({ group = '', kind = '', name = '' }) => ({ group, kind, name })),
  };
}

/** What is kept of a policy, anybody's: the operator's own are judged. */
export function projectPolicy(object: KubeObject): ObservedPolicy {
  const { status } = object as PolicyShape;
  const child = projectChild(object);
  const ancestors = isRoutes(child) ? (status?.ancestors ?? []) : [];
  return {
    ...child,
    ancestors: ancestors.map(({ controllerName = '', conditions }) => ({
      controllerName,
      verdicts: projectVerdicts(conditions, object.metadata.generation),
    })),
  };
}

function projectListener(listener: ListenerShape, ownNamespace: string): ObservedListener {
  const { name, hostname = '', port = 0, protocol, tls, allowedRoutes } = listener;
  const kinds = allowedRoutes?.kinds ?? [];
  return {
    // Files that stand for the cluster are judged by no schema.
    name: `${name}`,
    hostname: `${hostname}`,
    port,
    protocol,
    isTerminating: protocol === 'HTTPS' && (tls?.mode ?? 'Terminate') === 'Terminate',
    takesHttpRoutes: kinds.length === 0 || kinds.some(({ kind }) => kind === 'HTTPRoute'),
    allowsRoutesFrom: readOrigin(allowedRoutes?.namespaces?.from, 'Same'),
    secrets: (tls?.certificateRefs ?? [])
      .filter(({ group = '', kind = 'Secret' }) => group === '' && kind === 'Secret')
      .map(({ namespace = ownNamespace, name: secretName }) => `${namespace}/${secretName}`),
  };
}

function readOrigin(from: string | undefined, byDefault: 'Same' | 'None'): Parent['allowsListenersFrom'] {
  return from === 'All' || from === 'Same' || from === 'Selector' || from === 'None' ? from : byDefault;
}
