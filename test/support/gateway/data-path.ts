import type { AdminClient, ApiObject } from '../admin-client.ts';
import { findEndpoint } from '../stand-in/endpoint.ts';
import type { Asked, BackendTls, DataPlane, Reply } from '../stand-in/proxy.ts';
import { attach, judgePolicy, targetsOf } from './attachments.ts';
import { findParents, isProgrammed, type Listener, type Parent } from './listeners.ts';
import { byAge, findByKey, intersects, type World } from './world.ts';

/** What a Gateway would do with requests, by the world as it is at each of them. Matches of paths are all that it knows. */
export function createDataPlane(client: AdminClient, look: () => World): DataPlane {
  return {
    findCertificate(name, listenerPort) {
      const listener = findListener(findParents(look()), name, listenerPort, 'HTTPS');
      if (listener?.secret === undefined) return undefined;
      const [cert = '', key = ''] = ['tls.crt', 'tls.key'].map((each) => {
        return Buffer.from(listener.secret?.data[each], 'base64').toString();
      });
      return { cert, key };
    },
    answer: (asked) => answer(client, look(), asked),
  };
}

/** The listener with the most specific hostname: an exact one, the longest wildcard, none. */
function findListener(parents: readonly Parent[], host: string, port: number, protocol: string): Listener | undefined {
  const listeners = parents.flatMap((parent) => parent.listeners);
  const candidates = listeners.filter((listener) => {
    const isHere = listener.port === port && listener.protocol === protocol && isProgrammed(listener);
    return isHere && intersects(listener.hostname, host);
  });
  return candidates.sort((left, right) => weigh(right.hostname) - weigh(left.hostname))[0];
}

/** An exact name weighs more than any wildcard. */
function weigh(hostname: string | undefined): number {
  if (hostname === undefined) return 0;
  return hostname.startsWith('*.') ? hostname.length : 1000 + hostname.length;
}

interface Match {
  readonly route: ApiObject;
  readonly rule: ApiObject;
  /** Compared from left to right; the greater one wins. */
  readonly rank: readonly number[];
}

async function answer(client: AdminClient, world: World, asked: Asked): Promise<Reply> {
  const parents = findParents(world);
  const listener = findListener(parents, asked.host, asked.listenerPort, asked.isSecure ? 'HTTPS' : 'HTTP');
  const match = listener === undefined ? undefined : findMatch(world, parents, listener, asked);
  if (match === undefined) return { kind: 'status', status: 404 };
  const redirect = match.rule.filters?.find(({ type }: ApiObject) => type === 'RequestRedirect')?.requestRedirect;
  if (redirect !== undefined) return redirectTo(redirect, asked);
  const ref = match.rule.backendRefs?.find(({ weight = 1 }: ApiObject) => weight > 0);
  if (ref === undefined) return { kind: 'status', status: 500 };
  const namespace: string = ref.namespace ?? match.route.metadata.namespace;
  const tls = findBackendTls(world, namespace, ref);
  if (tls === 'unusable') return { kind: 'status', status: 500 };
  const endpoint = await findEndpoint(client, { namespace, service: ref.name, port: { number: ref.port } });
  if (endpoint === undefined) return { kind: 'status', status: 503 };
  return { kind: 'backend', endpoint, isUpgraded: true, ...(tls !== undefined && { tls }) };
}

/** The best match of all routes of the listener; between equal ones the older route's wins. */
function findMatch(
  world: World,
  parents: readonly Parent[],
  listener: Listener,
  { host, path }: Asked,
): Match | undefined {
  const [bare = ''] = path.split('?');
  const matches = world.routes.toSorted(byAge).flatMap((route) => {
    const isHere = attach(world, parents, route).some(({ listeners }) => listeners.includes(listener));
    const hostnames: readonly (string | undefined)[] = route.spec.hostnames ?? [undefined];
    const weights = hostnames.filter((each) => intersects(each, host)).map(weigh);
    if (!isHere || weights.length === 0) return [];
    return (route.spec.rules ?? []).flatMap((rule: ApiObject) =>
      (rule.matches ?? [{}]).flatMap(({ path: wanted = { type: 'PathPrefix', value: '/' } }: ApiObject) => {
        const rank = rankPath(wanted, bare);
        return rank === undefined ? [] : [{ route, rule, rank: [Math.max(...weights), ...rank] }];
      }),
    );
  });
  return matches.sort(compareRanks)[0];
}

/** Prefixes match whole segments: /ws serves /ws/a, and not /wsa. */
function rankPath({ type, value }: ApiObject, path: string): readonly number[] | undefined {
  if (type === 'Exact') return path === value ? [1, value.length] : undefined;
  const prefix = value.replace(/\/+$/, '');
  return path === prefix || path.startsWith(`${prefix}/`) ? [0, prefix.length] : undefined;
}

function compareRanks({ rank: left }: Match, { rank: right }: Match): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at === -1 ? 0 : (right[at] ?? 0) - (left[at] ?? 0);
}

function redirectTo({ scheme, hostname, port, statusCode = 302 }: ApiObject, asked: Asked): Reply {
  const target = scheme ?? (asked.isSecure ? 'https' : 'http');
  const usual = target === 'https' ? 443 : 80;
  const shown = port ?? (scheme === undefined ? asked.listenerPort : usual);
  const authority = `${hostname ?? asked.host}${shown === usual ? '' : `:${shown}`}`;
  return { kind: 'status', status: statusCode, location: `${target}://${authority}${asked.path}` };
}

/** A backend whose policy cannot be used is not spoken to at all. */
function findBackendTls(world: World, namespace: string, ref: ApiObject): BackendTls | 'unusable' | undefined {
  const service = findByKey(world.services, `${namespace}/${ref.name}`);
  const port = service?.spec.ports.find((each: ApiObject) => each.port === ref.port)?.name ?? '';
  const policies = world.backendTlsPolicies.toSorted(byAge).filter(({ metadata }) => metadata.namespace === namespace);
  const [policy] = [`${ref.name}:${port}`, `${ref.name}:`].flatMap((target) => {
    return policies.filter((each) => targetsOf(each).includes(target));
  });
  if (policy === undefined) return undefined;
  const { acceptance, ca } = judgePolicy(world, policy, []);
  if (acceptance !== 'Accepted') return 'unusable';
  return { serverName: policy.spec.validation.hostname, ...(ca !== '' && { ca }) };
}
