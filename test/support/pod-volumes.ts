import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ApiObject } from './admin-client.ts';
import type { Mount } from './image.ts';
import type { Rig } from './rig.ts';

const accountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface VolumeOptions {
  readonly directory: string;
  readonly pod: ApiObject;
  readonly container: ApiObject;
}

/** Writes the files of a Pod's volumes and says where its container sees them. */
export async function writeVolumes(rig: Rig, { directory, pod, container }: VolumeOptions): Promise<readonly Mount[]> {
  const volumes = new Map<string, ApiObject>(pod.spec.volumes?.map((volume: ApiObject) => [volume.name, volume]));
  const mounts: Mount[] = [];
  for (const { name, mountPath, readOnly = false, subPath = '' } of container.volumeMounts ?? []) {
    const from = join(directory, name);
    const volume = volumes.get(name);
    if (volume === undefined) throw new Error(`container ${container.name} mounts volume ${name}, which is not there`);
    const files = await readVolume(rig, pod, volume);
    await writeFiles(from, files, volume.emptyDir === undefined ? 0o755 : 0o777);
    const isReadOnly = readOnly || volume.emptyDir === undefined;
    mounts.push({ from: join(from, subPath), to: mountPath, isFile: subPath in files, isReadOnly });
  }
  if (await wantsToken(rig, pod, mounts)) {
    const from = join(directory, 'kube-api-access');
    await writeFiles(from, await readAccess(rig, pod), 0o755);
    mounts.push({ from, to: accountDirectory, isFile: false, isReadOnly: true });
  }
  return mounts;
}

/** The ServiceAccount's admission plugin, which adds this volume, is not there: its rule is played here. */
async function wantsToken(rig: Rig, pod: ApiObject, mounts: readonly Mount[]): Promise<boolean> {
  if (mounts.some(({ to }) => to === accountDirectory)) return false;
  const { namespace } = pod.metadata;
  const { serviceAccountName = 'default', automountServiceAccountToken } = pod.spec;
  const account = await rig.client.get(`/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccountName}`);
  return automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

type Files = Readonly<Record<string, string>>;

async function readVolume(rig: Rig, pod: ApiObject, volume: ApiObject): Promise<Files> {
  const { namespace } = pod.metadata;
  if (volume.emptyDir !== undefined) return {};
  if (volume.configMap !== undefined) return readConfigMap(rig, namespace, volume.configMap);
  if (volume.projected === undefined) {
    throw new Error(`this kubelet does not know the kind of volume ${JSON.stringify(volume)}`);
  }
  const parts = [];
  for (const source of volume.projected.sources) parts.push(await readSource(rig, pod, source));
  return Object.assign({}, ...parts) as Files;
}

async function readSource(rig: Rig, pod: ApiObject, source: ApiObject): Promise<Files> {
  if (source.serviceAccountToken !== undefined) {
    return { [source.serviceAccountToken.path]: await requestToken(rig, pod, source.serviceAccountToken) };
  }
  if (source.configMap?.name === 'kube-root-ca.crt') {
    // Published into every namespace by a controller that the rig does not run.
    return { [source.configMap.items?.[0]?.path ?? 'ca.crt']: await readAuthority(rig) };
  }
  if (source.configMap !== undefined) return readConfigMap(rig, pod.metadata.namespace, source.configMap);
  const items: readonly ApiObject[] = source.downwardAPI?.items ?? [];
  if (items.length !== 1 || items[0]?.fieldRef?.fieldPath !== 'metadata.namespace') {
    throw new Error(`this kubelet does not know the source ${JSON.stringify(source)}`);
  }
  return { [items[0].path]: pod.metadata.namespace };
}

async function readConfigMap(rig: Rig, namespace: string, source: ApiObject): Promise<Files> {
  const { data = {} } = await rig.client.get(`/api/v1/namespaces/${namespace}/configmaps/${source.name}`);
  if (source.items === undefined) return data;
  return Object.fromEntries(source.items.map(({ key, path }: ApiObject) => [path, data[key]]));
}

async function readAccess(rig: Rig, pod: ApiObject): Promise<Files> {
  const token = await requestToken(rig, pod, { expirationSeconds: 3607 });
  return { token, namespace: pod.metadata.namespace, 'ca.crt': await readAuthority(rig) };
}

async function requestToken(
  rig: Rig,
  pod: ApiObject,
  { audience, expirationSeconds = 3600 }: ApiObject,
): Promise<string> {
  const { name, namespace, uid } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  const answer = await rig.client.create(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      expirationSeconds,
      ...(audience !== undefined && { audiences: [audience] }),
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  });
  return answer.status.token;
}

async function readAuthority(rig: Rig): Promise<string> {
  const { clusters } = JSON.parse(await readFile(rig.kubeconfig, 'utf8'));
  return readFile(clusters[0].cluster['certificate-authority'], 'utf8');
}

async function writeFiles(directory: string, files: Files, mode: number): Promise<void> {
  await mkdir(directory, { recursive: true, mode });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text, { mode: 0o644 });
  }
}
