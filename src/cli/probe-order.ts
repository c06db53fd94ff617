import { isIP } from 'node:net';
import { escapeUnseen } from '../api/text.ts';
import type { Idling } from '../probe/probe.ts';
import { type Deadlines, defaultDeadlines, findFlaw, type Target } from '../probe/target.ts';

/** The flags of `wss probe`, as commander reads them. */
export interface ProbeFlags {
  readonly connect?: string;
  readonly ca?: string;
  readonly origin?: string;
  readonly subprotocol?: readonly string[];
  readonly ping: boolean;
  readonly idle?: string;
  readonly json?: boolean;
  readonly timeout?: string;
  readonly all?: boolean;
  readonly route?: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** How to probe, whatever it is. */
export interface Manner {
  readonly deadlines: Deadlines;
  /** How the socket is to be silent. */
  readonly idle?: Pick<Idling, 'ms' | 'isPinged'>;
}

/** What the command line asks for, or what is wrong with it. */
export type ProbeOrder =
  | ({ readonly isValid: true; readonly subject: Subject } & Manner)
  | { readonly isValid: false; readonly because: string };

export type Subject =
  | { readonly kind: 'url'; readonly target: Target }
  /** One route of a cluster; without a namespace that of the kubeconfig. */
  | { readonly kind: 'route'; readonly name: string; readonly namespace?: string }
  /** All routes of a cluster, or of a namespace. */
  | { readonly kind: 'all'; readonly namespace?: string };

/** Days that a timer of Node can wait: 24; a week is the longest `timeouts.idle`. */
const longestIdleMs = 7 * 24 * 3_600_000;

export function readOrder(url: string | undefined, flags: ProbeFlags): ProbeOrder {
  const { all = false, route } = flags;
  if ([url !== undefined, all, route !== undefined].filter(Boolean).length !== 1) {
    return refuse('give one of a URL such as wss://chat.example.com/socket, --route NAMESPACE/NAME and --all');
  }
  const deadlines = readDeadlines(flags.timeout);
  if (deadlines === undefined) {
    return refuse(`--timeout ${quote(flags.timeout ?? '')} must be a time from 1ms to 10m, such as 10s`);
  }
  const idleMs = flags.idle === undefined ? undefined : readMilliseconds(flags.idle, longestIdleMs);
  if (flags.idle !== undefined && idleMs === undefined) {
    return refuse(`--idle ${quote(flags.idle)} must be a time from 1ms to 168h, such as 120s`);
  }
  const subject = url === undefined ? readRoutes(flags) : readUrl(url, flags);
  if (typeof subject === 'string') return refuse(subject);
  const idle = idleMs === undefined ? {} : { idle: { ms: idleMs, isPinged: flags.ping } };
  return { isValid: true, subject, deadlines, ...idle };
}

/** Those of the operator, where nothing else is said, so that its verdict is the same. */
function readDeadlines(timeout: string | undefined): Deadlines | undefined {
  if (timeout === undefined) return defaultDeadlines;
  const ms = readMilliseconds(timeout, 600_000);
  return ms === undefined ? undefined : { connectMs: ms, tlsMs: ms, upgradeMs: ms, pingMs: ms };
}

function readUrl(text: string, flags: ProbeFlags): Subject | string {
  const ofCluster = (['namespace', 'kubeconfig', 'context'] as const).find((name) => flags[name] !== undefined);
  if (ofCluster !== undefined) return `--${ofCluster} goes with --all or --route, not with a URL`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['wss:', 'ws:'].includes(url.protocol)) {
    return `${quote(text)} must be a URL such as wss://chat.example.com/socket`;
  }
  if (url.username !== '' || url.password !== '' || text.includes('#')) {
    return `${quote(text)} must not hold a user, a password or a fragment: browsers refuse them`;
  }
  const origin = flags.origin === undefined ? undefined : readOrigin(flags.origin);
  if (flags.origin !== undefined && origin === undefined) {
    return `--origin ${quote(flags.origin)} must be an origin such as https://app.example.com`;
  }
  const isTls = url.protocol === 'wss:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const connect = flags.connect === undefined ? { address: host, port } : readPlace(flags.connect);
  if (connect === undefined) {
    return `--connect ${quote(flags.connect ?? '')} must be HOST:PORT, such as 192.0.2.10:443 or [2001:db8::1]:443`;
  }
  const target: Target = {
    ...{ host, port, path: `${url.pathname}${url.search}`, connect, isTls, isPinged: flags.ping },
    ...(origin !== undefined && { origin }),
    ...(flags.subprotocol !== undefined && { subprotocols: flags.subprotocol }),
  };
  return findFlaw(target) ?? { kind: 'url', target };
}

function readRoutes({ all = false, route = '', ...flags }: ProbeFlags): Subject | string {
  const ofRoute = (['connect', 'origin', 'subprotocol'] as const).find((name) => flags[name] !== undefined);
  if (ofRoute !== undefined) return `--${ofRoute} goes with a URL: a route says that itself, see spec.verification`;
  if (all && flags.idle !== undefined) return '--idle goes with a URL or --route, not with --all';
  if (flags.namespace === '') return '--namespace "" must be the name of a namespace';
  const namespace = flags.namespace === undefined ? {} : { namespace: flags.namespace };
  if (all) return { kind: 'all', ...namespace };
  const { before, name } = /^(?:(?<before>[a-z0-9-]+)\/)?(?<name>[a-z0-9.-]+)$/.exec(route)?.groups ?? {};
  if (name === undefined) return `--route ${quote(route)} must be NAMESPACE/NAME, such as chat/chat`;
  if (before !== undefined && flags.namespace !== undefined && before !== flags.namespace) {
    return `--route ${quote(route)} and --namespace ${quote(flags.namespace)} must not differ: leave one of them out`;
  }
  return { kind: 'route', name, ...namespace, ...(before !== undefined && { namespace: before }) };
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

/** Milliseconds of `500ms`, `10s`, `1m`, `2h`, from 1 ms to `most`, or undefined. */
export function readMilliseconds(text: string, most: number): number | undefined {
  const [, number, unit = ''] = /^(\d{1,6})(ms|s|m|h)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit];
  if (factor === undefined) return undefined;
  const ms = Number(number) * factor;
  return ms >= 1 && ms <= most ? ms : undefined;
}

function quote(text: string): string {
  return `"${escapeUnseen(text)}"`;
}

function refuse(because: string): ProbeOrder {
  return { isValid: false, because };
}
