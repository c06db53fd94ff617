import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterAccess } from './access.ts';
import { CredentialsError } from './errors.ts';
import { hasInCluster, loadInCluster, serviceAccountDirectory } from './in-cluster.ts';

export interface AccessOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Where the kubelet mounts the service account; another place in tests. */
  readonly serviceAccount?: string;
}

/**
 * Finds the cluster: the given kubeconfig, `KUBECONFIG`, the service account of the Pod, `~/.kube/config`, in this order.
 * Throws {@link CredentialsError}.
 */
export async function loadClusterAccess(options: AccessOptions): Promise<ClusterAccess> {
  const files = filesFromFlagOrEnv(options);
  if (files !== undefined) return await loadFiles(files, options.context);
  if (hasInCluster(options.env)) {
    return await loadInCluster(options.env, options.serviceAccount ?? serviceAccountDirectory);
  }
  const home = options.env.HOME;
  const ownFile = home === undefined ? undefined : join(home, '.kube', 'config');
  if (ownFile !== undefined && (await exists(ownFile))) return await loadFiles([ownFile], options.context);
  throw new CredentialsError(
    `no cluster is configured: --kubeconfig is not given, KUBECONFIG and KUBERNETES_SERVICE_HOST are not set, and ${ownFile ?? '~/.kube/config'} does not exist`,
  );
}

function filesFromFlagOrEnv(options: AccessOptions): readonly string[] | undefined {
  if (options.kubeconfig !== undefined && options.kubeconfig !== '') return [options.kubeconfig];
  const listed = (options.env.KUBECONFIG ?? '').split(':').filter((file) => file !== '');
  return listed.length === 0 ? undefined : listed;
}

async function loadFiles(files: readonly string[], context: string | undefined): Promise<ClusterAccess> {
  // Only here: a Pod that never reads a kubeconfig must not pay for the library that does (80 MB of resident memory).
  const { loadKubeconfig } = await import('./kubeconfig.ts');
  return await loadKubeconfig(files, context);
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
