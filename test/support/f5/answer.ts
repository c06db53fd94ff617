import type { Location, Server } from './rules.ts';

/** What nginx does with a request, or with the handshake before it. */
export type Answer =
  /** TLS alert 112, `unrecognized_name`. */
  | { readonly kind: 'no-certificate' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'backend'; readonly location: Location };

export interface Asked {
  readonly isSecure: boolean;
  /** In lower case, without a port. */
  readonly host: string;
  readonly path: string;
}

/** The virtual server of a name: an exact one before the longest wildcard (nginx's server_name). */
export function findServer(servers: ReadonlyMap<string, Server>, host: string): Server | undefined {
  const exact = servers.get(host);
  if (exact !== undefined) return exact;
  const wildcards = [...servers.values()].filter((server) => {
    return server.host.startsWith('*.') && host.endsWith(server.host.slice(1)) && host.length >= server.host.length;
  });
  return wildcards.sort((left, right) => right.host.length - left.host.length)[0];
}

/** There is no default certificate: whatever has none is refused before a request is read. */
export function answer(servers: ReadonlyMap<string, Server>, { isSecure, host, path }: Asked): Answer {
  const server = findServer(servers, host);
  if (isSecure && server?.secret === undefined) return { kind: 'no-certificate' };
  if (server === undefined) return { kind: 'status', status: 404 };
  if (!isSecure && server.redirects) return { kind: 'redirect', to: `https://${host}:443${path}` };
  const location = findLocation(server.locations, path);
  if (location === undefined) return { kind: 'status', status: 404 };
  return location.isTimedOut ? { kind: 'status', status: 504 } : { kind: 'backend', location };
}

/** Prefixes are raw: /ws serves /wsfoo too. */
function findLocation(locations: readonly Location[], asked: string): Location | undefined {
  const [path = ''] = asked.split('?');
  const exact = locations.find((each) => each.isExact && each.path === path);
  if (exact !== undefined) return exact;
  const prefixes = locations.filter((each) => !each.isExact && path.startsWith(each.path));
  return prefixes.sort((left, right) => right.path.length - left.path.length)[0];
}
