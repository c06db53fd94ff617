import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLUSTER_RESOLVER } from './acme.ts';
import type { AdminClient, ApiObject } from './admin-client.ts';
import { partDirectory } from './build-parts.ts';
import { RestartableProcess } from './process.ts';

export const CERT_MANAGER_NAMESPACE = 'cert-manager';
/** A ClusterIssuer that is always there with cert-manager. */
export const SELF_SIGNED_ISSUER = 'rig-self-signed';
const CLUSTER_ISSUERS = '/apis/cert-manager.io/v1/clusterissuers';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The ClusterIssuer `name` issues from a private root. */
export interface TestCa {
  readonly name: string;
  /** The root's certificate, PEM. */
  readonly rootPem: string;
  readonly rootFile: string;
}

/** Installs cert-manager's CRDs and waits until they are served. */
export async function installCertManagerCrds(client: AdminClient): Promise<void> {
  const directory = join(partDirectory('cert-manager'), 'crds');
  const files = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  await Promise.all(files.map((file) => installCrd(client, join(directory, file))));
}

async function installCrd(client: AdminClient, file: string): Promise<void> {
  const { metadata } = await client.create(CRDS, await readFile(file, 'utf8'));
  const what = `the CRD ${metadata.name} to be established`;
  await client.waitFor(`${CRDS}/${metadata.name}`, (crd) => hasCondition(crd, 'Established'), {
    what,
    timeoutMs: 30_000,
  });
}

/** cert-manager's controllers; its CRDs have to be there. There is no webhook: the CRDs' schemas alone validate. */
export function createCertManager(directory: string, kubeconfig: string, client: AdminClient): RestartableProcess {
  return new RestartableProcess({
    name: 'cert-manager',
    command: join(partDirectory('cert-manager'), 'cert-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--cluster-resource-namespace=${CERT_MANAGER_NAMESPACE}`,
      `--acme-http01-solver-nameservers=${CLUSTER_RESOLVER.address}:${CLUSTER_RESOLVER.port}`,
    ],
    logFile: join(directory, 'cert-manager.log'),
    isReady: createProbe(client),
    readyTimeoutMs: 60_000,
  });
}

/** It is ready when it takes note of a change of an issuer. */
function createProbe(client: AdminClient): () => Promise<boolean> {
  let generation: number | undefined;
  return async () => {
    const issuer = await client.find(`${CLUSTER_ISSUERS}/${SELF_SIGNED_ISSUER}`);
    if (issuer === undefined) {
      generation = (await client.create(CLUSTER_ISSUERS, probeIssuer())).metadata.generation;
      return false;
    }
    if (generation === undefined) {
      const spec = { selfSigned: { crlDistributionPoints: [`http://rig.invalid/${issuer.metadata.generation}`] } };
      generation = (await client.patch(`${CLUSTER_ISSUERS}/${SELF_SIGNED_ISSUER}`, { spec })).metadata.generation;
      return false;
    }
    const ready = readyCondition(issuer);
    if (ready?.status !== 'True' || ready.observedGeneration !== generation) return false;
    generation = undefined;
    return true;
  };
}

function probeIssuer(): ApiObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name: SELF_SIGNED_ISSUER },
    spec: { selfSigned: {} },
  };
}

/** Makes a ClusterIssuer `test-ca` with a root of its own and waits until it is ready. */
export async function installTestCa(rig: {
  readonly client: AdminClient;
  readonly directory: string;
}): Promise<TestCa> {
  const { client } = rig;
  const name = 'test-ca';
  const namespaced = `/apis/cert-manager.io/v1/namespaces/${CERT_MANAGER_NAMESPACE}/certificates`;
  await client.create(namespaced, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name },
    spec: {
      isCA: true,
      commonName: 'Rig Test Root',
      secretName: name,
      duration: '720h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
      issuerRef: { name: SELF_SIGNED_ISSUER, kind: 'ClusterIssuer' },
    },
  });
  await client.create(CLUSTER_ISSUERS, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name },
    spec: { ca: { secretName: name } },
  });
  const wait = { what: 'the ClusterIssuer test-ca to be ready', timeoutMs: 30_000 };
  await client.waitFor(`${CLUSTER_ISSUERS}/${name}`, (issuer) => hasCondition(issuer, 'Ready'), wait);
  const secret = await client.get(`/api/v1/namespaces/${CERT_MANAGER_NAMESPACE}/secrets/${name}`);
  const rootPem = Buffer.from(secret.data['tls.crt'], 'base64').toString('utf8');
  const rootFile = join(rig.directory, 'root-ca.pem');
  await writeFile(rootFile, rootPem);
  return { name, rootPem, rootFile };
}

/** True when the condition's status is True. */
export function hasCondition(object: ApiObject | undefined, type: string): boolean {
  const conditions: readonly ApiObject[] = object?.status?.conditions ?? [];
  return conditions.some((condition) => condition.type === type && condition.status === 'True');
}

function readyCondition(issuer: ApiObject): ApiObject | undefined {
  const conditions: readonly ApiObject[] = issuer.status?.conditions ?? [];
  return conditions.find((condition) => condition.type === 'Ready');
}
