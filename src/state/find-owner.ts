import type { Kind } from '../api/kinds.ts';
import type { ObjectMeta } from '../api/objects.ts';

/** The owner with `controller: true`. Empty where it is not of that kind. */
export function findOwner({ ownerReferences }: ObjectMeta, kind: Kind): { ownerName: string; ownerUid: string } {
  const owner = ownerReferences?.find(({ controller }) => controller);
  if (owner?.kind !== kind.kind || !owner.apiVersion.startsWith(`${kind.group}/`))
    return { ownerName: '', ownerUid: '' };
  return { ownerName: owner.name, ownerUid: owner.uid };
}
