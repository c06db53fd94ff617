import { wssRouteKind } from '../api/kinds.ts';
import { formatKey, type KubeObject } from '../api/objects.ts';
import { formatProblem, type Problem, quoteValue } from '../api/problem.ts';
import { escapeUnseen } from '../api/text.ts';
import type { WssRoute } from '../api/wssroute.ts';
import type { Loss } from '../dialects/dialect.ts';
import { fieldOf, formatAttachment } from '../route/attachment.ts';
import { type Claim, describeClaim } from '../route/claims.ts';
import { nameAuthority } from '../route/names.ts';
import { findBreaches, isServed, openPolicy, type Policy } from '../route/policy.ts';
import { validateRoute } from '../route/validate.ts';
import { publishField } from '../state/authority.ts';
import { desire } from '../state/desired.ts';
import type { Observed } from '../state/observed.ts';
import type { Placement } from '../state/place.ts';
import { findMisshape, readCluster } from './document-cluster.ts';
import type { Document } from './documents.ts';
import { observeDocuments } from './observe-documents.ts';

/** What one route becomes without a cluster. */
export interface Rendering {
  readonly place: string;
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
  readonly losses: readonly Loss[];
}

/** The operator that the objects are for. */
export interface RenderingFor {
  /** `spec.controller` of classes that are not among the documents. */
  readonly controller: string;
  /** Namespaces that it watches; empty: all. */
  readonly namespaces?: readonly string[];
  readonly policy?: Policy;
}

/**
 * Renders every WssRoute among the documents by the controller's own functions. The other documents are the cluster: an
 * IngressClass, a Gateway, a Certificate to share, an Ingress or a route that serves the host already.
 */
export function renderDocuments(documents: readonly Document[], operator: RenderingFor): readonly Rendering[] {
  const rejected: Rendering[] = [];
  const valid = new Map<string, { readonly place: string; readonly route: WssRoute }>();
  const cluster: KubeObject[] = [];
  for (const document of documents) {
    if (!document.isReadable) {
      rejected.push(reject(document.place, [{ path: 'document', found: '', expected: document.because }]));
      continue;
    }
    const { object } = document;
    const place = `${document.place}: ${nameOf(object)}`;
    if (!isRoute(object)) {
      const problem = hasName(object) ? findMisshape(object) : undefined;
      if (problem !== undefined) rejected.push(reject(place, [problem]));
      else if (hasName(object)) cluster.push(object);
      continue;
    }
    const validation = validateRoute(object);
    if (!validation.isValid) {
      rejected.push(reject(place, validation.problems));
      continue;
    }
    const { route } = validation;
    const key = formatKey(route.metadata);
    if (valid.has(key)) rejected.push(reject(place, [describeRepeated(route)]));
    else valid.set(key, { place, route });
  }
  const routes = [...valid.values()].map(({ route }) => route);
  const { controller, policy = openPolicy } = operator;
  const observe = observeDocuments(routes, { cluster: readCluster(cluster), controller, policy });
  return [...rejected, ...[...valid.values()].map((each) => renderRoute(each, observe, operator))];
}

function renderRoute(
  { place, route }: { readonly place: string; readonly route: WssRoute },
  observe: (route: WssRoute) => Observed,
  { namespaces = [], policy = openPolicy }: RenderingFor,
): Rendering {
  const refused = [...findOutside(route, namespaces, policy), ...findBreaches(route, policy)];
  if (refused.length > 0) return reject(place, refused);
  const observed = observe(route);
  const shared = route.spec.tls.certificateRef;
  if (shared !== undefined && observed.certificate === undefined) {
    const expected = 'must be among the documents: add the Certificate, its secretName goes into the Ingress';
    return reject(place, [{ path: 'spec.tls.certificateRef.name', found: JSON.stringify(shared.name), expected }]);
  }
  const desired = desire(observed, policy);
  const problems = desired.placements.flatMap((placement) =>
    placement.isDecided
      ? [...placement.lost].map(([claim, holder]) => describeLost(claim, `${holder.kind} ${formatKey(holder)}`))
      : [describeUndecided(placement)],
  );
  const losses = [...desired.placements.flatMap(listLosses), ...desired.losses];
  const told = losses.filter(({ field }) => field !== publishField);
  return { place, objects: desired.objects, problems, losses: [...told, ...postpone(route)] };
}

function listLosses(placement: Placement): readonly Loss[] {
  return placement.isDecided ? placement.losses : [];
}

function describeUndecided({ attachment, ...placement }: Placement): Problem {
  const path = fieldOf(attachment);
  const found = quoteValue(attachment.kind === 'IngressClass' ? attachment.name : formatAttachment(attachment));
  if (placement.isDecided) return { path, found, expected: '' };
  const { reason, message } = placement;
  if (reason !== 'GatewayNotFound') return { path, found, expected: message };
  const expected = 'must be among the documents, with its GatewayClass: add them as `kubectl get -o yaml` shows them';
  return { path, found, expected: `${expected}; ${message}` };
}

/** Its authority is told with the certificate, which is issued in the cluster. */
function postpone({ metadata, spec }: WssRoute): readonly Loss[] {
  if (!spec.tls.publishCA) return [];
  const because = `the operator writes ConfigMap "${nameAuthority(metadata.name)}" when the certificate has been issued; its authority is told then`;
  return [{ field: publishField, level: 'approximate', because, cure: 'apply the route to a cluster to see it' }];
}

/** Why the operator does not look at a route: it works for other namespaces, or for other classes. */
function findOutside({ metadata, spec }: WssRoute, namespaces: readonly string[], policy: Policy): readonly Problem[] {
  const { namespace } = metadata;
  const problems: Problem[] = [];
  if (namespace !== undefined && namespaces.length > 0 && !namespaces.includes(namespace)) {
    const expected = `must be a namespace that the configuration lists: ${namespaces.join(', ')}`;
    problems.push({ path: 'metadata.namespace', found: quoteValue(namespace), expected });
  }
  if (!isServed(policy, spec) && spec.ingressClassName === undefined) {
    const expected = "must not be alone: the operator's configuration does not serve Gateways (gatewayAPI.enabled)";
    problems.push({ path: 'spec.parentRefs', found: '', expected });
  } else if (!isServed(policy, spec)) {
    const expected = `must be a class that the configuration lists: ${[...policy.classes.keys()].join(', ')}`;
    problems.push({ path: 'spec.ingressClassName', found: quoteValue(spec.ingressClassName), expected });
  }
  return problems;
}

function describeLost(claim: Claim, holder: string): Problem {
  const expected = `must be no other's: ${holder} serves it already`;
  return { path: 'spec.hosts', found: JSON.stringify(describeClaim(claim)), expected };
}

function describeRepeated({ metadata }: WssRoute): Problem {
  const expected = 'must name one route only: an earlier document is of the same name and namespace';
  return { path: 'metadata.name', found: quoteValue(metadata.name), expected };
}

function reject(place: string, problems: readonly Problem[]): Rendering {
  return { place, objects: [], problems, losses: [] };
}

/** The problems of a rendering, a line each. Characters that would act on a terminal, or that nobody sees, are written as escapes. */
export function formatProblems({ place, problems }: Rendering): readonly string[] {
  return problems.map((problem) => escapeUnseen(`${place}: ${formatProblem(problem)}`));
}

/** Everything of the API group is judged, so that a misspelt kind or version is not passed over. */
function isRoute(object: Readonly<Record<string, unknown>>): boolean {
  const { apiVersion, kind } = object;
  return (
    kind === wssRouteKind.kind || (typeof apiVersion === 'string' && apiVersion.startsWith(`${wssRouteKind.group}/`))
  );
}

function hasName(object: Readonly<Record<string, unknown>>): object is KubeObject {
  const metadata = object.metadata as { readonly name?: unknown } | undefined;
  return typeof object.kind === 'string' && typeof object.apiVersion === 'string' && typeof metadata?.name === 'string';
}

function nameOf({ kind, metadata }: Readonly<Record<string, unknown>>): string {
  const { namespace, name } = (metadata ?? {}) as { readonly namespace?: unknown; readonly name?: unknown };
  return `${showWord(kind)} ${namespace === undefined ? '' : `${showWord(namespace)}/`}${showWord(name ?? '(no name)')}`;
}

/** Names come from files: what is no name is shown as JSON. */
function showWord(value: unknown): string {
  return typeof value === 'string' && /^[\w.() -]{1,253}$/.test(value) ? value : quoteValue(value);
}
