import { specSchema } from '../api/schema.generated.ts';
import type { WssRouteSpec, WssRouteVerification } from '../api/wssroute.generated.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { fillDefaults } from './defaults.ts';

/** The handshake that proves a route: a target of the probe, as plain data. */
export interface ProofTarget {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connect: { readonly address: string; readonly port: number };
  readonly isPinged: boolean;
  readonly origin?: string;
  readonly subprotocols?: readonly string[];
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
 * The handshake that proves a route, as a client of it would make it, at the first address that the ingress controller has
 * published. Whether the route wants to be proved, and is ready for it, is not asked here.
 */
export function findProof({ spec, status }: WssRoute): Proof {
  const { port, path, origin, subprotocols } = verificationOf(spec);
  const host = findHost(spec);
  if (host === undefined) {
    const because = spec.hosts === undefined ? 'the route has no host' : 'the route has wildcard hosts only';
    return { because: `${because}: set spec.verification.host to a name that clients open` };
  }
  const [address] = status?.addresses ?? [];
  if (address === undefined) {
    return {
      because: 'no address is published for the route yet: see its conditions, `kubectl describe wssroute` shows them',
    };
  }
  return {
    target: {
      host,
      port,
      path: path ?? spec.paths[0]?.path ?? '/',
      connect: { address, port },
      // Backends need not answer a ping for browsers to work with them.
      isPinged: false,
      ...(origin !== undefined && { origin }),
      ...(subprotocols !== undefined && { subprotocols }),
    },
  };
}

/** A route without hosts is opened by an address or a name that its certificate holds. */
function findHost(spec: WssRouteSpec): string | undefined {
  const { hosts, tls, verification } = spec;
  const names = hosts ?? [...(tls.ipAddresses ?? []), ...(tls.dnsNames ?? [])];
  return verification?.host ?? names.find((each) => !each.startsWith('*'));
}
