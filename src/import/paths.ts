import type { IngressPath } from './ingress.ts';
import type { PathPart, PathReading } from './reader.ts';

const why = 'a route has whole elements: /ws serves /ws and /ws/room';

/**
 * A path as routes have it. `isElementwise`: the controller matches Prefix by whole elements, as Kubernetes says; else it takes every
 * path but Exact for a raw prefix of nginx.
 */
export function readPlainPath(
  source: IngressPath,
  { isElementwise }: { readonly isElementwise: boolean },
): PathReading {
  const { path = '/', pathType = 'ImplementationSpecific', backend } = source;
  const { name, port } = backend?.service ?? {};
  const number = port?.number ?? port?.name;
  if (name === undefined || number === undefined) {
    return refuse('a route leads to a port of a Service', 'give the path a backend.service with name and port');
  }
  const service = { name, port: number };
  if (pathType === 'Exact') return take({ path, pathType, service });
  if (pathType !== 'Prefix' && pathType !== 'ImplementationSpecific') {
    return refuse(`pathType ${pathType} is none of Kubernetes`, 'set pathType to Prefix or Exact');
  }
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  const part = { path: trimmed, pathType: 'Prefix', service } as const;
  // A raw prefix that ends in "/" matches whole elements already.
  if (trimmed !== path) {
    return take(
      part,
      `${path} is ${trimmed} now, which serves ${path} as before, and ${trimmed} itself, which nginx redirected`,
    );
  }
  if (path === '/' || (pathType === 'Prefix' && isElementwise)) return take(part);
  const raw = `the controller serves everything that begins with ${path}, such as ${path}x`;
  if (pathType === 'Prefix')
    return take(part, `${raw}; the route serves whole elements, as Kubernetes has it: ${path} and ${path}/…`);
  const because = `${raw}, and ${why}`;
  const cure = 'nothing, unless clients ask for such paths: list each of them in spec.paths';
  return { isTaken: true, part, fate: { outcome: 'leftover', because, cure } };
}

/** The same path, to a backend that speaks TLS. */
export function encrypt(reading: PathReading, backendTLS: PathPart['backendTLS']): PathReading {
  if (!reading.isTaken || backendTLS === undefined) return reading;
  return { ...reading, part: { ...reading.part, backendTLS } };
}

/** A path that no route gets. */
export function refuse(because: string, cure: string): PathReading {
  return { isTaken: false, fate: { outcome: 'leftover', because, cure } };
}

function take(part: Extract<PathReading, { isTaken: true }>['part'], note?: string): PathReading {
  const fate = { outcome: 'carried', to: 'spec.paths' } as const;
  return { isTaken: true, part, fate, ...(note !== undefined && { note }) };
}
