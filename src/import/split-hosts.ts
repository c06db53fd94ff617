import type { PathPart } from './reader.ts';
import type { HostTLS } from './tls.ts';

/** A host with what is served on it. */
export interface HostPart {
  /** Empty: any name. */
  readonly host: string;
  readonly paths: readonly PathPart[];
  readonly tls: HostTLS | undefined;
}

/** What becomes one route: hosts that share their paths and their certificate. */
export interface RoutePart {
  /** None: any name. */
  readonly hosts: readonly string[];
  readonly paths: readonly PathPart[];
  readonly tls: HostTLS | undefined;
}

/** The most that the schema lets a route have. */
const mostHosts = 50;
const mostPaths = 16;

/** Hosts in the order of the rules, put together where one route can serve them. */
export function splitHosts(hosts: readonly HostPart[]): readonly RoutePart[] {
  const groups = new Map<string, HostPart[]>();
  for (const host of hosts) {
    if (host.paths.length === 0) continue;
    const paths = [...host.paths].map((path) => JSON.stringify(path)).sort();
    const key = JSON.stringify([host.host === '', host.tls?.owner.key, host.tls?.index, paths]);
    groups.set(key, [...(groups.get(key) ?? []), host]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.map(({ host }) => host).filter((host) => host !== '');
    const lists = first.host === '' ? [[]] : chunk(names, mostHosts);
    return lists.flatMap((list) =>
      chunk(first.paths, mostPaths).map((paths) => ({ hosts: list, paths, tls: first.tls })),
    );
  });
}

function chunk<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
