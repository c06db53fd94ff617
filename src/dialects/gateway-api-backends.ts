import type { WssRoutePath } from '../api/wssroute.generated.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Obstacle, Service, Target } from './dialect.ts';

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

/** Each port of each Service once, by the first path that leads to it, in a stable order. */
export function listBackends(plan: RoutePlan, target: Target): readonly Backend[] {
  const backends = new Map<string, Backend>();
  for (const path of plan.hosts.flatMap(({ paths }) => paths)) {
    const backend = findBackend(path, target);
    if (backend === undefined) continue;
    const key = `${backend.service} ${backend.port}`;
    if (!backends.has(key)) backends.set(key, backend);
  }
  return [...backends].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, backend]) => backend);
}

/** The Gateway API knows ports by number only (BackendObjectReference.port). */
export function findUnresolved(plan: RoutePlan, target: Target): Obstacle | undefined {
  for (const path of plan.hosts.flatMap(({ paths }) => paths)) {
    if (findBackend(path, target) !== undefined) continue;
    const { name, port } = path.service;
    const service = target.services?.get(name);
    const because = `an HTTPRoute names ports by number, and that of port "${port}" is not known`;
    if (service === undefined) {
      const message = `Service "${name}" is not there: ${because}; create it, or write its number into paths[].service.port`;
      return { reason: 'ServiceNotFound', message };
    }
    const ports = service.ports.map((each) => `${each.port}${each.name === '' ? '' : ` (${each.name})`}`).join(', ');
    return {
      reason: 'ServicePortNotFound',
      message: `Service "${name}" has no port "${port}"; it has ${ports}: ${because}`,
    };
  }
  return undefined;
}
