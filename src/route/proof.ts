import { specSchema } from '../api/schema.generated.ts';
import type { WssRouteSpec, WssRouteVerification } from '../api/wssroute.generated.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { attachmentsOf, formatAttachment } from './attachment.ts';
import { covers } from './coverage.ts';
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

/** A handshake and where it goes: a target of the probe, as plain data. */
export interface ProofTarget extends Handshake {
  readonly connect: { readonly address: string; readonly port: number };
  readonly isPinged: boolean;
}

export type Proof =
  | { readonly target: ProofTarget; readonly because?: never }
  /** Why nothing can be asked, and what to do. */
  | { readonly target?: never; readonly because: string };

const unsaid = {};
fillDefaults(specSchema.properties?.verification ?? {}, unsaid);

/** What a route says of its verification, or the schema's defaults where it says nothing. */
export function verificationOf({ verification }: WssRouteSpec): WssRouteVerification {
  return verification ?? (unsaid as WssRouteVerification);
}

/**
 * The handshakes that clients of a route make: every host is asked for once, with the first path, and every other path once, at the first
 * host. Empty when the route has no name that a client could ask for: only wildcards, or a certificate whose names are not known.
 */
export function listHandshakes(spec: WssRouteSpec): readonly Handshake[] {
  // Browsers send an Origin always, and a Gateway takes none but those that are allowed.
  const { port, path: only, origin = spec.allowedOrigins?.[0], subprotocols } = verificationOf(spec);
  const hosts = listHosts(spec);
  const paths = only === undefined ? [...new Set(spec.paths.map(({ path }) => path))] : [only];
  return [
    ...hosts.map((host) => ({ host, path: paths[0] ?? '/' })),
    ...hosts.slice(0, 1).flatMap((host) => paths.slice(1).map((path) => ({ host, path }))),
  ].map(({ host, path }) => ({
    ...{ host, port, path },
    ...(origin !== undefined && { origin }),
    ...(subprotocols !== undefined && { subprotocols }),
  }));
}

/** A proof, and the attachment that it is of: `Gateway/infra/edge`. */
export type AttachmentProof = Proof & { readonly ref: string };

/**
 * The handshakes that prove a route, as a client of it would make them: at each attachment, at the first address that is
 * published there. Whether the route wants to be proved, and is ready for it, is not asked here.
 */
export function findProofs(route: WssRoute): readonly AttachmentProof[] {
  const { spec, status } = route;
  return attachmentsOf(route).flatMap((attachment) => {
    const ref = formatAttachment(attachment);
    const own = status?.attachments === undefined ? status : status.attachments.find((each) => each.ref === ref);
    return findProofsAt(spec, own?.addresses).map((proof) => ({ ref, ...proof }));
  });
}

function findProofsAt(spec: WssRouteSpec, addresses: readonly string[] = []): readonly Proof[] {
  const handshakes = listHandshakes(spec);
  if (handshakes.length === 0) {
    return [{ because: `${explainNoHost(spec)}: set spec.verification.host to a name that clients open` }];
  }
  const [address] = addresses;
  if (address === undefined) {
    const because =
      'no address is published for the route yet: see its conditions, `kubectl describe wssroute` shows them';
    return [{ because }];
  }
  // Backends need not answer a ping for browsers to work with them.
  return handshakes.map((handshake) => ({
    target: { ...handshake, connect: { address, port: handshake.port }, isPinged: false },
  }));
}

/** Why {@link listHandshakes} finds none. */
export function explainNoHost({ hosts = [], verification }: WssRouteSpec): string {
  if (verification?.host !== undefined)
    return `spec.verification.host "${verification.host}" is none of the route's hosts`;
  return hosts.length === 0 ? 'the route has no host' : 'the route has wildcard hosts only';
}

/** As it stands in a URL: `wss://chat.example.com:8443/ws`. */
export function formatUrl({ host, port, path }: Handshake): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `wss://${name}${port === 443 ? '' : `:${port}`}${path}`;
}

/**
 * A route without hosts is opened by an address or a name that its certificate holds. Of the others only their own hosts are asked
 * for: another's would prove the wrong route, and tell about it.
 */
function listHosts(spec: WssRouteSpec): readonly string[] {
  const { hosts = [], tls } = spec;
  const { host } = verificationOf(spec);
  if (host !== undefined) return hosts.length === 0 || hosts.some((name) => covers(name, host)) ? [host] : [];
  const names = hosts.length > 0 ? hosts : [...(tls.ipAddresses ?? []), ...(tls.dnsNames ?? [])];
  return [...new Set(names)].filter((name) => !name.startsWith('*'));
}
