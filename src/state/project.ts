import type { KubeObject } from '../api/objects.ts';
import { type Claim, formatClaim, formatHostClaim, formatSolverClaim } from '../route/claims.ts';
import type {
  Issuance,
  ObservedCertificate,
  ObservedChild,
  ObservedIngress,
  ObservedIngressClass,
  ObservedService,
} from './observed.ts';
import { isWritten } from './ownership.ts';
import { createTextPool } from './pool.ts';

/** Name under which the operator's server-side applies are recorded in `managedFields`. */
export const fieldManager = 'wss-operator';

/** Annotations of an IngressClass that was named before `spec.ingressClassName` existed. */
const legacyClassAnnotation = 'kubernetes.io/ingress.class';
const canaryAnnotation = 'nginx.ingress.kubernetes.io/canary';
/** Of an Ingress of F5 NGINX that is no plain one: `master` or `minion`. */
export const mergeableAnnotation = 'nginx.org/mergeable-ingress-type';
/** Of the Ingresses and HTTPRoutes that answer a challenge (cert-manager, pkg/apis/acme/v1/types.go `SolverIdentificationLabelKey`). */
export const solverLabel = 'acme.cert-manager.io/http01-solver';

/** Objects of one shape have the same. */
const shareFields = createTextPool(256);
/** Kinds, their versions and the seconds in which things were made. */
const shareWord = createTextPool(256);

interface IngressShape {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly tls?: readonly object[];
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths?: readonly { readonly path?: string }[] };
    }[];
  };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

interface CertificateShape {
  readonly spec?: { readonly secretName?: string; readonly dnsNames?: readonly string[] };
  readonly status?: {
    readonly conditions?: readonly CertificateCondition[];
    readonly notAfter?: string;
    readonly renewalTime?: string;
  };
}

interface CertificateCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

interface ServiceShape {
  readonly spec?: {
    readonly type?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly appProtocol?: string }[];
  };
}

interface IngressClassShape {
  readonly spec?: { readonly controller?: string };
}

/** What is kept of an Ingress, anybody's: the operator's own are compared, the others' claims are respected. */
export function projectIngress(object: KubeObject): ObservedIngress {
  const { spec, status } = object as IngressShape;
  const annotations = object.metadata.annotations ?? {};
  const className = spec?.ingressClassName ?? annotations[legacyClassAnnotation] ?? '';
  // A canary shares host and path with its main Ingress on purpose.
  const rules = annotations[canaryAnnotation] === 'true' ? [] : (spec?.rules ?? []);
  return {
    ...projectChild(object),
    className,
    addresses: (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').filter(Boolean),
    claims: [
      ...rules.flatMap(({ host = '', http }) =>
        (http?.paths ?? []).map(({ path }) => formatClaim(className, host, path ?? '/')),
      ),
      ...rules.flatMap(({ host = '' }) => claimWhole(object, className, host)),
    ],
  };
}

/** F5 NGINX lets a minion share the host of a master; a solver of cert-manager wants it whole, but comes and goes. */
function claimWhole({ metadata: { annotations, labels } }: KubeObject, className: string, host: string): Claim[] {
  if (annotations?.[mergeableAnnotation] === 'minion') return [];
  return [labels?.[solverLabel] === 'true' ? formatSolverClaim(className, host) : formatHostClaim(className, host)];
}

export function projectCertificate(object: KubeObject): ObservedCertificate {
  const { spec, status } = object as CertificateShape;
  const conditions = status?.conditions ?? [];
  return {
    ...projectChild(object),
    secretName: spec?.secretName ?? '',
    dnsNames: spec?.dnsNames ?? [],
    issuance: judgeIssuance(conditions, object.metadata.generation),
    isJudged: conditions.some(({ type }) => type === 'Ready'),
    notAfter: status?.notAfter,
    renewalTime: status?.renewalTime,
  };
}

export function projectService(object: KubeObject): ObservedService {
  const { spec } = object as ServiceShape;
  return {
    ports: (spec?.ports ?? []).map(({ name = '', port, appProtocol = '' }) => ({ name, port, appProtocol })),
    isExternal: spec?.type === 'ExternalName',
  };
}

export function projectIngressClass(object: KubeObject): ObservedIngressClass {
  return { controller: (object as IngressClassShape).spec?.controller ?? '' };
}

/** What is kept of an object of which nothing more is asked than whether it is as it should be. */
export function projectChild(object: KubeObject): ObservedChild {
  const {
    name,
    namespace,
    uid,
    resourceVersion,
    creationTimestamp,
    labels,
    annotations,
    ownerReferences,
    managedFields,
    deletionTimestamp,
  } = object.metadata;
  const applied = managedFields?.find(
    (entry) => entry.manager === fieldManager && entry.operation === 'Apply' && !entry.subresource,
  );
  const owner = ownerReferences?.find(({ controller }) => controller);
  const isApplied = applied !== undefined;
  const { spec, data } = object;
  return {
    kind: shareWord(object.kind),
    namespace: namespace ?? '',
    name,
    uid: uid ?? '',
    resourceVersion: resourceVersion ?? '',
    creationTimestamp: shareWord(creationTimestamp ?? ''),
    owner: owner && { ...owner, apiVersion: shareWord(owner.apiVersion), kind: shareWord(owner.kind) },
    isDeleting: deletionTimestamp !== undefined,
    isApplied,
    ...(isWritten({ owner, isApplied })
      ? {
          content: JSON.stringify({ metadata: { labels, annotations, ownerReferences }, spec, data }),
          ownedFields: shareFields(JSON.stringify(applied?.fieldsV1 ?? {}, omitOwners)),
        }
      : keepTls(object)),
  };
}

/** Of other people's objects nothing is compared, and there may be many, of a megabyte each. An Ingress may have the TLS of a host (`tls-index.ts`). */
function keepTls({ spec }: KubeObject): Pick<ObservedChild, 'content' | 'ownedFields'> {
  const { tls } = (spec ?? {}) as NonNullable<IngressShape['spec']>;
  return { content: JSON.stringify({ metadata: {}, spec: { tls } }), ownedFields: '{}' };
}

/** The owner's uid would make the fields of each object others. Whether it is the right one is compared where it stands. */
function omitOwners(step: string, deeper: unknown): unknown {
  return step === 'f:ownerReferences' ? undefined : deeper;
}

/**
 * cert-manager's `Ready` of the current generation decides; while it is not there, `Issuing` tells whether it is at work or has
 * failed and waits (https://cert-manager.io/docs/usage/certificate/#issuance-behavior-failed-and-retries).
 */
function judgeIssuance(conditions: readonly CertificateCondition[], generation = 0): Issuance {
  const ready = conditions.find(({ type }) => type === 'Ready');
  const issuing = conditions.find(({ type }) => type === 'Issuing');
  const isCurrent = (ready?.observedGeneration ?? generation) >= generation;
  if (ready?.status === 'True' && isCurrent) return { state: 'issued', message: ready.message ?? '' };
  if (issuing?.status === 'False' && issuing.reason === 'Failed') {
    return { state: 'failed', message: issuing.message ?? '' };
  }
  const message = issuing?.status === 'True' ? issuing.message : isCurrent ? ready?.message : undefined;
  return { state: 'issuing', message: message ?? 'cert-manager has not looked at the Certificate yet' };
}
