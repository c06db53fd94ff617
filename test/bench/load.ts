import { certificateKind, ingressKind, type Kind, wssRouteKind } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/objects.ts';
import type { WssRoute } from '../../src/api/wssroute.ts';
import { pathOf } from '../../src/kube/path.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { desire } from '../../src/state/desired.ts';
import type { Observed } from '../../src/state/observed.ts';
import { fieldManager, projectCertificate, projectIngress } from '../../src/state/project.ts';
import { composeStatus } from '../../src/state/status.ts';
import type { Rig } from '../support/rig.ts';
import { createNamespace } from '../support/routes.ts';

/** One server-side apply, ready to be sent. */
export interface PreparedApply {
  readonly path: string;
  readonly body: string;
}

/** Creates routes in a namespace of their own, and returns them as the API server has them. */
export async function createRoutes(
  rig: Rig,
  transport: Transport,
  namespace: string,
  count: number,
): Promise<readonly WssRoute[]> {
  await createNamespace(rig, namespace);
  const routes: WssRoute[] = [];
  let next = 0;
  async function createUntilDone(): Promise<void> {
    for (let index = next++; index < count; index = next++) {
      const answer = await transport.request<WssRoute>({
        method: 'POST',
        path: pathOf(wssRouteKind, namespace),
        body: describeRoute(namespace, `route-${index}`),
      });
      routes.push(answer.body);
    }
  }
  await Promise.all(Array.from({ length: 32 }, createUntilDone));
  return routes;
}

function describeRoute(namespace: string, name: string): object {
  return {
    apiVersion: 'wssroute.dev/v1alpha1',
    kind: 'WssRoute',
    metadata: { namespace, name },
    spec: {
      hosts: [`${name}.${namespace}.example.com`],
      ingressClassName: 'nginx',
      tls: { issuerRef: { name: 'ca', kind: 'ClusterIssuer' } },
      paths: [{ path: '/ws', service: { name: 'chat', port: 8080 } }],
    },
  };
}

/** What the operator would send for a route from nothing to the end: its children, then its status. */
export function prepareApplies(route: WssRoute): readonly PreparedApply[] {
  const empty: Observed = {
    route,
    ingressClass: { controller: 'k8s.io/ingress-nginx' },
    parents: 'absent',
    standings: new Map(),
    deciders: new Map(),
    holders: new Map(),
    waiting: new Map(),
    deputies: new Map(),
    balancingRivals: [],
    backendTls: { rivals: [], isShared: false },
    services: new Map([['chat', { ports: [{ name: '', port: 8080, appProtocol: '' }], isExternal: false }]]),
    knowsServices: true,
    isCertManagerInstalled: true,
    unreadKinds: new Map(),
    certificate: undefined,
    proofs: 'off',
    latestRequest: undefined,
    order: undefined,
    challenges: [],
    fillers: [],
    issuedRequest: undefined,
    children: [],
  };
  const desired = desire(empty);
  const [certificate, ingress] = desired.objects;
  if (certificate === undefined || ingress === undefined) throw new Error('a route needs a Certificate and an Ingress');
  const observedCertificate = projectCertificate(certificate);
  const observed = {
    ...empty,
    certificate: observedCertificate,
    children: [observedCertificate, projectIngress(ingress)],
  };
  const status = composeStatus({ observed, desired, changes: [], refusals: [] }, '2026-01-01T00:00:00Z');
  const { name, namespace = '', resourceVersion = '' } = route.metadata;
  const judged = {
    apiVersion: route.apiVersion,
    kind: route.kind,
    metadata: { name, namespace, resourceVersion },
    status,
  };
  return [
    prepare(certificateKind, certificate),
    prepare(ingressKind, ingress),
    prepare(wssRouteKind, judged, 'status'),
  ];
}

function prepare(kind: Kind, object: KubeObject, subresource?: string): PreparedApply {
  const { namespace, name } = object.metadata;
  const query = `fieldManager=${fieldManager}&force=true&fieldValidation=Strict`;
  return { path: `${pathOf(kind, namespace, name, subresource)}?${query}`, body: JSON.stringify(object) };
}
