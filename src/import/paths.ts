import type { IngressPath } from './ingress.ts';
import type { PathReading } from './reader.ts';

const why = 'a route has whole elements: /ws serves /ws and /ws/room';

/**
 * A path as routes have it. `isElementwise`: the controller matches Prefix by whole elements, as Kubernetes says; else it takes every
 * path for a raw prefix of nginx, but Exact, and a route on it does the same.
 */
export function readPlainPath(source: IngressPath, isElementwise: boolean): PathReading {
  const { path = '/', pathType = 'ImplementationSpecific', backend } = source;
  const { name, port } = backend?.service ?? {};
  const number = port?.number ?? port?.name;
  if (name === undefined || number === undefined) {
    return refuse('a route leads to a port of a Service', 'give the path a backend.service with name and port');
  }
  const service = { name, port: number };
  if (pathType === 'Exact') return take({ path, pathType, service });
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  const part = { path: trimmed, pathType: 'Prefix', service } as const;
  const isTrimmed = trimmed !== path;
  if (pathType === 'Prefix' || path === '/' || !isElementwise) {
    const note = `${path} is ${trimmed} now, which serves ${path} as before; nginx answered ${trimmed} itself with a redirect, which no WebSocket client follows`;
    return take(part, isTrimmed ? note : undefined);
  }
  if (pathType !== 'ImplementationSpecific') {
    return refuse(`pathType ${pathType} is none of Kubernetes`, 'set pathType to Prefix or Exact');
  }
  // A raw prefix that ends in "/" matches whole elements already.
  if (isTrimmed) return take(part, `${path} is ${trimmed} with pathType Prefix now, which serves ${trimmed} as well`);
  const because = `ImplementationSpecific serves everything that begins with ${path}, such as ${path}x, and ${why}`;
  const cure = 'nothing, unless clients ask for such paths: list each of them in spec.paths';
  return { isTaken: true, part, fate: { outcome: 'leftover', because, cure } };
}

/** A path that no route gets. */
export function refuse(because: string, cure: string): PathReading {
  return { isTaken: false, fate: { outcome: 'leftover', because, cure } };
}

function take(part: Extract<PathReading, { isTaken: true }>['part'], note?: string): PathReading {
  const fate = { outcome: 'carried', to: 'spec.paths' } as const;
  return { isTaken: true, part, fate, ...(note !== undefined && { note }) };
}
