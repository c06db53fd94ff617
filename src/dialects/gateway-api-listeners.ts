import { httpRouteKind, listenerSetKind } from '../api/kinds.ts';
import type { ParentAttachment } from '../route/attachment.ts';
import { nameListener, nameOneOf, numberName } from '../route/names.ts';
import type { Listener, Parent } from '../route/parent.ts';
import type { RoutePlan } from '../route/plan.ts';
import { canRedirect } from './gateway-api-vendors.ts';

/** One listener that an HTTPRoute attaches to, as its `parentRefs` name it. */
export interface Seat {
  readonly ref: {
    readonly group: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly sectionName: string;
  };
  /** Empty: any host. */
  readonly hostname: string;
  readonly port: number;
}

/** A listener that the route brings along. */
export interface OwnListener {
  readonly name: string;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly hostname: string;
  readonly port: number;
}

/** One ListenerSet holds 64 (listenersets CRD, `spec.listeners`). */
const listenersPerSet = 64;

/** The plan's attachment, which is none to a class. */
export function parentOf({ attachment }: Pick<RoutePlan, 'attachment'>): ParentAttachment {
  if (attachment.kind === 'IngressClass') throw new Error('a class is no parent');
  return attachment;
}

/** The name from which those of the attachment's objects are made. */
export function nameBase(plan: Pick<RoutePlan, 'route' | 'attachment'>): string {
  const { kind, namespace, name, sectionName = '' } = parentOf(plan);
  return nameOneOf(plan.route.metadata.name, name, `${kind}/${namespace}/${name}/${sectionName}`);
}

/** The name of the HTTPRoute that redirects. The plain listeners are the same for all sections of a parent, so they have one together. */
export function nameRedirect({ route, attachment }: Pick<RoutePlan, 'route' | 'attachment'>): string {
  const { sectionName: _, ...parent } = parentOf({ attachment });
  return `${nameBase({ route, attachment: parent })}-redirect`;
}

/**
 * Whether everything that a host of the route stands for comes to a listener of that name. A wildcard of the Gateway API covers
 * any number of labels (Listener.hostname).
 */
export function covers(hostname: string, host: string): boolean {
  if (hostname === '' || hostname === host) return true;
  return host !== '' && hostname.startsWith('*.') && host.replace(/^\*/, '').endsWith(hostname.slice(1));
}

/** Whether they have a name in common: a listener of its own for one name under the route's wildcard takes that name. */
export function intersects(hostname: string, host: string): boolean {
  return covers(hostname, host) || (host.startsWith('*.') && covers(host, hostname));
}

/** Listeners of the parent that end TLS and that the route may mean; by name, so that their order in the Gateway is none of ours. */
export function listSecure(plan: RoutePlan, { listeners }: Parent): readonly Listener[] {
  const { sectionName } = parentOf(plan);
  return sortByName(listeners).filter(
    ({ name, isTerminating, takesHttpRoutes }) =>
      isTerminating && takesHttpRoutes && (sectionName === undefined || name === sectionName),
  );
}

/** Whether a listener takes routes of the plan's namespace; of a selector only the implementation knows. */
export function allowsRoutes({ allowsRoutesFrom }: Listener, plan: RoutePlan): boolean {
  if (allowsRoutesFrom === 'Same') return parentOf(plan).namespace === (plan.route.metadata.namespace ?? '');
  return allowsRoutesFrom !== 'None';
}

/** Where the HTTPRoutes that serve attach to. */
export function findSecureSeats(plan: RoutePlan, parent: Parent): readonly Seat[] {
  if (parentOf(plan).createsListener) return seatOwn(plan, parent, 'HTTPS');
  return listSecure(plan, parent)
    .filter((listener) => allowsRoutes(listener, plan) && listener.ungranted.length === 0)
    .map((listener) => seat(plan, listener));
}

/** Where the HTTPRoutes that redirect attach to: plain listeners of the parent, and those that the route brings along. */
export function findPlainSeats(plan: RoutePlan, parent: Parent): readonly Seat[] {
  const seats = listPlain(plan, parent).map((listener) => seat(plan, listener));
  return parentOf(plan).createsListener ? [...seats, ...seatOwn(plan, parent, 'HTTP')] : seats;
}

/**
 * The listeners that the route brings along: HTTPS for each host, and HTTP for those that no plain listener of the Gateway has.
 * The first HTTPS one comes first, so that a set that is split serves the hosts before it redirects.
 */
export function planListeners(plan: RoutePlan, parent: Parent): readonly OwnListener[] {
  const hosts = plan.hosts.map(({ host }) => host);
  const plain = listPlain(plan, parent);
  const port = findPort(parent, 'HTTPS', 443);
  const bare =
    plan.features.redirect && canRedirect(parent, port)
      ? hosts.filter((host) => !plain.some(({ hostname }) => covers(hostname, host)))
      : [];
  return [
    ...hosts.map((host) => describeOwn('HTTPS', host, port)),
    ...bare.map((host) => describeOwn('HTTP', host, findPort(parent, 'HTTP', 80))),
  ];
}

/** The listeners of each ListenerSet, with its name. */
export function splitListeners(
  plan: RoutePlan,
  parent: Parent,
): readonly { readonly name: string; readonly listeners: readonly OwnListener[] }[] {
  const listeners = planListeners(plan, parent);
  const count = Math.ceil(listeners.length / listenersPerSet);
  return Array.from({ length: count }, (_, index) => ({
    name: numberName(nameBase(plan), index),
    listeners: listeners.slice(index * listenersPerSet, (index + 1) * listenersPerSet),
  }));
}

/** The listeners where one of the hosts is served. */
export function takeSeats(seats: readonly Seat[], hosts: readonly string[]): readonly Seat[] {
  return seats.filter(({ hostname }) => hosts.some((host) => intersects(hostname, host)));
}

/** Where clients of a host find HTTPS. */
export function findSecurePort(secure: readonly Seat[], host: string): number {
  const ports = takeSeats(secure, [host]).map(({ port }) => port);
  return ports.length === 0 || ports.includes(443) ? 443 : Math.min(...ports);
}

function seatOwn(plan: RoutePlan, parent: Parent, wanted: OwnListener['protocol']): readonly Seat[] {
  const { namespace } = plan.route.metadata;
  return splitListeners(plan, parent).flatMap(({ name, listeners }) =>
    listeners
      .filter(({ protocol }) => protocol === wanted)
      .map(({ name: sectionName, hostname, port }) => ({
        ref: {
          group: listenerSetKind.group,
          kind: listenerSetKind.kind,
          ...(namespace !== undefined && { namespace }),
          name,
          sectionName,
        },
        hostname,
        port,
      })),
  );
}

function seat(plan: RoutePlan, { name: sectionName, hostname, port }: Listener): Seat {
  const { kind, namespace, name } = parentOf(plan);
  const ref = { group: httpRouteKind.group, kind, ...(namespace !== '' && { namespace }), name, sectionName };
  return { ref, hostname, port };
}

function listPlain(plan: RoutePlan, { listeners }: Parent): readonly Listener[] {
  return sortByName(listeners).filter(
    (listener) => listener.protocol === 'HTTP' && listener.takesHttpRoutes && allowsRoutes(listener, plan),
  );
}

function sortByName(listeners: readonly Listener[]): readonly Listener[] {
  return [...listeners].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function describeOwn(protocol: OwnListener['protocol'], hostname: string, port: number): OwnListener {
  return { name: nameListener(protocol, hostname), protocol, hostname, port };
}

/** The port that the Gateway uses for the protocol already: only that one may be open from outside. */
function findPort({ listeners }: Parent, wanted: OwnListener['protocol'], usual: number): number {
  const ports = listeners.filter(({ protocol }) => protocol === wanted).map(({ port }) => port);
  return ports.length === 0 || ports.includes(usual) ? usual : Math.min(...ports);
}
