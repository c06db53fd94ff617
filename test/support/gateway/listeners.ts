import type { ApiObject } from '../admin-client.ts';
import { byAge, findByKey, gatewayGroup, isAllowedFrom, isGranted, keyOf, type World } from './world.ts';

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostname: string | undefined;
  readonly allowedRoutes: ApiObject;
  /** Reason of Accepted, as of all others `Accepted` when it is true. */
  readonly acceptance: 'Accepted' | 'UnsupportedProtocol' | 'HostnameConflict' | 'ProtocolConflict';
  readonly resolution: 'ResolvedRefs' | 'InvalidCertificateRef' | 'RefNotPermitted';
  /** The Secret of its certificate. */
  readonly secret: ApiObject | undefined;
}

/** What a route can name as its parent. */
export interface Parent {
  readonly kind: 'Gateway' | 'ListenerSet';
  readonly object: ApiObject;
  /** The Gateway itself, or that of the ListenerSet. */
  readonly gateway: ApiObject;
  readonly acceptance: 'Accepted' | 'NotAllowed' | 'ListenersNotValid';
  readonly listeners: readonly Listener[];
}

/** Gateways of the classes that are played, and the ListenerSets of those, in the order in which they take listeners. */
export function findParents(world: World): readonly Parent[] {
  const classes = world.classes.filter(({ spec }) => spec.controllerName === world.controllerName);
  const names = new Set(classes.map(({ metadata }) => metadata.name));
  const gateways = world.gateways.filter(({ spec }) => names.has(spec.gatewayClassName));
  return gateways.flatMap((gateway) => {
    const taken: Listener[] = [];
    const own = buildParent(world, 'Gateway', gateway, gateway, taken);
    const sets = world.listenerSets.filter((set) => keyOfGateway(set) === keyOf(gateway)).sort(byAge);
    return [own, ...sets.map((set) => buildParent(world, 'ListenerSet', set, gateway, taken))];
  });
}

/** A listener that is accepted takes traffic once its certificate is there. */
export function isProgrammed({ acceptance, resolution }: Listener): boolean {
  return acceptance === 'Accepted' && resolution === 'ResolvedRefs';
}

function keyOfGateway({ metadata, spec }: ApiObject): string {
  return `${spec.parentRef.namespace ?? metadata.namespace}/${spec.parentRef.name}`;
}

function buildParent(
  world: World,
  kind: Parent['kind'],
  object: ApiObject,
  gateway: ApiObject,
  taken: Listener[],
): Parent {
  if (kind === 'ListenerSet') {
    const { namespaces } = gateway.spec.allowedListeners ?? {};
    if (!isAllowedFrom(world, namespaces, gateway.metadata.namespace, object.metadata.namespace)) {
      return { kind, object, gateway, acceptance: 'NotAllowed', listeners: [] };
    }
  }
  const listeners: Listener[] = [];
  for (const spec of object.spec.listeners) {
    const listener = buildListener(world, kind, object, spec, taken);
    listeners.push(listener);
    if (listener.acceptance === 'Accepted') taken.push(listener);
  }
  const isValid = listeners.some(({ acceptance }) => acceptance === 'Accepted');
  return { kind, object, gateway, acceptance: isValid ? 'Accepted' : 'ListenersNotValid', listeners };
}

function buildListener(
  world: World,
  kind: Parent['kind'],
  owner: ApiObject,
  spec: ApiObject,
  taken: readonly Listener[],
): Listener {
  const { name, port, protocol, hostname, allowedRoutes = {} } = spec;
  return {
    ...{ name, port, protocol, hostname, allowedRoutes },
    acceptance: judge({ port, protocol, hostname }, taken),
    ...(protocol === 'HTTPS' ? findCertificate(world, kind, owner, spec) : noCertificate),
  };
}

/** The first that asks for a port and hostname has it. */
function judge(
  { port, protocol, hostname }: Pick<Listener, 'port' | 'protocol' | 'hostname'>,
  taken: readonly Listener[],
): Listener['acceptance'] {
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') return 'UnsupportedProtocol';
  const rivals = taken.filter((other) => other.port === port);
  if (rivals.some((other) => other.protocol !== protocol)) return 'ProtocolConflict';
  return rivals.some((other) => other.hostname === hostname) ? 'HostnameConflict' : 'Accepted';
}

type Certificate = Pick<Listener, 'resolution' | 'secret'>;

const noCertificate: Certificate = { resolution: 'ResolvedRefs', secret: undefined };

function findCertificate(world: World, kind: Parent['kind'], owner: ApiObject, { tls }: ApiObject): Certificate {
  const [ref] = tls?.certificateRefs ?? [];
  if (ref === undefined || (ref.kind ?? 'Secret') !== 'Secret' || (tls.mode ?? 'Terminate') !== 'Terminate') {
    return { resolution: 'InvalidCertificateRef', secret: undefined };
  }
  const { namespace: from } = owner.metadata;
  const namespace = ref.namespace ?? from;
  const to = { group: '', kind: 'Secret', namespace, name: ref.name };
  if (!isGranted(world, { group: gatewayGroup, kind, namespace: from }, to)) {
    return { resolution: 'RefNotPermitted', secret: undefined };
  }
  const secret = findByKey(world.secrets, `${namespace}/${ref.name}`);
  const isComplete = secret?.type === 'kubernetes.io/tls' && secret.data?.['tls.crt'] && secret.data['tls.key'];
  return isComplete
    ? { resolution: 'ResolvedRefs', secret }
    : { resolution: 'InvalidCertificateRef', secret: undefined };
}
