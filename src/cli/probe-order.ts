import { isIP } from 'node:net';
import { escapeUnseen } from '../api/text.ts';
import { type Deadlines, findFlaw, type Target } from '../probe/target.ts';

/** The flags of `wss probe`, as commander reads them. */
export interface ProbeFlags {
  readonly connect?: string;
  readonly ca?: string;
  readonly origin?: string;
  readonly subprotocol?: readonly string[];
  readonly ping: boolean;
  readonly json?: boolean;
  readonly timeout: string;
}

export type ProbeOrder =
  | { readonly isValid: true; readonly target: Target; readonly deadlines: Deadlines }
  | { readonly isValid: false; readonly because: string };

/** What the command line asks for, or what is wrong with it. */
export function readOrder(text: string, flags: ProbeFlags): ProbeOrder {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['wss:', 'ws:'].includes(url.protocol)) {
    return refuse(`${quote(text)} must be a URL such as wss://chat.example.com/socket`);
  }
  if (url.username !== '' || url.password !== '' || text.includes('#')) {
    return refuse(`${quote(text)} must not hold a user, a password or a fragment: browsers refuse them`);
  }
  const ms = readMilliseconds(flags.timeout);
  if (ms === undefined) return refuse(`--timeout ${quote(flags.timeout)} must be a time from 1ms to 10m, such as 10s`);
  const origin = flags.origin === undefined ? undefined : readOrigin(flags.origin);
  if (flags.origin !== undefined && origin === undefined) {
    return refuse(`--origin ${quote(flags.origin)} must be an origin such as https://app.example.com`);
  }
  const isTls = url.protocol === 'wss:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const connect = flags.connect === undefined ? { address: host, port } : readPlace(flags.connect);
  if (connect === undefined) {
    return refuse(
      `--connect ${quote(flags.connect ?? '')} must be HOST:PORT, such as 192.0.2.10:443 or [2001:db8::1]:443`,
    );
  }
  const target: Target = {
    ...{ host, port, path: `${url.pathname}${url.search}`, connect, isTls, isPinged: flags.ping },
    ...(origin !== undefined && { origin }),
    ...(flags.subprotocol !== undefined && { subprotocols: flags.subprotocol }),
  };
  const flaw = findFlaw(target);
  if (flaw !== undefined) return refuse(flaw);
  return { isValid: true, target, deadlines: { connectMs: ms, tlsMs: ms, upgradeMs: ms, pingMs: ms } };
}

/** `HOST:PORT`, or undefined. */
export function readPlace(text: string): Target['connect'] | undefined {
  const { ipv6, host, port } =
    /^(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<host>[A-Za-z0-9._-]+)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  const address = ipv6 ?? host;
  if (address === undefined || (ipv6 !== undefined && isIP(ipv6) !== 6)) return undefined;
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? { address, port: number } : undefined;
}

/** An http or https origin as browsers write it, or undefined. */
export function readOrigin(text: string): string | undefined {
  if (text === 'null') return text;
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin } = new URL(text);
  return ['https:', 'http:'].includes(protocol) && origin === text.toLowerCase() ? origin : undefined;
}

/** Milliseconds of `500ms`, `10s`, `1m`, from 1 ms to 10 minutes, or undefined. */
export function readMilliseconds(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1000, m: 60_000 }[unit];
  if (factor === undefined) return undefined;
  const ms = Number(number) * factor;
  return ms >= 1 && ms <= 600_000 ? ms : undefined;
}

function quote(text: string): string {
  return `"${escapeUnseen(text)}"`;
}

function refuse(because: string): ProbeOrder {
  return { isValid: false, because };
}
