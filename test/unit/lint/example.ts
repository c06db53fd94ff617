import type { KubeObject } from '../../../src/api/objects.ts';

export interface IngressOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly className?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly host?: string;
  /** `path` or `path service`. */
  readonly paths?: readonly string[];
  readonly pathType?: string;
  readonly tls?: boolean;
  readonly createdAt?: string;
  readonly uid?: string;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly owner?: string;
}

/** An Ingress as somebody writes it. */
export function buildIngress({
  name = 'chat',
  namespace = 'team',
  className = 'nginx',
  annotations = {},
  host = 'chat.example.com',
  paths = ['/ws chat'],
  pathType = 'Prefix',
  tls = false,
  createdAt,
  uid,
  spec = {},
  owner,
}: IngressOptions = {}): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace,
      annotations,
      ...(createdAt !== undefined && { creationTimestamp: createdAt }),
      ...(uid !== undefined && { uid }),
      ...(owner !== undefined && {
        ownerReferences: [
          { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: owner, uid: '1', controller: true },
        ],
      }),
    },
    spec: {
      ingressClassName: className,
      ...(tls && { tls: [{ hosts: [host], secretName: 'chat-tls' }] }),
      rules: [{ host, ...(paths.length > 0 && { http: { paths: paths.map((path) => buildPath(path, pathType)) } }) }],
      ...spec,
    },
  };
}

export function buildPath(text: string, pathType = 'Prefix'): object {
  const [path, service = 'chat'] = text.split(' ');
  return { path, pathType, backend: { service: { name: service, port: { number: 80 } } } };
}
