import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { ApiObject } from './admin-client.ts';
import { partDirectory } from './build-parts.ts';
import { waitUntilEstablished } from './established.ts';
import type { Rig } from './rig.ts';
import { waitUntil } from './wait-until.ts';

const crdsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** The kinds of Gateway API that an implementation of HTTP alone serves; the other routes only make the API server start slower. */
const gatewayApiFiles = /_(backendtlspolicies|gatewayclasses|gateways|httproutes|listenersets|referencegrants)\.yaml$/;
/** Envoy Gateway's other kinds are nothing that the operator knows. */
const envoyGatewayFiles = /_backendtrafficpolicies\.yaml$/;
const envoySettingsFiles = /_(clienttrafficpolicies|envoyproxies)\.yaml$/;

/** Vendors whose policies can be installed beside Gateway API. */
export type GatewayVendor = 'envoy-gateway' | 'nginx-gateway-fabric';

/**
 * Installs the CRDs of Gateway API 1.7.0 (standard channel) and of the vendors that are named, and waits until the API server
 * serves them. Those of Envoy Gateway 1.9.1 are its own; that of NGINX Gateway Fabric is transcribed, see ngf-crds.yaml.
 * What is there already is left alone.
 */
export async function installGatewayApi(
  rig: Pick<Rig, 'client'>,
  vendors: readonly GatewayVendor[] = [],
): Promise<void> {
  const crds = await readFolder(join(partDirectory('gateway-api'), 'crds'), gatewayApiFiles);
  if (vendors.includes('envoy-gateway')) {
    crds.push(...(await readFolder(join(partDirectory('envoy-gateway'), 'crds'), envoyGatewayFiles)));
  }
  if (vendors.includes('nginx-gateway-fabric')) {
    crds.push(...(await readDocuments(join(import.meta.dirname, 'ngf-crds.yaml'))));
  }
  await Promise.all(crds.map((crd) => installCrd(rig, crd)));
}

/** Those by which an administrator sets Envoy Gateway up. */
export async function installEnvoySettings(rig: Pick<Rig, 'client'>): Promise<void> {
  const crds = await readFolder(join(partDirectory('envoy-gateway'), 'crds'), envoySettingsFiles);
  await Promise.all(crds.map((crd) => installCrd(rig, crd)));
}

async function readFolder(directory: string, wanted: RegExp): Promise<ApiObject[]> {
  const files = (await readdir(directory)).filter((file) => wanted.test(file));
  if (files.length === 0) throw new Error(`no file of ${directory} matches ${wanted}`);
  const documents = await Promise.all(files.sort().map((file) => readDocuments(join(directory, file))));
  return documents.flat();
}

async function readDocuments(file: string): Promise<ApiObject[]> {
  const documents = loadAll(await readFile(file, 'utf8')) as readonly ApiObject[];
  return documents.filter((document) => document?.kind === 'CustomResourceDefinition');
}

async function installCrd(rig: Pick<Rig, 'client'>, crd: ApiObject): Promise<void> {
  const { status, body } = await rig.client.request('POST', crdsPath, crd);
  if (status !== 201 && status !== 409) {
    throw new Error(`the CRD ${crd.metadata.name}: ${status} ${body?.message}`);
  }
  await waitUntilEstablished(rig, crd.metadata.name);
  // Of a kind that is new the API server answers "429 storage is (re)initializing" for a while after it is established.
  const { group, names, versions } = crd.spec;
  const { name: version } = versions.find(({ storage }: ApiObject) => storage);
  const list = `/apis/${group}/${version}/${names.plural}?limit=1`;
  await waitUntil(async () => (await rig.client.request('GET', list)).status === 200, {
    what: `${list} to be served`,
    timeoutMs: 30_000,
  });
}
