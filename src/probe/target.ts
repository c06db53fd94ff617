/** What to probe: the name that clients use, and where it is really served. */
export interface Target {
  /** Name or IP address in the URL: SNI, Host header and the name that the certificate must hold. */
  readonly host: string;
  /** Port in the URL; it goes into the Host header, where it is not the scheme's own. */
  readonly port: number;
  /** Path and query, as they are sent: `/ws?room=1`. */
  readonly path: string;
  /** Where to connect to: the published address, never one that a tenant names. Names are resolved. */
  readonly connect: { readonly address: string; readonly port: number };
  /** False probes plain `ws://`. Default: true. */
  readonly isTls?: boolean;
  readonly origin?: string;
  readonly subprotocols?: readonly string[];
  /** Whether a ping must come back. Otherwise the socket must stay open for a moment. Default: true. */
  readonly isPinged?: boolean;
}

/** The longest that each step may take, in milliseconds. */
export interface Deadlines {
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly upgradeMs: number;
  readonly pingMs: number;
}

export const defaultDeadlines: Deadlines = { connectMs: 5000, tlsMs: 5000, upgradeMs: 10_000, pingMs: 5000 };

const visible = /^[\x21-\x7e]+$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Why the target cannot be put into a request, or undefined. What it holds goes into the head of the request as it is. */
export function findFlaw({ host, port, path, connect, origin, subprotocols = [] }: Target): string | undefined {
  if (!/^[A-Za-z0-9._:-]+$/.test(host)) return `host ${JSON.stringify(host)} must be a name or an IP address`;
  if (!isPort(port)) return `port ${port} must be 1 to 65535`;
  if (!isPort(connect.port)) return `port ${connect.port} to connect to must be 1 to 65535`;
  if (connect.address === '') return 'the address to connect to must not be empty';
  if (!path.startsWith('/') || !visible.test(path)) {
    return `path ${JSON.stringify(path)} must begin with / and be escaped as in a URL`;
  }
  if (origin !== undefined && !visible.test(origin)) {
    return `origin ${JSON.stringify(origin)} must look like https://app.example.com`;
  }
  const odd = subprotocols.find((name) => !token.test(name));
  return odd === undefined ? undefined : `subprotocol ${JSON.stringify(odd)} must be a word without separators`;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535;
}
