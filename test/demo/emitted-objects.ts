import type { KubeObject, ObjectMeta } from '../../src/api/objects.ts';
import { formatObjects } from '../../src/cli/render.ts';
import type { Stage } from './stage.ts';

/** The Certificate and the Ingress of a route as the API server has them, without its bookkeeping. */
export async function readEmitted({ kubectl, namespace }: Stage, route: string): Promise<string> {
  const where = [`--namespace=${namespace}`];
  const lists = await Promise.all([
    kubectl.getJson('certificates.cert-manager.io', ...where),
    kubectl.getJson('ingresses.networking.k8s.io', ...where),
  ]);
  const objects: readonly KubeObject[] = lists.flatMap((list) => list.items);
  return formatObjects(objects.filter((object) => isOwnedBy(object, route)).map(withoutBookkeeping), 'yaml');
}

function isOwnedBy({ metadata }: KubeObject, route: string): boolean {
  return metadata.ownerReferences?.some(({ kind, name }) => kind === 'WssRoute' && name === route) === true;
}

/** What the operator has written; `status`, uids and versions are the API server's and other controllers'. */
export function withoutBookkeeping(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, spec } = object;
  const { namespace, name, labels, annotations, ownerReferences } = metadata;
  const owners = ownerReferences?.map(({ uid, ...owner }) => owner) as ObjectMeta['ownerReferences'];
  const kept = { namespace, name, labels, annotations, ownerReferences: owners };
  const entries = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { apiVersion, kind, metadata: Object.fromEntries(entries) as unknown as ObjectMeta, spec };
}
