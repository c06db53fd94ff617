import { certificateKind, configMapKind, ingressClassKind, ingressKind, type Kind, serviceKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { ApiError, classify } from '../kube/errors.ts';
import { list } from '../kube/watch.ts';
import { isExposed } from '../lint/controller-services.ts';
import { readControllerSettings } from '../lint/controller-settings.ts';
import { lintObjects } from '../lint/lint.ts';
import { speaksWebSocket } from '../lint/scene.ts';
import { type LintReport, noteUnknown } from './lint-report.ts';
import type { Cluster } from './with-cluster.ts';

/** What is kept of a large cluster: nothing that no finding is made from. */
const facts: readonly {
  readonly kind: Kind;
  readonly isKept: (object: KubeObject) => boolean;
  readonly without: string;
}[] = [
  { kind: ingressClassKind, isKept: () => true, without: 'Ingresses are judged by the annotations that they have' },
  {
    kind: serviceKind,
    isKept: (object) => speaksWebSocket(object) || isExposed(object),
    without: 'WebSockets are known by their paths only, and not whether controllers see the addresses of clients',
  },
  {
    kind: configMapKind,
    isKept: (object) => readControllerSettings(object).length > 0,
    without: 'the settings of the controllers are taken for their defaults, and not judged',
  },
  {
    kind: certificateKind,
    isKept: () => true,
    without: 'Certificates beside annotations of cert-manager are not found',
  },
];

/** Judges what the API server has, in one namespace or in all. Hosts and classes are everybody's, so all is read where that is allowed. */
export async function lintCluster(cluster: Cluster, namespace: string | undefined): Promise<LintReport> {
  const notes: string[] = [];
  let isPartial = false;
  let ingresses: readonly KubeObject[];
  try {
    ingresses = await listAll(cluster, ingressKind, undefined, () => true);
  } catch (error) {
    if (namespace === undefined || classify(error) !== 'forbidden') throw error;
    ingresses = await listAll(cluster, ingressKind, namespace, () => true);
    isPartial = true;
    notes.push(`Ingresses of other namespaces cannot be read: who else holds a host is not known`);
  }
  const objects = [...ingresses];
  const unread = new Set<Kind>();
  for (const fact of facts) {
    const { kind, isKept, without } = fact;
    const because = await addFacts(cluster, kind, namespace, isKept, objects);
    if (because === undefined) continue;
    unread.add(kind);
    notes.push(`${kind.plural} cannot be read (${because}): ${without}`);
  }
  const { findings, unknownClasses } = lintObjects(objects);
  const told = findings.filter(
    ({ object, reason }) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      !(isPartial && (reason === 'HostTaken' || reason === 'NoMaster')),
  );
  const judged = ingresses.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  if (!unread.has(ingressClassKind)) notes.push(...noteUnknown(unknownClasses, 'in the cluster'));
  return { findings: told, places: new Map(), unreadable: [], ingresses: judged.length, notes };
}

/** Adds all objects of a kind, or those of the namespace where no more is allowed; why not, where there is none. */
async function addFacts(
  cluster: Cluster,
  kind: Kind,
  namespace: string | undefined,
  isKept: (object: KubeObject) => boolean,
  objects: KubeObject[],
): Promise<string | undefined> {
  const scopes = kind.isNamespaced && namespace !== undefined ? [undefined, namespace] : [undefined];
  for (const [index, scope] of scopes.entries()) {
    try {
      objects.push(...(await listAll(cluster, kind, scope, isKept)));
      return undefined;
    } catch (error) {
      // cert-manager need not be there.
      if (classify(error) === 'notFound') return undefined;
      if (classify(error) !== 'forbidden') throw error;
      if (index === scopes.length - 1) return error instanceof ApiError ? error.serverMessage : 'forbidden';
    }
  }
  return undefined;
}

async function listAll(
  { transport, signal }: Cluster,
  kind: Kind,
  namespace: string | undefined,
  isKept: (object: KubeObject) => boolean,
): Promise<readonly KubeObject[]> {
  const selection = { kind, isMetadataOnly: false, ...(namespace !== undefined && { namespace }) };
  for (let attempt = 1; ; attempt += 1) {
    const objects: KubeObject[] = [];
    try {
      await list(transport, selection, { signal }, (object) => {
        if (isKept(object)) objects.push(trim(object));
      });
      return objects;
    } catch (error) {
      // The pages that were begun are too old by now.
      if (classify(error) !== 'expired' || attempt === 3) throw error;
    }
  }
}

/** Without what is large and not looked at. */
function trim({ status: _status, metadata, ...rest }: KubeObject): KubeObject {
  const { managedFields: _fields, ...kept } = metadata;
  return { ...rest, metadata: kept } as KubeObject;
}
