import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { ClusterAccess } from './access.ts';
import { CredentialsError } from './errors.ts';
import type { Credentials } from './rotation.ts';
import { RotatingCredentials, rotatingAccess } from './rotation.ts';

/** Where the kubelet mounts a Pod's service account (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/). */
export const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

export function hasInCluster(env: NodeJS.ProcessEnv): boolean {
  return (env.KUBERNETES_SERVICE_HOST ?? '') !== '';
}

/** Access by the service account that is mounted into the Pod. Throws {@link CredentialsError}. */
export async function loadInCluster(env: NodeJS.ProcessEnv, directory: string): Promise<ClusterAccess> {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const port = env.KUBERNETES_SERVICE_PORT ?? '443';
  const address = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(address)) {
    throw new CredentialsError(
      `KUBERNETES_SERVICE_HOST=${host} and KUBERNETES_SERVICE_PORT=${port} make no address: ${address} is not a URL`,
    );
  }
  const namespace = await readText(join(directory, 'namespace')).catch(() => 'default');
  const credentials = new RotatingCredentials(read, await read());
  return rotatingAccess(
    { server: new URL(address), currentNamespace: namespace, source: `service account in ${directory}` },
    credentials,
  );

  async function read(): Promise<Credentials> {
    const [token, ca] = await Promise.all([readText(join(directory, 'token')), readText(join(directory, 'ca.crt'))]);
    return { headers: { authorization: `Bearer ${token}` }, tls: { ca } };
  }
}

async function readText(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CredentialsError(
      `the service account's file ${file} cannot be read; is automountServiceAccountToken off?`,
      {
        cause,
      },
    );
  });
  if (text.trim() === '') throw new CredentialsError(`the service account's file ${file} is empty`);
  return text.trim();
}
