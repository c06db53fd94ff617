import { specSchema } from '../api/schema.generated.ts';
import type { WssRouteSpec, WssRouteVerification } from '../api/wssroute.generated.ts';
import { fillDefaults } from './defaults.ts';

/** The handshake that a client of a route makes; where it is made is the ingress controller's to say. */
export interface Handshake {
  /** Name or IP address that the client opens. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly origin?: string;
  readonly subprotocols?: readonly string[];
}

const unsaid = {};
fillDefaults(specSchema.properties?.verification ?? {}, unsaid);

/** What a route says of its verification, or the schema's defaults where it says nothing. */
export function verificationOf({ verification }: WssRouteSpec): WssRouteVerification {
  return verification ?? (unsaid as WssRouteVerification);
}

/** Undefined when the route has no name that a client could ask for: only wildcards, or a certificate whose names are not known. */
export function findHandshake(spec: WssRouteSpec): Handshake | undefined {
  const { port, path, origin, subprotocols } = verificationOf(spec);
  const host = findHost(spec);
  if (host === undefined) return undefined;
  return {
    host,
    port,
    path: path ?? spec.paths[0]?.path ?? '/',
    ...(origin !== undefined && { origin }),
    ...(subprotocols !== undefined && { subprotocols }),
  };
}

/** As it stands in a URL: `wss://chat.example.com:8443/ws`. */
export function formatUrl({ host, port, path }: Handshake): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `wss://${name}${port === 443 ? '' : `:${port}`}${path}`;
}

/** A route without hosts is opened by what its certificate holds. */
function findHost(spec: WssRouteSpec): string | undefined {
  const { hosts = [], tls } = spec;
  const names = hosts.length > 0 ? hosts : [...(tls.ipAddresses ?? []), ...(tls.dnsNames ?? [])];
  return verificationOf(spec).host ?? names.find((name) => !name.startsWith('*'));
}
