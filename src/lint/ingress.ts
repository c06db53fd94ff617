import type { KubeObject } from '../api/objects.ts';
import { type Problem, quoteValue } from '../api/problem.ts';
import { isRecord } from '../api/record.ts';

/** What the judges read of an Ingress. Fields of a wrong type are as if they were missing; {@link findMisshapes} tells of them. */
export interface Ingress {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** RFC 3339; empty for one that no API server has seen. */
  readonly createdAt: string;
  /** Empty where none is named. */
  readonly className: string;
  readonly isMadeForRoute: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly defaultBackend: IngressBackend | undefined;
  readonly rules: readonly IngressRule[];
  readonly tls: readonly IngressTls[];
}

export interface IngressBackend {
  /** Undefined where it is no Service. */
  readonly service: string | undefined;
}

export interface IngressRule {
  /** Empty for a rule for every host. */
  readonly host: string;
  readonly paths: readonly IngressPath[];
}

export interface IngressPath extends IngressBackend {
  readonly path: string;
  readonly pathType: string;
}

export interface IngressTls {
  readonly hosts: readonly string[];
  readonly secretName: string;
}

/** How a class was named before `spec.ingressClassName` existed. */
export const legacyClassAnnotation = 'kubernetes.io/ingress.class';

export function readIngress({ metadata, spec }: KubeObject): Ingress {
  const { ingressClassName, defaultBackend, rules, tls } = isRecord(spec) ? spec : {};
  const written = isRecord(metadata.annotations) ? metadata.annotations : {};
  const annotations = Object.entries(written).filter(([, value]) => typeof value === 'string');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    className: toText(ingressClassName) || toText(written[legacyClassAnnotation]),
    isMadeForRoute: isMadeForRoute(metadata),
    annotations: Object.fromEntries(annotations),
    defaultBackend: isRecord(defaultBackend) ? { service: readService(defaultBackend) } : undefined,
    rules: toRecords(rules).map(({ host, http }) => ({
      host: toText(host),
      paths: toRecords(isRecord(http) ? http.paths : []).map(({ path, pathType, backend }) => ({
        path: toText(path),
        pathType: toText(pathType),
        service: readService(backend),
      })),
    })),
    tls: toRecords(tls).map(({ hosts, secretName }) => ({
      hosts: (Array.isArray(hosts) ? hosts : []).map(toText),
      secretName: toText(secretName),
    })),
  };
}

/** Annotations that the API server would not take: YAML makes a number of `3600` and a boolean of `true` without quotes. */
export function findMisshapes({ metadata }: KubeObject): readonly Problem[] {
  const annotations: unknown = metadata.annotations ?? {};
  if (!isRecord(annotations)) {
    return [{ path: 'metadata.annotations', found: quoteValue(annotations), expected: 'must be an object of texts' }];
  }
  return Object.entries(annotations)
    .filter(([, value]) => typeof value !== 'string')
    .map(([name, value]) => ({
      path: pathOfAnnotation(name),
      found: quoteValue(value),
      expected: `must be text, in quotes: ${quoteValue(String(value))}`,
    }));
}

/** `metadata.annotations["nginx.org/hsts"]`. */
export function pathOfAnnotation(name: string): string {
  return `metadata.annotations["${name}"]`;
}

export function pathOfPath(rule: number, path: number): string {
  return `spec.rules[${rule}].http.paths[${path}].path`;
}

/** What is rendered without a cluster has no owner yet, but the label. */
function isMadeForRoute({ ownerReferences, labels }: KubeObject['metadata']): boolean {
  const owners: unknown = ownerReferences;
  if (Array.isArray(owners) && owners.some((owner) => isRecord(owner) && owner.kind === 'WssRoute')) return true;
  return isRecord(labels) && labels['wssroute.dev/route'] !== undefined;
}

function readService(backend: unknown): string | undefined {
  const service = isRecord(backend) ? backend.service : undefined;
  return isRecord(service) && typeof service.name === 'string' ? service.name : undefined;
}

function toRecords(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (Array.isArray(value) ? value : []).filter(isRecord);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
