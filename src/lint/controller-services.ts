import type { KubeObject } from '../api/objects.ts';
import { isRecord } from '../api/record.ts';
import type { ControllerSettings } from './controller-settings.ts';

const application = 'app.kubernetes.io/name';

/** Whether clients outside the cluster come by a Service: those of ingress controllers are so. */
export function isExposed({ spec }: KubeObject): boolean {
  return isRecord(spec) && (spec.type === 'LoadBalancer' || spec.type === 'NodePort');
}

/** Whether the node that a client comes to keeps its address; by default it puts its own in its place. */
export function keepsAddresses({ spec }: KubeObject): boolean {
  return isRecord(spec) && spec.externalTrafficPolicy === 'Local';
}

/** The Services by which clients come to a controller: those beside its ConfigMap, of the same application where labels tell. */
export function findControllerServices(
  { object: { metadata } }: ControllerSettings,
  exposed: readonly KubeObject[],
): readonly KubeObject[] {
  const beside = exposed.filter((service) => service.metadata.namespace === metadata.namespace);
  const name = metadata.labels?.[application];
  const own = beside.filter(({ metadata: { labels } }) => name !== undefined && labels?.[application] === name);
  return own.length > 0 ? own : beside;
}
