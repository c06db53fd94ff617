import type { KubeObject } from '../api/objects.ts';
import { specSchema } from '../api/schema.generated.ts';
import type { WssRoute } from '../api/wssroute.ts';
import type { IngressClassAttachment, ParentAttachment } from '../route/attachment.ts';
import { omitDefaults } from '../route/omit-defaults.ts';

/** How a route gets its second place, and loses its first one. */
export interface Change {
  readonly because: string;
  /** Name of the route that serves at the new place, and its namespace as a flag. */
  readonly name: string;
  readonly scope: string;
  /** Where `status.attachments` of that route has the new place. */
  readonly index: number;
  /** `namespace/name` of each route that serves while both places do. */
  readonly routes: readonly string[];
  /** To write before anything else. */
  readonly files: readonly { readonly name: string; readonly content: KubeObject }[];
  readonly attach: readonly string[];
  readonly detachNew: readonly string[];
  readonly detachOld: readonly string[];
  readonly attachOld: readonly string[];
}

/** Adds a parent beside what the route has. */
export function attachToGateway(route: WssRoute, { kind, namespace, name, createsListener }: ParentAttachment): Change {
  const before = listParents(route);
  const own = route.metadata.namespace;
  const isTarget = (ref: ParentRef) =>
    ref.name === name && (ref.namespace ?? own) === namespace && (ref.kind ?? 'Gateway') === kind;
  const added = {
    ...(kind === 'ListenerSet' && { kind }),
    ...(namespace !== own && { namespace }),
    name,
    ...(createsListener && { createListener: true }),
  };
  const isThere = before.some(isTarget);
  const parentRefs = isThere ? before : [...before, added];
  const patches = patchOf(route);
  const rest = before.filter((ref) => !isTarget(ref));
  const { ingressClassName } = route.spec;
  return {
    because: `parentRefs and ingressClassName may stand side by side, and a route with both is served by both. ${
      createsListener
        ? 'No HTTPS listener there takes the route, so it brings its own along (a ListenerSet)'
        : `${kind} ${namespace}/${name} needs an HTTPS listener for the hosts that takes routes of the namespace`
    }`,
    ...nameOf(route),
    files: [],
    index: (ingressClassName === undefined ? 0 : 1) + parentRefs.findIndex(isTarget),
    attach: isThere ? [] : [patches({ parentRefs })],
    detachNew: [patches({ parentRefs: rest.length > 0 ? rest : null })],
    detachOld: [
      patches({
        ...(ingressClassName !== undefined && { ingressClassName: null }),
        parentRefs: parentRefs.filter(isTarget),
      }),
    ],
    attachOld: [patches({ ...(ingressClassName !== undefined && { ingressClassName }), parentRefs })],
  };
}

/** A route that has parents only gets a class. */
export function attachToClass(route: WssRoute, { name }: IngressClassAttachment): Change {
  const patches = patchOf(route);
  return {
    because: 'parentRefs and ingressClassName may stand side by side, and a route with both is served by both',
    ...nameOf(route),
    files: [],
    index: 0,
    attach: [patches({ ingressClassName: name })],
    detachNew: [patches({ ingressClassName: null })],
    detachOld: [patches({ parentRefs: null })],
    attachOld: [patches({ parentRefs: listParents(route) })],
  };
}

/** A route has one class, so a second one stands beside it until the first may go. */
export function attachTwin(route: WssRoute, { name: className }: IngressClassAttachment): Change {
  const { metadata, spec } = route;
  const { parentRefs: _, ...rest } = spec;
  const scope = scopeOf(route);
  const old = metadata.name;
  const name = `${old.slice(0, 252 - className.length).replace(/[-.]+$/, '')}-${className}`;
  const { namespace } = metadata;
  const twin = toManifest(route, name, { ...rest, ingressClassName: className });
  const hasParents = (spec.parentRefs ?? []).length > 0;
  const patches = patchOf(route);
  const isIssued = spec.tls.secretName === undefined && spec.tls.certificateRef === undefined;
  const certificate = isIssued
    ? 'It asks for a certificate of its own; an HTTP-01 challenge of it comes to where DNS leads, so the solver of the issuer keeps the old class until step 3, and gets the new one after it.'
    : 'It uses the same certificate.';
  return {
    because: `a route has one class, and claims count by class, so a second route may serve the same hosts and paths. ${certificate}`,
    name,
    scope,
    index: 0,
    routes: [qualify(namespace, old), qualify(namespace, name)],
    // What kubectl shows of a route cannot be applied again when it is gone, because of its resourceVersion.
    files: [toManifest(route, old, spec), twin].map((content) => ({ name: `${content.metadata.name}.yaml`, content })),
    attach: [`kubectl apply -f ${name}.yaml`],
    detachNew: [tidy(`kubectl delete wssroute ${name} ${scope}`)],
    detachOld: [hasParents ? patches({ ingressClassName: null }) : tidy(`kubectl delete wssroute ${old} ${scope}`)],
    attachOld: [hasParents ? patches({ ingressClassName: spec.ingressClassName }) : `kubectl apply -f ${old}.yaml`],
  };
}

function toManifest({ apiVersion, kind, metadata }: WssRoute, name: string, spec: object): KubeObject {
  const { namespace, labels } = metadata;
  const ownLabels = labels === undefined ? {} : { labels };
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...ownLabels },
    spec: omitDefaults(specSchema, spec),
  };
}

type ParentRef = Partial<NonNullable<WssRoute['spec']['parentRefs']>[number]>;

/** As a person would write them. */
function listParents({ spec }: WssRoute): readonly ParentRef[] {
  return (omitDefaults(specSchema.properties?.parentRefs ?? {}, spec.parentRefs ?? []) as readonly ParentRef[]) ?? [];
}

function nameOf(route: WssRoute): Pick<Change, 'name' | 'scope' | 'routes'> {
  const { name, namespace } = route.metadata;
  return { name, scope: scopeOf(route), routes: [qualify(namespace, name)] };
}

/** The command that merges a part into the spec; null removes a field (RFC 7396). */
function patchOf(route: WssRoute): (spec: object) => string {
  const { name } = route.metadata;
  return (spec) =>
    tidy(`kubectl patch wssroute ${name} ${scopeOf(route)} --type=merge -p '${JSON.stringify({ spec })}'`);
}

function scopeOf({ metadata }: WssRoute): string {
  return metadata.namespace === undefined ? '' : `-n ${metadata.namespace}`;
}

function qualify(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function tidy(command: string): string {
  return command.replace(/ {2,}/g, ' ').trim();
}
