import assert from 'node:assert/strict';
import type { KubeObject } from '../../../src/api/objects.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { attachmentsOf } from '../../../src/route/attachment.ts';
import { planRoute, type RoutePlan, type Standing } from '../../../src/route/plan.ts';
import { validateRoute } from '../../../src/route/validate.ts';
import { type Desired, desire } from '../../../src/state/desired.ts';
import type { Change } from '../../../src/state/diff.ts';
import type { Facts } from '../../../src/state/facts.ts';
import type { Evidence, Observed, ObservedChild, ObservedIngress } from '../../../src/state/observed.ts';
import type { Placement } from '../../../src/state/place.ts';
import { fieldManager, projectCertificate, projectIngress } from '../../../src/state/project.ts';

export const routeUid = '5f0c4a43-3f4b-4d3c-9a53-3c1f2f1f8a11';

const metadata = {
  name: 'chat',
  namespace: 'chat',
  uid: routeUid,
  generation: 1,
  creationTimestamp: '2026-05-01T12:00:00Z',
};
const spec = {
  hosts: ['chat.example.com'],
  ingressClassName: 'nginx',
  tls: { issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer' } },
  paths: [{ path: '/ws', service: { name: 'chat', port: 8080 } }],
};

/** The route `chat/chat` as the API server returns it; fields of `spec` may be replaced. */
export function exampleRoute(changes: object = {}, marks: object = {}): WssRoute {
  return defaulted({
    apiVersion: 'wssroute.dev/v1alpha1',
    kind: 'WssRoute',
    metadata: { ...metadata, ...marks },
    spec: { ...spec, ...changes },
  });
}

/** A route with its defaults; it must be valid. */
export function defaulted(candidate: unknown): WssRoute {
  const validation = validateRoute(candidate);
  assert.ok(validation.isValid, validation.isValid ? '' : JSON.stringify(validation.problems));
  return validation.route;
}

/** A cluster where everything that the route needs is there. */
export function observe(route: WssRoute, changes: Partial<Observed> = {}): Observed {
  const shared = route.spec.tls.certificateRef;
  return {
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
    services: new Map(
      route.spec.paths.map(({ service: { name, port } }) => [
        name,
        {
          ports: [{ ...(typeof port === 'number' ? { name: '', port } : { name: port, port: 80 }), appProtocol: '' }],
          isExternal: false,
        },
      ]),
    ),
    knowsServices: true,
    isCertManagerInstalled: true,
    unreadKinds: new Map(),
    certificate:
      shared === undefined
        ? undefined
        : projectCertificate({
            apiVersion: 'cert-manager.io/v1',
            kind: 'Certificate',
            metadata: { name: shared.name, namespace: route.metadata.namespace ?? '' },
            spec: { secretName: 'shared-tls', dnsNames: route.spec.hosts ?? [] },
          }),
    proofs: new Map([['IngressClass/nginx', proved(route)]]),
    latestRequest: undefined,
    order: undefined,
    challenges: [],
    fillers: [],
    issuedRequest: undefined,
    children: [],
    ...changes,
  };
}

/** A handshake with the route that succeeded. */
export function proved({ metadata }: WssRoute): Evidence {
  return {
    generation: metadata.generation,
    url: 'wss://chat.example.com/ws',
    address: '192.0.2.1',
    reason: 'Connected',
    message: '',
    certificate: 'right',
    chain: 'public',
  };
}

/** What should be there for a route with one attachment; it must be decided. */
export function decide(observed: Observed): Extract<Placement, { isDecided: true }> & Desired {
  const desired = desire(observed);
  const [placement] = desired.placements;
  assert.ok(placement?.isDecided, placement?.isDecided === false ? placement.message : '');
  return { ...desired, ...placement, losses: [...placement.losses, ...desired.losses] };
}

/** The plan of a route for its only attachment. */
export function plan(route: WssRoute, isLost: Standing['isLost'] = () => false): RoutePlan {
  const [attachment] = attachmentsOf(route);
  assert.ok(attachment);
  const source = { secretName: 'tls', isCertificateReady: true };
  return planRoute(route, attachment, source, { isLost, rankAt: () => 0 });
}

/** The facts of a pass in which nothing was to be written. */
export function gather(observed: Observed, changes: readonly Change[] = [], refusals: Facts['refusals'] = []): Facts {
  return { observed, desired: desire(observed), changes, refusals };
}

export interface Foreign {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly addresses?: readonly string[];
}

/** The object as the API server keeps it after the operator has applied it, with what others have added. */
export function store(object: KubeObject, { labels, annotations, addresses }: Foreign = {}): KubeObject {
  const { metadata: own, spec: ownSpec } = object;
  return {
    ...object,
    metadata: {
      ...own,
      labels: { ...labels, ...own.labels },
      ...((annotations ?? own.annotations) && { annotations: { ...annotations, ...own.annotations } }),
      uid: `uid-of-${object.kind}-${own.name}`,
      resourceVersion: '4711',
      generation: 1,
      creationTimestamp: '2026-05-01T12:00:01Z',
      managedFields: [
        { manager: 'somebody', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:theirs': {} } } } },
        { manager: fieldManager, operation: 'Apply', fieldsV1: ownFields(own, ownSpec) },
      ],
    },
    ...(addresses && { status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } } }),
  };
}

/** `fieldsV1` as the API server computes it for an Ingress or a Certificate: their lists are atomic, owners are keyed by uid. */
function ownFields(
  { labels, annotations, ownerReferences }: KubeObject['metadata'],
  ownSpec: unknown,
): Readonly<Record<string, unknown>> {
  const owners = ownerReferences?.map(({ uid }) => [`k:${JSON.stringify({ uid })}`, {}]);
  return {
    'f:metadata': {
      ...(labels && { 'f:labels': fieldSet(labels) }),
      ...(annotations && { 'f:annotations': fieldSet(annotations) }),
      ...(owners && { 'f:ownerReferences': Object.fromEntries(owners) }),
    },
    'f:spec': fieldSet(ownSpec),
  };
}

function fieldSet(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [`f:${name}`, fieldSet(child)]));
}

/** What is kept of a stored object. */
export function project(object: KubeObject): ObservedChild | ObservedIngress {
  return object.kind === 'Ingress' ? projectIngress(object) : projectCertificate(object);
}
