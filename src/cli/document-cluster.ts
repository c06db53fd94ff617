import {
  apiVersionOf,
  certificateKind,
  gatewayClassKind,
  gatewayKind,
  httpRouteKind,
  ingressClassKind,
  ingressKind,
  type Kind,
  listenerSetKind,
  referenceGrantKind,
  serviceKind,
} from '../api/kinds.ts';
import { formatKey, type KubeObject } from '../api/objects.ts';
import { type Problem, quoteValue } from '../api/problem.ts';
import type { Serving } from '../state/holders.ts';
import type { ObservedCertificate, ObservedService } from '../state/observed.ts';
import { projectCertificate, projectIngress, projectIngressClass, projectService } from '../state/project.ts';
import {
  projectGateway,
  projectGatewayClass,
  projectListenerSet,
  projectReferenceGrant,
} from '../state/project-gateway.ts';
import { projectHttpRoute } from '../state/project-http-route.ts';
import type { ParentLookup } from '../state/resolve-parents.ts';

/** The documents that are no routes: they stand for the cluster. */
export interface DocumentCluster {
  /** Objects of a kind without a namespace are found whatever the namespace. */
  readonly find: (kind: Kind, key: { readonly namespace?: string; readonly name: string }) => KubeObject | undefined;
  /** Certificates that fill a Secret. */
  readonly fillersOf: (namespace: string | undefined, secretName: string) => readonly ObservedCertificate[];
  /** By name. */
  readonly servicesOf: (namespace: string | undefined) => ReadonlyMap<string, ObservedService>;
  /** Ingresses and HTTPRoutes. */
  readonly serving: readonly Serving[];
  readonly parents: ParentLookup;
}

export function readCluster(objects: readonly KubeObject[]): DocumentCluster {
  const list = (kind: Kind): readonly KubeObject[] => objects.filter((object) => isKind(object, kind));
  const index = <T>(kind: Kind, project: (object: KubeObject) => T): ReadonlyMap<string, T> =>
    new Map(list(kind).map((object) => [formatKey(object.metadata), project(object)]));
  const gateways = index(gatewayKind, projectGateway);
  const listenerSets = index(listenerSetKind, projectListenerSet);
  const gatewayClasses = new Map(
    list(gatewayClassKind).map((object) => [object.metadata.name, projectGatewayClass(object)]),
  );
  const grants = list(referenceGrantKind).map(projectReferenceGrant);
  return {
    find: (kind, { namespace, name }) =>
      list(kind).find(
        ({ metadata }) => metadata.name === name && (!kind.isNamespaced || metadata.namespace === namespace),
      ),
    fillersOf: (namespace, secretName) =>
      list(certificateKind)
        .filter(({ metadata }) => metadata.namespace === namespace)
        .map(projectCertificate)
        .filter((certificate) => certificate.secretName === secretName),
    servicesOf: (namespace) =>
      new Map(
        list(serviceKind)
          .filter(({ metadata }) => metadata.namespace === namespace)
          .map((service) => [service.metadata.name, projectService(service)]),
      ),
    serving: [...list(ingressKind).map(projectIngress), ...list(httpRouteKind).map(projectHttpRoute)],
    parents: {
      gateway: (key) => gateways.get(key),
      listenerSet: (key) => listenerSets.get(key),
      gatewayClass: (name) => gatewayClasses.get(name),
      grantsIn: (wanted) => grants.filter(({ namespace }) => namespace === wanted),
    },
  };
}

/** The documents that are the cluster come from files as well: what no API server would have stored is a mistake of a user. */
export function findMisshape(object: KubeObject): Problem | undefined {
  try {
    for (const [kind, project] of projections) if (isKind(object, kind)) project(object);
    if (!isKind(object, certificateKind)) return undefined;
    const { secretName } = projectCertificate(object);
    if (typeof secretName === 'string' && secretName !== '') return undefined;
    return { path: 'spec.secretName', found: quoteValue(secretName), expected: 'must be the name of a Secret' };
  } catch (error) {
    const expected = `must be as the API server shows it (\`kubectl get -o yaml\`): ${(error as Error).message}`;
    return { path: 'document', found: '', expected };
  }
}

const projections: readonly (readonly [Kind, (object: KubeObject) => unknown])[] = [
  [ingressKind, projectIngress],
  [serviceKind, projectService],
  [ingressClassKind, projectIngressClass],
  [gatewayKind, projectGateway],
  [listenerSetKind, projectListenerSet],
  [gatewayClassKind, projectGatewayClass],
  [referenceGrantKind, projectReferenceGrant],
  [httpRouteKind, projectHttpRoute],
];

function isKind(object: KubeObject, kind: Kind): boolean {
  return object.kind === kind.kind && object.apiVersion === apiVersionOf(kind);
}
