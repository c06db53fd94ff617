import {
  gatewayClassKind,
  gatewayKind,
  ingressClassKind,
  type Kind,
  listenerSetKind,
  serviceKind,
} from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { findDialect, findParentDialect } from '../dialects/registry.ts';
import { classify } from '../kube/errors.ts';
import { read } from '../kube/read.ts';
import type { Spoken } from '../migrate/judge-target.ts';
import { type Attachment, attachmentsOf, formatAttachment } from '../route/attachment.ts';
import type { Policy } from '../route/policy.ts';
import { projectIngressClass } from '../state/project.ts';
import { resolveParents } from '../state/resolve-parents.ts';
import { readCluster } from './document-cluster.ts';
import type { Cluster } from './with-cluster.ts';

/** What is known of the places of a route. */
export interface Surroundings {
  readonly objects: readonly KubeObject[];
  /** Of the operator's configuration; empty where none was given. */
  readonly classes: Policy['classes'];
}

/** A place with all that is known of it. `controller`: of a class that nobody tells. */
export function describePlace(
  route: WssRoute,
  attachment: Attachment,
  around: Surroundings,
  controller: string | undefined,
): Spoken {
  const { objects, classes } = around;
  const cluster = readCluster(objects);
  const services = cluster.servicesOf(route.metadata.namespace);
  if (attachment.kind === 'IngressClass') {
    const told = findController(attachment.name, around) ?? controller;
    const version = classes.get(attachment.name)?.version;
    return { attachment, dialect: told === undefined ? undefined : findDialect(told), target: { services, version } };
  }
  const { kind, namespace, name } = attachment;
  const attached = {
    ...route,
    spec: { ...route.spec, parentRefs: [{ kind, namespace, name, createListener: false }] },
  };
  const parent = resolveParents(attached, cluster.parents).get(
    formatAttachment({ kind, namespace, name, createsListener: false }),
  );
  return { attachment, dialect: findParentDialect(attachment), target: { services, parent } };
}

/** What a class that is known belongs to. */
export function findController(name: string, { objects, classes }: Surroundings): string | undefined {
  const { controller } = classes.get(name) ?? {};
  if (controller !== undefined) return controller;
  const found = readCluster(objects).find(ingressClassKind, { name });
  return found && projectIngressClass(found).controller;
}

/** Reads what is around a route and around its target: classes, Gateways, Services. What may not be read is left out. */
export async function readAround(
  { transport, signal }: Cluster,
  route: WssRoute,
  target: Attachment,
): Promise<readonly KubeObject[]> {
  const { namespace = '' } = route.metadata;
  const objects: KubeObject[] = [];
  const take = async (kind: Kind, key: { readonly namespace: string; readonly name: string }) => {
    const object = await read(transport, kind, key, { signal }).catch((error) => {
      if (classify(error) !== 'forbidden') throw error;
      process.stderr.write(`warning: ${kind.kind} ${key.name} may not be read, so it is not judged\n`);
      return undefined;
    });
    if (object !== undefined) objects.push(object);
    return object;
  };
  for (const attachment of [...attachmentsOf(route), target]) {
    if (attachment.kind === 'IngressClass') {
      await take(ingressClassKind, { namespace: '', name: attachment.name });
      continue;
    }
    const isSet = attachment.kind === 'ListenerSet';
    const set = isSet ? await take(listenerSetKind, attachment) : undefined;
    const key = isSet ? parentOf(set, attachment.namespace) : attachment;
    const gateway = key && (await take(gatewayKind, key));
    const className = (gateway?.spec as { readonly gatewayClassName?: string } | undefined)?.gatewayClassName;
    if (className !== undefined) await take(gatewayClassKind, { namespace: '', name: className });
  }
  const names = new Set(route.spec.paths.map(({ service }) => service.name));
  for (const name of names) await take(serviceKind, { namespace, name });
  return objects;
}

function parentOf(set: KubeObject | undefined, namespace: string): { namespace: string; name: string } | undefined {
  const ref = (set?.spec as { readonly parentRef?: { namespace?: string; name?: string } } | undefined)?.parentRef;
  return ref?.name === undefined ? undefined : { namespace: ref.namespace ?? namespace, name: ref.name };
}
