import { randomBytes } from 'node:crypto';
import type { Kind } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/objects.ts';
import { formatKey } from '../../src/api/objects.ts';
import type { ClusterAccess } from '../../src/kube/access.ts';
import type { Written } from '../../src/kube/apply.ts';
import { apply } from '../../src/kube/apply.ts';
import { loadClusterAccess } from '../../src/kube/credentials.ts';
import { classify } from '../../src/kube/errors.ts';
import { pathOf } from '../../src/kube/path.ts';
import { Transport } from '../../src/kube/transport.ts';
import { waitUntil } from '../support/wait-until.ts';

export const configMapKind = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  isNamespaced: true,
} as const satisfies Kind;

export const namespaceKind = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  isNamespaced: false,
} as const satisfies Kind;

export const options = { fieldManager: 'test', force: true } as const;

export function adminAccess(kubeconfig: string): Promise<ClusterAccess> {
  return loadClusterAccess({ kubeconfig, env: {} });
}

export async function adminTransport(kubeconfig: string): Promise<Transport> {
  return new Transport({ access: await adminAccess(kubeconfig), version: 'test' });
}

/** A namespace of the test's own; kubelets and controllers are not there to fill it. */
export async function makeNamespace(transport: Transport): Promise<string> {
  const name = `test-${randomBytes(5).toString('hex')}`;
  await apply(transport, namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, options);
  return name;
}

export function configMap(
  namespace: string,
  name: string,
  value: string,
  labels: Record<string, string> = {},
): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, labels }, data: { value } };
}

export function writeConfigMap(
  transport: Transport,
  namespace: string,
  name: string,
  value: string,
  labels: Record<string, string> = {},
): Promise<Written> {
  return apply(transport, configMapKind, configMap(namespace, name, value, labels), options);
}

/** What the API server itself says at the end: the judge of every cache. */
export async function readAll(transport: Transport, kind: Kind, namespace: string): Promise<Map<string, KubeObject>> {
  const answer = await transport.request<{ items: KubeObject[] }>({ method: 'GET', path: pathOf(kind, namespace) });
  return new Map(answer.body.items.map((item) => [formatKey(item.metadata), item]));
}

/** Goes on while the API server is away, as everything must. */
export async function untilDone<T>(attempt: () => Promise<T>): Promise<T> {
  return await waitUntil(
    async () => {
      try {
        return { done: await attempt() };
      } catch (error) {
        if (classify(error) !== 'unavailable' && classify(error) !== 'throttled') throw error;
        return undefined;
      }
    },
    { what: 'the API server to take a write', timeoutMs: 30_000, intervalMs: 10 },
  ).then(({ done }) => done);
}
