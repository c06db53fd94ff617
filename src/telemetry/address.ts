/** Where a server listens; without a host on every address of the machine. */
export interface ListenAddress {
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
}

const syntax = /^(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<host>[A-Za-z0-9.-]*)):(?<port>\d{1,5})$/;

/**
 * Reads an address as Kubernetes components take it: `:8080`, `127.0.0.1:8080`, `[::1]:8080`; `0` is undefined, no server.
 * `flag` is where the text came from, for the error.
 */
export function parseAddress(text: string, flag: string): ListenAddress | undefined {
  if (text === '0') return undefined;
  const { ipv6, host, port } = syntax.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > 65535) {
    throw new Error(
      `${flag} ${JSON.stringify(text)} is not an address: write ":8080", "127.0.0.1:8080" or "[::1]:8080", or "0" for none`,
    );
  }
  const named = ipv6 ?? host ?? '';
  return { ...(named !== '' && { host: named }), port: Number(port) };
}

/** `host:port`, with brackets around IPv6. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
