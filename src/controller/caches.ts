import {
  certificateKind,
  certificateRequestKind,
  challengeKind,
  configMapKind,
  ingressClassKind,
  ingressKind,
  type Kind,
  orderKind,
  serviceKind,
  wssRouteKind,
} from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { Reflector, type ReflectorOptions, type ReflectorState } from '../kube/reflector.ts';
import type { Transport } from '../kube/transport.ts';
import { managedBy } from '../route/children.ts';
import { isServed, knowsEveryController, type Policy } from '../route/policy.ts';
import type {
  ObservedCertificate,
  ObservedCertificateRequest,
  ObservedChallenge,
  ObservedChild,
  ObservedIngress,
  ObservedIngressClass,
  ObservedOrder,
  ObservedService,
} from '../state/observed.ts';
import {
  projectCertificate,
  projectChild,
  projectIngress,
  projectIngressClass,
  projectService,
} from '../state/project.ts';
import { projectChallenge, projectOrder } from '../state/project-acme.ts';
import { projectCertificateRequest } from '../state/project-issuance.ts';
import { projectRoute } from '../state/project-route.ts';
import { type Cache, filterCache } from './cache.ts';
import { FederatedReflector } from './federated-reflector.ts';
import { createParentCaches, type ParentCaches } from './parent-caches.ts';
import type { Triggers } from './triggers.ts';

/** What is known of the cluster: every kind that is watched, as the slim form that decisions need. */
export interface Caches {
  /** Those that are served; routes of other classes are as if they were not there. */
  readonly routes: Cache<WssRoute>;
  readonly ingresses: Cache<ObservedIngress>;
  readonly certificates: Cache<ObservedCertificate>;
  readonly certificateRequests: Cache<ObservedCertificateRequest>;
  readonly orders: Cache<ObservedOrder>;
  readonly challenges: Cache<ObservedChallenge>;
  /** Only those that have the operator's label. */
  readonly configMaps: Cache<ObservedChild>;
  /** Absent where the policy says of each class whose it is. */
  readonly ingressClasses?: Cache<ObservedIngressClass>;
  readonly services: Cache<ObservedService>;
  /** Absent where routes may not be attached to Gateways. */
  readonly parents?: ParentCaches;
}

/** Every cache, one after the other. */
export function listCaches({ parents, ...caches }: Caches): readonly Cache<unknown>[] {
  return [...Object.values(caches), ...Object.values(parents ?? {})];
}

/** The cache of a kind that is written for routes; undefined for any other. */
export function childCacheOf(kind: string, caches: Caches): Cache<ObservedChild> | undefined {
  const { ingresses, certificates, configMaps, parents } = caches;
  const own: readonly Cache<ObservedChild>[] = [ingresses, certificates, configMaps];
  const others: readonly Cache<ObservedChild>[] =
    parents === undefined
      ? []
      : [
          ...[parents.httpRoutes, parents.listenerSets, parents.backendTlsPolicies],
          ...[parents.backendTrafficPolicies, parents.proxySettingsPolicies],
        ];
  return [...own, ...others].find((cache) => cache.kind.kind === kind);
}

export interface CacheOptions {
  readonly transport: Transport;
  /** Empty: every namespace. */
  readonly namespaces: readonly string[];
  readonly policy: Policy;
  readonly triggers: Triggers;
  readonly onState: (kind: Kind, state: ReflectorState) => void;
  readonly onError: (kind: Kind, error: unknown) => void;
  /** A route was seen that is of a class of somebody else. */
  readonly onPassedOver: (routeKey: string) => void;
}

export function createCaches(options: CacheOptions): Caches {
  const { transport, namespaces, policy, triggers, onState, onError, onPassedOver } = options;
  type OnChange<T> = (key: string, before: T | undefined, after: T | undefined) => void;
  type Selection<T> = Pick<ReflectorOptions<T>, 'labelSelector'>;

  function reflect<T>(
    kind: Kind,
    project: (object: KubeObject) => T,
    onChange: OnChange<T>,
    selection?: Selection<T>,
  ): Cache<T> {
    const [namespace, ...others] = kind.isNamespaced ? namespaces : [];
    const settings = configure(kind, project, onChange, selection);
    if (others.length > 0) return new FederatedReflector(namespaces, settings);
    return new Reflector(namespace === undefined ? settings : { ...settings, namespace });
  }

  function reflectAll<T>(kind: Kind, project: (object: KubeObject) => T, onChange: OnChange<T>): Cache<T> {
    return new Reflector(configure(kind, project, onChange));
  }

  function configure<T>(
    kind: Kind,
    project: (object: KubeObject) => T,
    onChange: OnChange<T>,
    selection?: Selection<T>,
  ): ReflectorOptions<T> {
    return {
      ...{ transport, kind, ...selection, project, onChange },
      onState: (state) => onState(kind, state),
      onError: (error) => onError(kind, error),
    };
  }

  function isOurs(route: WssRoute): boolean {
    return isServed(policy, route.spec);
  }

  function reflectRoutes(): Cache<WssRoute> {
    const routes = reflect(wssRouteKind, projectRoute, (key, before, after) => {
      const isKnown = before !== undefined && isOurs(before);
      const ours = after !== undefined && isOurs(after) ? after : undefined;
      if (isKnown || ours !== undefined) triggers.routeChanged(key, ours);
      else if (after !== undefined) onPassedOver(key);
    });
    return policy.classes.size === 0 && policy.servesGateways ? routes : filterCache(routes, isOurs);
  }

  return {
    routes: reflectRoutes(),
    ingresses: reflect(ingressKind, projectIngress, (...change) =>
      triggers.servingChanged(ingressKind.kind, ...change),
    ),
    certificates: reflect(certificateKind, projectCertificate, (...change) => triggers.certificateChanged(...change)),
    certificateRequests: reflect(certificateRequestKind, projectCertificateRequest, (...change) =>
      triggers.issuance.certificateRequestChanged(...change),
    ),
    orders: reflect(orderKind, projectOrder, (...change) => triggers.issuance.orderChanged(...change)),
    challenges: reflect(challengeKind, projectChallenge, (...change) => triggers.issuance.challengeChanged(...change)),
    configMaps: reflect(
      configMapKind,
      projectChild,
      (...change) => triggers.childChanged(configMapKind.kind, ...change),
      { labelSelector: `${managedBy.label}=${managedBy.value}` },
    ),
    ...(!knowsEveryController(policy) && {
      ingressClasses: reflect(ingressClassKind, projectIngressClass, (key) =>
        triggers.objectChanged('IngressClass', key),
      ),
    }),
    services: reflect(serviceKind, projectService, (key) => triggers.objectChanged('Service', key)),
    ...(policy.servesGateways && { parents: createParentCaches(reflect, reflectAll, triggers) }),
  };
}
