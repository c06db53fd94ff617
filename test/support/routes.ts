import type { ApiObject } from './admin-client.ts';
import { applyObjects } from './operator.ts';
import type { Rig } from './rig.ts';

/** A WssRoute for tests: `spec` is merged over a working default, field by field. */
export function buildRoute(namespace: string, name: string, spec: Readonly<Record<string, unknown>> = {}): ApiObject {
  return {
    apiVersion: 'wssroute.dev/v1alpha1',
    kind: 'WssRoute',
    metadata: { namespace, name },
    spec: {
      hosts: [`${name}.${namespace}.example.com`],
      ingressClassName: 'nginx',
      tls: { issuerRef: { name: 'test-ca', kind: 'ClusterIssuer' } },
      paths: [{ path: '/ws', service: { name: 'chat', port: 8080 } }],
      ...spec,
    },
  };
}

/** A namespace with a Service `chat` on port 8080, named `ws`. */
export async function createNamespace(rig: Rig, name: string): Promise<void> {
  await applyObjects(rig, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: name, name: 'chat' },
      spec: { ports: [{ name: 'ws', port: 8080 }] },
    },
  ]);
}

/** The IngressClass that the rig's ingress-nginx serves, for tests that need the class only. */
export async function createIngressClass(rig: Rig, controller = 'k8s.io/ingress-nginx'): Promise<void> {
  await applyObjects(rig, [
    { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' }, spec: { controller } },
  ]);
}

export function routePath(namespace: string, name: string): string {
  return `/apis/wssroute.dev/v1alpha1/namespaces/${namespace}/wssroutes/${name}`;
}

export function ingressPath(namespace: string, name: string): string {
  return `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}`;
}

export function certificatePath(namespace: string, name: string): string {
  return `/apis/cert-manager.io/v1/namespaces/${namespace}/certificates/${name}`;
}

export function findCondition(route: ApiObject | undefined, type: string): ApiObject | undefined {
  return route?.status?.conditions?.find((condition: ApiObject) => condition.type === type);
}

/** Waits until a condition of the route's current generation has the status, and the reason where one is given. */
export function waitForCondition(
  rig: Rig,
  namespace: string,
  name: string,
  wanted: { readonly type: string; readonly status: string; readonly reason?: string },
  timeoutMs = 30_000,
): Promise<ApiObject> {
  const what = `WssRoute ${namespace}/${name} to have ${wanted.type}=${wanted.status} ${wanted.reason ?? ''}`;
  return rig.client.waitFor(
    routePath(namespace, name),
    (route) => {
      const condition = findCondition(route, wanted.type);
      return (
        condition?.status === wanted.status &&
        condition.observedGeneration === route?.metadata.generation &&
        (wanted.reason === undefined || condition.reason === wanted.reason)
      );
    },
    { what, timeoutMs },
  );
}
