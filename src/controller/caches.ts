import { certificateKind, ingressClassKind, ingressKind, type Kind, serviceKind, wssRouteKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { Reflector, type ReflectorState } from '../kube/reflector.ts';
import type { Transport } from '../kube/transport.ts';
import type { ObservedCertificate, ObservedIngress, ObservedIngressClass, ObservedService } from '../state/observed.ts';
import { projectCertificate, projectIngress, projectIngressClass, projectService } from '../state/project.ts';
import type { Triggers } from './triggers.ts';

/** What is known of the cluster: every kind that is watched, as the slim form that decisions need. */
export interface Caches {
  readonly routes: Reflector<WssRoute>;
  readonly ingresses: Reflector<ObservedIngress>;
  readonly certificates: Reflector<ObservedCertificate>;
  readonly ingressClasses: Reflector<ObservedIngressClass>;
  readonly services: Reflector<ObservedService>;
}

export interface CacheOptions {
  readonly transport: Transport;
  /** Undefined: every namespace. */
  readonly namespace: string | undefined;
  readonly triggers: Triggers;
  readonly onState: (kind: Kind, state: ReflectorState) => void;
  readonly onError: (kind: Kind, error: unknown) => void;
}

export function createCaches({ transport, namespace, triggers, onState, onError }: CacheOptions): Caches {
  function reflect<T>(
    kind: Kind,
    project: (object: KubeObject) => T,
    onChange: (key: string, before: T | undefined, after: T | undefined) => void,
  ): Reflector<T> {
    return new Reflector({
      transport,
      kind,
      project,
      onChange,
      ...(kind.isNamespaced && namespace !== undefined && { namespace }),
      onState: (state) => onState(kind, state),
      onError: (error) => onError(kind, error),
    });
  }
  return {
    routes: reflect(wssRouteKind, projectRoute, (key, _before, after) => triggers.routeChanged(key, after)),
    ingresses: reflect(ingressKind, projectIngress, (...change) => triggers.ingressChanged(...change)),
    certificates: reflect(certificateKind, projectCertificate, (key) => triggers.objectChanged('Certificate', key)),
    ingressClasses: reflect(ingressClassKind, projectIngressClass, (key) =>
      triggers.objectChanged('IngressClass', key),
    ),
    services: reflect(serviceKind, projectService, (key) => triggers.objectChanged('Service', key)),
  };
}

/** Labels, annotations and managed fields of a route are never used, and are often the larger part of it. */
function projectRoute(object: KubeObject): WssRoute {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = object.metadata;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(generation !== undefined && { generation }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
  };
  const { apiVersion, kind, spec, status } = object as WssRoute;
  return { apiVersion, kind, metadata, spec, ...(status !== undefined && { status }) };
}
