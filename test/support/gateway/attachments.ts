import type { ApiObject } from '../admin-client.ts';
import type { Listener, Parent } from './listeners.ts';
import { findByKey, gatewayGroup, intersects, isAllowedFrom, isGranted, type World } from './world.ts';

/** A parentRef of a route to a parent that is played, and what became of it. */
export interface Attachment {
  readonly ref: ApiObject;
  readonly parent: Parent;
  readonly reason: 'Accepted' | 'NoMatchingParent' | 'NotAllowedByListeners' | 'NoMatchingListenerHostname';
  /** Where the route takes requests: none unless it is accepted. */
  readonly listeners: readonly Listener[];
}

/** References to parents that are not there, or that others play, are left out: nobody says a word about those. */
export function attach(world: World, parents: readonly Parent[], route: ApiObject): readonly Attachment[] {
  return (route.spec.parentRefs ?? []).flatMap((ref: ApiObject) => {
    const { group = gatewayGroup, kind = 'Gateway', namespace = route.metadata.namespace, name } = ref;
    const parent = parents.find(({ kind: of, object: { metadata } }) => {
      return of === kind && metadata.namespace === namespace && metadata.name === name;
    });
    return group !== gatewayGroup || parent === undefined ? [] : [attachTo(world, parent, route, ref)];
  });
}

function attachTo(world: World, parent: Parent, route: ApiObject, ref: ApiObject): Attachment {
  const refuse = (reason: Attachment['reason']): Attachment => ({ ref, parent, reason, listeners: [] });
  const named = parent.listeners.filter(({ name, port, acceptance }) => {
    if (acceptance !== 'Accepted') return false;
    return (ref.sectionName ?? name) === name && (ref.port ?? port) === port;
  });
  if (named.length === 0) return refuse('NoMatchingParent');
  const allowed = named.filter(({ allowedRoutes: { kinds = [], namespaces = { from: 'Same' } } }) => {
    const isKind = kinds.length === 0 || kinds.some(({ kind }: ApiObject) => kind === 'HTTPRoute');
    return isKind && isAllowedFrom(world, namespaces, parent.object.metadata.namespace, route.metadata.namespace);
  });
  if (allowed.length === 0) return refuse('NotAllowedByListeners');
  const hostnames: readonly (string | undefined)[] = route.spec.hostnames ?? [undefined];
  const listeners = allowed.filter(({ hostname }) => hostnames.some((each) => intersects(each, hostname)));
  if (listeners.length === 0) return refuse('NoMatchingListenerHostname');
  return { ref, parent, reason: 'Accepted', listeners };
}

export type Resolution = 'ResolvedRefs' | 'InvalidKind' | 'RefNotPermitted' | 'BackendNotFound' | 'UnsupportedProtocol';

const protocols = new Set([undefined, 'http', 'https', 'kubernetes.io/ws', 'kubernetes.io/wss', 'kubernetes.io/h2c']);

/** What there is to say of a route's backends: the first that cannot be used counts. */
export function resolveBackends(world: World, route: ApiObject): Resolution {
  const refs: readonly ApiObject[] = (route.spec.rules ?? []).flatMap((rule: ApiObject) => rule.backendRefs ?? []);
  const found = refs.map((ref) => resolveBackend(world, route, ref));
  return found.find((reason) => reason !== 'ResolvedRefs') ?? 'ResolvedRefs';
}

function resolveBackend(world: World, { metadata }: ApiObject, ref: ApiObject): Resolution {
  const { group = '', kind = 'Service', namespace = metadata.namespace, name } = ref;
  if (group !== '' || kind !== 'Service') return 'InvalidKind';
  const from = { group: gatewayGroup, kind: 'HTTPRoute', namespace: metadata.namespace };
  if (!isGranted(world, from, { group, kind, namespace, name })) return 'RefNotPermitted';
  const service = findByKey(world.services, `${namespace}/${name}`);
  const port = service?.spec.ports.find((each: ApiObject) => each.port === ref.port);
  if (port === undefined) return 'BackendNotFound';
  return protocols.has(port.appProtocol) ? 'ResolvedRefs' : 'UnsupportedProtocol';
}

/** A verdict on a BackendTLSPolicy. */
export interface PolicyVerdict {
  readonly acceptance: 'Accepted' | 'Conflicted' | 'NoValidCACertificate';
  readonly resolution: 'ResolvedRefs' | 'InvalidCACertificateRef' | 'InvalidKind';
  /** PEM; empty for those of the system. */
  readonly ca: string;
}

/** @param older policies that were there before, the oldest first */
export function judgePolicy(world: World, policy: ApiObject, older: readonly ApiObject[]): PolicyVerdict {
  const { namespace } = policy.metadata;
  const { caCertificateRefs = [], wellKnownCACertificates } = policy.spec.validation;
  const isRival = (other: ApiObject) =>
    other.metadata.namespace === namespace && targetsOf(other).some((each) => targetsOf(policy).includes(each));
  const bundles = caCertificateRefs.map(({ kind, name }: ApiObject) => {
    if (kind !== 'ConfigMap' && kind !== 'Secret') return undefined;
    const object = findByKey(kind === 'ConfigMap' ? world.configMaps : world.secrets, `${namespace}/${name}`);
    const value: string | undefined = object?.data?.['ca.crt'];
    return kind === 'ConfigMap' || value === undefined ? value : Buffer.from(value, 'base64').toString();
  });
  const valid = bundles.filter((bundle: string | undefined) => bundle !== undefined);
  const isKind = caCertificateRefs.every(({ kind }: ApiObject) => kind === 'ConfigMap' || kind === 'Secret');
  const unresolved = isKind ? 'InvalidCACertificateRef' : 'InvalidKind';
  const hasAuthority = valid.length > 0 || wellKnownCACertificates !== undefined;
  return {
    acceptance: older.some(isRival) ? 'Conflicted' : hasAuthority ? 'Accepted' : 'NoValidCACertificate',
    resolution: valid.length === bundles.length ? 'ResolvedRefs' : unresolved,
    ca: valid.join('\n'),
  };
}

/** Services that a BackendTLSPolicy names, each with the port where it names one. */
export function targetsOf({ spec }: ApiObject): readonly string[] {
  return spec.targetRefs.map(({ name, sectionName = '' }: ApiObject) => `${name}:${sectionName}`);
}
