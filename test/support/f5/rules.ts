import type { ApiObject } from '../admin-client.ts';
import { annotation, findError, pathsOf, type Role, roleOf, webSocketServicesOf } from './validation.ts';

/** All that the controller decides by. */
export interface World {
  /** Those of its class only. */
  readonly ingresses: readonly ApiObject[];
  /** namespace/name of every Secret of the type kubernetes.io/tls. */
  readonly tlsSecrets: ReadonlySet<string>;
}

/** What the controller makes of one Ingress. */
export interface Verdict {
  /** namespace/name */
  readonly key: string;
  readonly ingress: ApiObject;
  readonly role: Role;
  /** Those have their address published; that of all others is taken away. */
  readonly isAccepted: boolean;
  readonly event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
}

export interface Location {
  readonly path: string;
  readonly isExact: boolean;
  readonly namespace: string;
  readonly service: string;
  readonly port: { readonly name?: string; readonly number?: number };
  /** Whether nginx passes an Upgrade on. */
  readonly isUpgraded: boolean;
  /** A read timeout of 0 is taken, and answered with 504. */
  readonly isTimedOut: boolean;
}

/** A virtual server of nginx. */
export interface Server {
  readonly host: string;
  /** namespace/name of the Ingress that holds the host. */
  readonly holder: string;
  /** Whether `tls` names the host. */
  readonly isSecure: boolean;
  /** namespace/name of its Secret; undefined where there is none to serve, so that handshakes are refused. */
  readonly secret: string | undefined;
  /** Whether plain HTTP is sent to https. */
  readonly redirects: boolean;
  readonly locations: readonly Location[];
}

export interface Decision {
  readonly verdicts: readonly Verdict[];
  readonly servers: ReadonlyMap<string, Server>;
}

/**
 * Decides as F5's NGINX Ingress Controller 5.5.4 was seen to decide. It knows no memory: a refused update takes the route away,
 * as in the real one.
 */
export function decide(world: World): Decision {
  const oldestFirst = [...world.ingresses].sort(byAge);
  const errors = new Map(oldestFirst.map((ingress) => [keyOf(ingress), findError(ingress)]));
  const valid = oldestFirst.filter((ingress) => errors.get(keyOf(ingress)) === undefined);
  const holders = findHolders(valid.filter((ingress) => roleOf(ingress) !== 'minion'));
  const minions = valid.filter((ingress) => roleOf(ingress) === 'minion' && hasMaster(ingress, holders));
  const lost = findLostPaths(minions);
  const verdicts = oldestFirst.map((ingress): Verdict => {
    const key = keyOf(ingress);
    const role = roleOf(ingress);
    const refuse = (reason: string, message: string): Verdict => {
      return { key, ingress, role, isAccepted: false, event: { type: 'Warning', reason, message } };
    };
    const error = errors.get(key);
    if (error !== undefined) return refuse('Rejected', error);
    if (role === 'minion' && !minions.includes(ingress)) {
      return refuse('NoIngressMasterFound', "Ingress master is invalid or doesn't exist");
    }
    if (role !== 'minion' && !hostsOf(ingress).some((host) => holders.get(host) === ingress)) {
      return refuse('Rejected', 'All hosts are taken by other resources');
    }
    const warnings = role === 'minion' ? (lost.get(key) ?? []) : findTlsWarnings(world, ingress);
    return { key, ingress, role, isAccepted: true, event: describeAcceptance(key, role, warnings) };
  });
  const servers = [...holders].map(([host, holder]) => [host, buildServer(world, host, holder, minions)] as const);
  return { verdicts, servers: new Map(servers) };
}

export function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Ages are whole seconds; ties are broken by UID. */
function byAge(left: ApiObject, right: ApiObject): number {
  const [a, b] = [left, right].map(({ metadata }) => `${metadata.creationTimestamp} ${metadata.uid}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

function hostsOf(ingress: ApiObject): readonly string[] {
  return (ingress.spec.rules ?? []).map(({ host }: ApiObject) => host);
}

function findHolders(candidates: readonly ApiObject[]): ReadonlyMap<string, ApiObject> {
  const holders = new Map<string, ApiObject>();
  for (const ingress of candidates) {
    for (const host of hostsOf(ingress)) if (!holders.has(host)) holders.set(host, ingress);
  }
  return holders;
}

/** A minion attaches to the master of any namespace: nobody is asked. */
function hasMaster(minion: ApiObject, holders: ReadonlyMap<string, ApiObject>): boolean {
  const [host = ''] = hostsOf(minion);
  const holder = holders.get(host);
  return holder !== undefined && roleOf(holder) === 'master';
}

/** Warnings of those that came too late for a path. */
function findLostPaths(minions: readonly ApiObject[]): ReadonlyMap<string, readonly string[]> {
  const lost = new Map<string, string[]>();
  for (const minion of minions) {
    for (const path of pathsOf(minion)) {
      if (findOwner(minions, minion, path.path) === minion) continue;
      const warnings = lost.get(keyOf(minion)) ?? [];
      lost.set(keyOf(minion), [...warnings, `path ${path.path} is taken by another resource`]);
    }
  }
  return lost;
}

/** The oldest minion of the same host that has the path; minions come oldest first. */
function findOwner(minions: readonly ApiObject[], minion: ApiObject, path: string): ApiObject | undefined {
  const [host] = hostsOf(minion);
  return minions.find((each) => hostsOf(each)[0] === host && pathsOf(each).some((other) => other.path === path));
}

function findTlsWarnings({ tlsSecrets }: World, { metadata, spec }: ApiObject): readonly string[] {
  return (spec.tls ?? []).flatMap(({ hosts = [], secretName }: ApiObject) => {
    const host = hosts.find((each: string) => spec.rules.some((rule: ApiObject) => rule.host === each));
    if (host === undefined) return [];
    if ((secretName ?? '') === '') {
      const cure = 'requires specifying a TLS secret or configuring a global wildcard TLS secret';
      return [`TLS termination for host '${host}' ${cure}`];
    }
    if (tlsSecrets.has(`${metadata.namespace}/${secretName}`)) return [];
    return [`TLS secret ${secretName} is invalid: secret doesn't exist or of an unsupported type`];
  });
}

/** The texts of a plain Ingress have a blank that those of masters and minions lack. */
function describeAcceptance(key: string, role: Role, warnings: readonly string[]): Verdict['event'] {
  const text = `Configuration for ${key} was added or updated`;
  const [blank, semicolon] = role === 'plain' ? [' ', ' ;'] : ['', ''];
  if (warnings.length === 0) return { type: 'Normal', reason: 'AddedOrUpdated', message: `${text}${blank}` };
  const message = `${text}${semicolon} with warning(s): ${warnings.join('; ')}`;
  return { type: 'Warning', reason: 'AddedOrUpdatedWithWarning', message };
}

function buildServer(world: World, host: string, holder: ApiObject, minions: readonly ApiObject[]): Server {
  const { tls = [] } = holder.spec;
  const entry = tls.find(({ hosts = [] }: ApiObject) => hosts.includes(host));
  const secret = `${holder.metadata.namespace}/${entry?.secretName}`;
  const off = ['nginx.org/ssl-redirect', 'ingress.kubernetes.io/ssl-redirect'];
  return {
    host,
    holder: keyOf(holder),
    isSecure: entry !== undefined,
    secret: entry !== undefined && world.tlsSecrets.has(secret) ? secret : undefined,
    redirects: entry !== undefined && !off.some((key) => annotation(holder, key)?.toLowerCase() === 'false'),
    locations: roleOf(holder) === 'master' ? minionLocations(host, minions) : locationsOf(holder, host),
  };
}

function minionLocations(host: string, minions: readonly ApiObject[]): readonly Location[] {
  return minions
    .filter((minion) => hostsOf(minion)[0] === host)
    .flatMap((minion) => locationsOf(minion, host).filter(({ path }) => findOwner(minions, minion, path) === minion));
}

function locationsOf(ingress: ApiObject, host: string): readonly Location[] {
  const upgraded = webSocketServicesOf(ingress);
  const isTimedOut = /^0+(ms|s)?$/.test(annotation(ingress, 'nginx.org/proxy-read-timeout') ?? '');
  const rules = ingress.spec.rules.filter((rule: ApiObject) => rule.host === host);
  return rules.flatMap((rule: ApiObject) =>
    (rule.http?.paths ?? []).map(({ path, pathType, backend }: ApiObject): Location => {
      const { name: service, port } = backend.service;
      const isExact = pathType === 'Exact';
      const isUpgraded = upgraded.includes(service);
      return { path, isExact, namespace: ingress.metadata.namespace, service, port, isUpgraded, isTimedOut };
    }),
  );
}
