import type { KubeObject } from '../api/objects.ts';
import { formatClaim, formatHostClaim } from '../route/claims.ts';
import type { ObservedHttpRoute, ObservedParentRef, ParentVerdict } from './observed-gateway.ts';
import { isRoutes } from './ownership.ts';
import { projectChild, solverLabel } from './project.ts';
import type { ReferenceShape } from './project-gateway.ts';
import { type ConditionShape, projectVerdicts } from './project-verdicts.ts';

interface HttpRouteShape {
  readonly spec?: {
    readonly parentRefs?: readonly ReferenceShape[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly HttpRouteRuleShape[];
  };
  readonly status?: {
    readonly parents?: readonly {
      readonly parentRef: ReferenceShape;
      readonly controllerName?: string;
      readonly conditions?: readonly ConditionShape[];
    }[];
  };
}

interface HttpRouteRuleShape {
  readonly matches?: readonly {
    readonly path?: { readonly type?: string; readonly value?: string };
    readonly headers?: readonly unknown[];
    readonly queryParams?: readonly unknown[];
    readonly method?: string;
  }[];
  readonly filters?: readonly { readonly type?: string }[];
}

/** What is kept of an HTTPRoute, anybody's: the operator's own are judged, the others' claims are respected. */
export function projectHttpRoute(object: KubeObject): ObservedHttpRoute {
  const { spec, status } = object as HttpRouteShape;
  const { namespace = '', generation } = object.metadata;
  const child = projectChild(object);
  const parentRefs = (spec?.parentRefs ?? []).map((reference) => projectReference(reference, namespace));
  const parents = (status?.parents ?? []).map(({ parentRef, controllerName = '', conditions }) => ({
    parentRef: projectReference(parentRef, namespace),
    controllerName,
    verdicts: projectVerdicts(conditions, generation),
  }));
  const isOwn = isRoutes(child);
  const isSolver = object.metadata.labels?.[solverLabel] === 'true';
  const hosts = spec?.hostnames ?? [''];
  const scopes = new Set(parentRefs.filter(isServer).map(formatScope));
  if (!isOwn) for (const scope of listRefused(parents)) scopes.delete(scope);
  const paths = (spec?.rules ?? []).flatMap((rule) => listPaths(rule, isOwn));
  return {
    ...child,
    claims: [
      ...new Set(
        [...scopes].flatMap((scope) => hosts.flatMap((host) => paths.map((path) => formatClaim(scope, host, path)))),
      ),
      // Whoever brings a listener for a host along takes all of it. A solver of cert-manager answers by the plain one.
      ...(isOwn || isSolver || paths.length === 0
        ? []
        : [...scopes].flatMap((scope) => hosts.map((host) => formatHostClaim(scope, host)))),
    ],
    parentRefs: isOwn ? parentRefs : [],
    parents: isOwn ? parents : [],
  };
}

/**
 * The paths that a rule has for itself. A match that asks for more than the path takes a part of it only, on purpose, as a canary
 * does; and a rule that redirects serves nothing: it is on the plain listeners mostly, which a claim does not tell apart. The operator's own
 * ask for an Origin where the route does, and the path is the route's all the same.
 */
function listPaths({ matches = [{}], filters = [] }: HttpRouteRuleShape, isOwn: boolean): readonly string[] {
  if (filters.some(({ type }) => type === 'RequestRedirect')) return [];
  return matches.flatMap(({ path, headers = [], queryParams = [], method }) => {
    const isWhole = headers.length === 0 && queryParams.length === 0 && method === undefined;
    return (isOwn || isWhole) && path?.type !== 'RegularExpression' ? [path?.value ?? '/'] : [];
  });
}

/** The parents that serve nothing of an HTTPRoute: whatever is said of it there, none of its listeners has accepted it as it is now. */
function listRefused(parents: ObservedHttpRoute['parents']): readonly string[] {
  const sayings = Map.groupBy(parents, ({ parentRef }) => formatScope(parentRef));
  return [...sayings].filter(([, each]) => each.every(({ verdicts }) => isRefused(verdicts))).map(([scope]) => scope);
}

function isRefused(verdicts: readonly ParentVerdict[]): boolean {
  return verdicts.some(({ type, status, isCurrent }) => type === 'Accepted' && status === 'False' && isCurrent);
}

/** As `scopeOf` names a parent. */
function formatScope({ kind, namespace, name }: ObservedParentRef): string {
  return `${kind}/${namespace}/${name}`;
}

function isServer({ kind }: ObservedParentRef): boolean {
  return kind === 'Gateway' || kind === 'ListenerSet';
}

function projectReference(reference: ReferenceShape, ownNamespace: string): ObservedParentRef {
  const { kind = 'Gateway', namespace = ownNamespace, name, sectionName = '' } = reference;
  return { kind, namespace, name, sectionName };
}
