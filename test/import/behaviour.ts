/**
 * What Ingresses make nginx do, so that two sets of them can be compared. It knows nothing of src/import: it is written from what
 * the controllers document, so that it sees a mistake of the importer.
 */
import type { ApiObject } from '../support/admin-client.ts';
import { readCommunity } from './behaviour-community.ts';
import { readF5 } from './behaviour-f5.ts';

/** Name of a property of a location → its value; what is not there is as the controller has it for a route that says nothing. */
export type Properties = Readonly<Record<string, string>>;

/** `host/path` → what is done there. */
export type Behaviour = ReadonlyMap<string, Properties>;

export type Family = 'community' | 'f5';

export type Texts = Readonly<Record<string, string>>;

/** What an Ingress says, in the words of one family. */
export interface Word {
  readonly property: string;
  readonly value: string;
}

const shim = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer'];
const masterType = 'nginx.org/mergeable-ingress-type';

/** What the Ingresses of one class do, with the Certificates that belong to them. Canaries change others, and are left out. */
export function behave(family: Family, objects: readonly ApiObject[]): Behaviour {
  const ingresses = objects.filter(({ kind }) => kind === 'Ingress');
  const certificates = objects.filter(({ kind }) => kind === 'Certificate');
  const locations = new Map<string, Properties>();
  for (const ingress of ingresses) {
    const own: Texts = ingress.metadata.annotations ?? {};
    if (own['nginx.ingress.kubernetes.io/canary'] === 'true' || own[masterType] === 'master') continue;
    for (const rule of ingress.spec.rules ?? []) {
      const host: string = (rule.host ?? '').toLowerCase();
      const master = own[masterType] === 'minion' ? findMaster(ingresses, host) : undefined;
      const certificate = findCertificate(family, master ?? ingress, host, ingresses, certificates);
      const hasTLS = 'tls' in certificate;
      for (const path of rule.http?.paths ?? []) {
        const properties =
          family === 'community'
            ? readCommunity(own, path, hasTLS)
            : readF5(own, master?.metadata.annotations, path, hasTLS);
        const key = `${host}${trim(path.path ?? '/')}`;
        locations.set(key, join(locations.get(key), { ...describeBackend(path), ...certificate, ...properties }));
      }
    }
  }
  return locations;
}

/** A path itself and what is below it: together they are whole elements. */
function join(before: Properties | undefined, location: Properties): Properties {
  const matches = [before?.match, location.match];
  return matches.includes('exact') && matches.includes('below') ? { ...location, match: 'elements' } : location;
}

function trim(path: string): string {
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

function describeBackend({ backend }: ApiObject): Properties {
  const { name, port } = backend.service;
  return { backend: `${name}:${port.number ?? port.name}` };
}

function findMaster(ingresses: readonly ApiObject[], host: string): ApiObject | undefined {
  return ingresses.find(
    ({ metadata, spec }) => metadata.annotations?.[masterType] === 'master' && spec.rules?.[0]?.host === host,
  );
}

/** `secret NAMESPACE/NAME`, `issuer …`, or nothing. */
function findCertificate(
  family: Family,
  ingress: ApiObject,
  host: string,
  ingresses: readonly ApiObject[],
  certificates: readonly ApiObject[],
): Properties {
  const owners = family === 'community' ? [ingress, ...ingresses.filter((other) => other !== ingress)] : [ingress];
  for (const owner of owners) {
    const entries: readonly ApiObject[] = owner.spec.tls ?? [];
    const entry =
      entries.find(({ hosts }) => hosts?.includes(host)) ??
      (family === 'community' && owner === ingress ? entries.find(({ hosts }) => isGuessed(hosts, host)) : undefined);
    if (entry?.secretName === undefined) continue;
    const { annotations = {}, namespace = '' } = owner.metadata;
    const issued = certificates.find(
      ({ metadata, spec }) => spec.secretName === entry.secretName && (metadata.namespace ?? '') === namespace,
    );
    if (issued !== undefined) return describeIssued(issued.spec, namespace);
    if (shim.some((name) => name in annotations)) return describeIssued(toCertificate(annotations), namespace);
    return { tls: `secret ${namespace}/${entry.secretName}` };
  }
  return {};
}

/** No Secret is read, so its names are guessed. */
function isGuessed(hosts: readonly string[] | undefined, host: string): boolean {
  if (hosts === undefined || hosts.length === 0) return true;
  return hosts.some((name) => name.startsWith('*.') && host.split('.').slice(1).join('.') === name.slice(2));
}

/** Issuers are of a namespace, but for those of the cluster. */
function describeIssued(
  { issuerRef, duration, renewBeforePercentage, privateKey = {} }: ApiObject,
  namespace: string,
): Properties {
  const { kind = 'Issuer', group = 'cert-manager.io' } = issuerRef;
  const name = kind.includes('Cluster') ? issuerRef.name : `${namespace}/${issuerRef.name}`;
  const { algorithm = 'RSA', size = '', rotationPolicy = '' } = privateKey;
  const hours = duration === undefined ? 2160 : Number(/^(\d+)h/.exec(duration)?.[1]);
  return {
    tls: `issuer ${kind}.${group}/${name} ${hours}h ${algorithm} ${size} ${rotationPolicy}`,
    ...(renewBeforePercentage !== undefined && { 'renew-before': `${renewBeforePercentage}%` }),
  };
}

/** What cert-manager would make for the annotations. */
function toCertificate(annotations: Texts): ApiObject {
  const say = (name: string) => annotations[`cert-manager.io/${name}`];
  const duration = say('duration');
  const hoursBefore = Number(/^(\d+)h/.exec(say('renew-before') ?? '')?.[1] ?? Number.NaN);
  const hours = duration === undefined ? 2160 : Number(/^(\d+)h/.exec(duration)?.[1]);
  return {
    issuerRef: {
      name: say('issuer') ?? say('cluster-issuer'),
      kind: say('issuer-kind') ?? (say('issuer') === undefined ? 'ClusterIssuer' : 'Issuer'),
      group: say('issuer-group'),
    },
    duration,
    renewBeforePercentage: Number.isNaN(hoursBefore) ? say('renew-before-percentage') : (hoursBefore / hours) * 100,
    privateKey: {
      algorithm: say('private-key-algorithm'),
      size: say('private-key-size'),
      rotationPolicy: say('private-key-rotation-policy'),
    },
  };
}
