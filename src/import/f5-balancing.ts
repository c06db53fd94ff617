import type { FeatureContext } from './reader.ts';
import { type Annotations, assume, carry, drop, leave, type Reading } from './reading.ts';
import { formatDuration, parseNginxTime } from './times.ts';

const sticky = ['sticky-cookie-services', 'nginx.com/sticky-cookie-services'] as const;

export function readF5Balancing(annotations: Annotations, context: FeatureContext): readonly Reading[] {
  const name = sticky.find((each) => annotations.get(each) !== undefined);
  if (name === undefined) return readMethod(annotations);
  return [...readSticky(name, annotations.get(name) ?? '', context), ...readMethod(annotations)];
}

interface Cookie {
  readonly service: string;
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** `serviceName=chat route expires=1h path=/`, separated by ";". */
function readSticky(name: string, text: string, { paths }: FeatureContext): readonly Reading[] {
  const cookies = text
    .split(';')
    .filter((part) => part.trim() !== '')
    .map(parseCookie);
  const [first] = cookies;
  const services = [...new Set(paths.map(({ service }) => service?.name ?? ''))];
  const cure = 'set spec.affinity of the route, or make a route of its own for each Service';
  if (first === undefined || services.some((service) => !cookies.some((cookie) => cookie.service === service))) {
    return [leave(name, 'it does not hold for every Service of the route, and spec.affinity does', cure)];
  }
  const used = cookies.filter(({ service }) => services.includes(service));
  const expires = first.parameters.get('expires');
  if (used.some((cookie) => cookie.name !== first.name || cookie.parameters.get('expires') !== expires)) {
    return [leave(name, 'its Services have different cookies, and a route has one', cure)];
  }
  const seconds = expires === undefined ? undefined : parseNginxTime(expires);
  const isLasting = seconds !== undefined && Number.isInteger(seconds);
  const cookie = { name: first.name, ...(isLasting && { maxAge: formatDuration(seconds) }) };
  const part = { affinity: { type: 'Cookie', cookie } } as const;
  const lost = used.flatMap(({ parameters }) => [...parameters].filter(([key, value]) => !isKept(key, value)));
  if (lost.length === 0 && (expires === undefined || isLasting)) return [carry(name, 'spec.affinity', part)];
  const words = [...new Set(lost.map(([key, value]) => (value === '' ? key : `${key}=${value}`)))];
  const because = `the cookie of a route is for all of its host, with HttpOnly, Secure and SameSite=None; ${words.join(' ') || 'expires'} is lost`;
  return [leave(name, because, 'nothing, unless clients depend on it', part)];
}

function parseCookie(text: string): Cookie {
  const [service = '', name = '', ...rest] = text.trim().split(/\s+/);
  const parameters = rest.map((parameter) => {
    const [key = '', ...value] = parameter.split('=');
    return [key.toLowerCase(), value.join('=')] as const;
  });
  return { service: service.replace(/^serviceName=/, ''), name, parameters: new Map(parameters) };
}

function isKept(key: string, value: string): boolean {
  if (['expires', 'secure', 'httponly'].includes(key)) return true;
  return (key === 'path' && value === '/') || (key === 'samesite' && value.toLowerCase() === 'none');
}

function readMethod(annotations: Annotations): readonly Reading[] {
  const name = 'lb-method';
  const method = annotations.get(name)?.trim().replaceAll(/\s+/g, ' ');
  const nearest = { loadBalancing: 'LeastConnections' } as const;
  if (method === undefined) {
    const text =
      'it is left out, which means "random two least_conn", the least loaded of two Pods; LeastConnections is nearest to it';
    return [assume(name, nearest, text)];
  }
  if (method === 'round_robin') return [drop(name, "it is the route's default")];
  if (method === 'least_conn') return [carry(name, 'spec.loadBalancing', { loadBalancing: 'LeastConnections' })];
  if (method === 'ip_hash' || /^hash \$\{?(binary_)?remote_addr\}?( consistent)?$/.test(method)) {
    if (sticky.some((each) => annotations.get(each) !== undefined)) {
      return [leave(name, 'a route has one kind of affinity, and takes the cookie', 'nothing')];
    }
    return [carry(name, 'spec.affinity.type', { affinity: { type: 'SourceIP' } })];
  }
  if (method.startsWith('random')) {
    const because = 'a route takes turns or the Pod with the fewest connections; the latter is written';
    const cure = 'nothing, or remove spec.loadBalancing';
    return [leave(name, because, cure, nearest)];
  }
  const because = 'a route takes turns, or the Pod with the fewest connections, or one by the address of the client';
  return [leave(name, because, 'set spec.loadBalancing or spec.affinity')];
}
