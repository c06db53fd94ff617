import type { WssRoutePath } from '../api/wssroute.generated.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Obstacle, Service, Target } from './dialect.ts';
import { hasFeature } from './gateway-api-vendors.ts';

type ServicePort = Service['ports'][number];

/** A port of a Service that paths lead to. */
export interface Backend {
  readonly service: string;
  readonly port: number;
  /** As the Service describes it; undefined where it is not known. */
  readonly known: ServicePort | undefined;
  readonly backendTLS: WssRoutePath['backendTLS'];
}

/** What a path leads to; a port by name needs the Service. */
export function findBackend({ service, backendTLS }: WssRoutePath, { services }: Target): Backend | undefined {
  const { name, port } = service;
  const known = services?.get(name)?.ports.find((each) => (typeof port === 'number' ? each.port : each.name) === port);
  const number = typeof port === 'number' ? port : known?.port;
  return number === undefined ? undefined : { service: name, port: number, known, backendTLS };
}

/** Each port of each Service once, by the first path that leads to it and wants TLS there, or the first of all; in a stable order. */
export function listBackends(plan: RoutePlan, target: Target): readonly Backend[] {
  const backends = new Map<string, Backend>();
  for (const path of plan.hosts.flatMap(({ paths }) => paths)) {
    const backend = findBackend(path, target);
    if (backend === undefined) continue;
    const key = `${backend.service} ${backend.port}`;
    if (backends.get(key)?.backendTLS === undefined) backends.set(key, backend);
  }
  return [...backends].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, backend]) => backend);
}

/** Whether a BackendTLSPolicy is written for a path: no implementation of a Gateway that says it has none is given one. */
export function isEncrypted(
  { backendTLS }: { readonly backendTLS?: Backend['backendTLS'] },
  { parent }: Target,
): boolean {
  return backendTLS !== undefined && parent !== undefined && hasFeature(parent, 'BackendTLSPolicy') !== false;
}

/** The first path whose Service has to be known before anything can be written, and is not. */
export function findUnresolved(plan: RoutePlan, target: Target): Obstacle | undefined {
  for (const path of plan.hosts.flatMap(({ paths }) => paths)) {
    const because = explainNeed(path, target);
    if (because === undefined) continue;
    const { name, port } = path.service;
    const service = target.services?.get(name);
    if (service === undefined) {
      const cure = typeof port === 'number' ? '' : ', or write its number into paths[].service.port';
      return { reason: 'ServiceNotFound', message: `Service "${name}" is not there: ${because}; create it${cure}` };
    }
    const ports = service.ports.map((each) => `${each.port}${each.name === '' ? '' : ` (${each.name})`}`).join(', ');
    return {
      reason: 'ServicePortNotFound',
      message: `Service "${name}" has no port ${JSON.stringify(port)}; it has ${ports || 'none'}: ${because}`,
    };
  }
  return undefined;
}

/**
 * The Gateway API knows ports by number (BackendObjectReference.port), except in policies, which know them by name; without one they hold for all
 * ports of the Service (LocalPolicyTargetReferenceWithSectionName), those of other people's routes included.
 */
function explainNeed(path: WssRoutePath, target: Target): string | undefined {
  const backend = findBackend(path, target);
  const { port } = path.service;
  if (backend === undefined) return `an HTTPRoute names ports by number, and that of port "${port}" is not known`;
  if (backend.known !== undefined || !isEncrypted(path, target)) return undefined;
  return `a BackendTLSPolicy names ports by name, and that of port ${port} is not known`;
}
