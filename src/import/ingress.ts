import { apiVersionOf, ingressKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { isRecord } from '../api/record.ts';

/** An Ingress as the API server shows it, as far as it is read. */
export interface Ingress extends KubeObject {
  readonly spec: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: unknown;
    readonly tls?: readonly IngressTLS[];
    readonly rules?: readonly IngressRule[];
  };
}

export interface IngressTLS {
  readonly hosts?: readonly string[];
  readonly secretName?: string;
}

export interface IngressRule {
  readonly host?: string;
  readonly http?: { readonly paths?: readonly IngressPath[] };
}

export interface IngressPath {
  readonly path?: string;
  readonly pathType?: string;
  readonly backend?: {
    readonly service?: {
      readonly name?: string;
      readonly port?: { readonly number?: number; readonly name?: string };
    };
  };
}

/** Where an annotation stands, in the way of the API server. */
export function pathOfAnnotation(name: string): string {
  return `metadata.annotations["${name}"]`;
}

/** Where a path stands. */
export function pathOfPath(rule: number, path: number): string {
  return `spec.rules[${rule}].http.paths[${path}]`;
}

const knownFields = new Set(['ingressClassName', 'defaultBackend', 'tls', 'rules']);

/** Everything that an Ingress says, each by the path at which it stands. What is decided about is one of these. */
export function listParts({ metadata, spec }: Ingress): readonly string[] {
  const rules = spec.rules ?? [];
  return [
    ...Object.keys(metadata.annotations ?? {}).map(pathOfAnnotation),
    ...(spec.ingressClassName === undefined ? [] : ['spec.ingressClassName']),
    ...(spec.defaultBackend === undefined ? [] : ['spec.defaultBackend']),
    ...(spec.tls ?? []).map((_, index) => `spec.tls[${index}]`),
    ...rules.flatMap(({ http }, index) => [
      `spec.rules[${index}]`,
      ...(http?.paths ?? []).map((_, path) => pathOfPath(index, path)),
    ]),
    ...Object.keys(spec)
      .filter((field) => !knownFields.has(field))
      .map((field) => `spec.${field}`),
  ];
}

export type IngressReading =
  | { readonly isReadable: true; readonly ingress: Ingress }
  | { readonly isReadable: false; readonly because: string };

/** Reads an Ingress that may come from a file, and so may hold what no API server would have stored. */
export function readIngress(object: KubeObject): IngressReading {
  // The API server takes a null for a field that is left out.
  const ingress = JSON.parse(JSON.stringify(object), (_, value) => value ?? undefined) as KubeObject;
  const because = findMisshape(ingress);
  return because === undefined ? { isReadable: true, ingress: ingress as Ingress } : { isReadable: false, because };
}

/** Whether an object is an Ingress, of whatever version. */
export function isIngress({ kind }: KubeObject): boolean {
  return kind === ingressKind.kind;
}

function findMisshape({ apiVersion, metadata, spec }: KubeObject): string | undefined {
  const known = apiVersionOf(ingressKind);
  if (apiVersion !== known) return `apiVersion must be ${known}: \`kubectl get ingress -o yaml\` shows it so`;
  if (!isRecord(spec)) return 'spec must be an object';
  if (!areTexts(metadata.annotations)) return 'metadata.annotations must hold texts: put each value between quotes';
  if (!areTexts(metadata.labels)) return 'metadata.labels must hold texts: put each value between quotes';
  if (!isText(spec.ingressClassName)) return 'spec.ingressClassName must be a text';
  if (!isListOf(spec.tls, isTLS)) return 'spec.tls must be a list of hosts and secretName';
  if (!isListOf(spec.rules, isRule)) return 'spec.rules must be a list of host and http.paths';
  return undefined;
}

function isTLS(value: unknown): boolean {
  return isRecord(value) && isListOf(value.hosts, (host) => typeof host === 'string') && isText(value.secretName);
}

function isRule(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.host)) return false;
  const { http } = value;
  return http === undefined || (isRecord(http) && isListOf(http.paths, isPath));
}

function isPath(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.path) || !isText(value.pathType)) return false;
  const { backend = {} } = value;
  if (!isRecord(backend)) return false;
  const { service = {} } = backend;
  return isRecord(service) && isText(service.name) && (service.port === undefined || isRecord(service.port));
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isItem));
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function areTexts(value: unknown): boolean {
  return value === undefined || (isRecord(value) && Object.values(value).every((text) => typeof text === 'string'));
}
