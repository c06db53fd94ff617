import type { KubeObject } from '../api/objects.ts';
import { isRecord } from '../api/record.ts';

/** The ConfigMap of an ingress controller. */
export interface ControllerSettings {
  readonly object: KubeObject;
  readonly dialect: 'ingress-nginx' | 'f5';
  readonly data: Readonly<Record<string, string>>;
}

/** `app.kubernetes.io/name` in both projects' charts and manifests. */
const applications: Readonly<Record<string, ControllerSettings['dialect']>> = {
  'ingress-nginx': 'ingress-nginx',
  'nginx-ingress': 'f5',
};

/** Names in manifests of both projects, where labels are missing. */
const names: readonly (readonly [RegExp, ControllerSettings['dialect']])[] = [
  [/^(?:ingress-nginx|nginx-ingress)-controller$|^nginx-configuration$|^ingress-nginx-/, 'ingress-nginx'],
  [/^nginx-config$|^nginx-ingress$/, 'f5'],
];

/** None where the ConfigMap is something else's, or holds no setting that tells. */
export function readControllerSettings(object: KubeObject): readonly ControllerSettings[] {
  const { metadata, data } = object;
  const dialect =
    applications[metadata.labels?.['app.kubernetes.io/name'] ?? ''] ??
    names.find(([pattern]) => pattern.test(metadata.name))?.[1];
  if (dialect === undefined || isOther(metadata.name)) return [];
  const settings = Object.entries(isRecord(data) ? data : {}).filter(([, value]) => typeof value === 'string');
  return [{ object, dialect, data: Object.fromEntries(settings) as Readonly<Record<string, string>> }];
}

/** ConfigMaps of the same application that hold no settings: ports, headers, the Lease of old versions, the management of NGINX Plus. */
function isOther(name: string): boolean {
  return /(?:-tcp|-udp|tcp-services|udp-services|-headers|-leader.*|-mgmt.*)$/.test(name);
}
