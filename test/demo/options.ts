import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type DemoOptions =
  | { readonly mode: 'help' }
  | { readonly mode: 'embedded'; readonly keep: boolean }
  | { readonly mode: 'cluster'; readonly keep: boolean; readonly kubeconfig: string; readonly address?: Address };

/** Where the ingress controller is reached; the port of wss:// unless one is given. */
export interface Address {
  readonly host: string;
  readonly port?: number;
}

export const usage = `Usage: npm run demo [-- OPTION...]

Publishes a ws:// echo server as wss:// with one WssRoute and prints what happened: on a control plane of its own
(Linux; built once, which takes about ten minutes), or on a cluster that is there.

Options:
  --keep              stay until Ctrl-C when everything is printed, with commands to try from another terminal
  --once              end when everything is printed (the default)
  --kubeconfig FILE   use this cluster; it needs cert-manager and ingress-nginx
  --address HOST[:PORT]  with --kubeconfig: connect there instead of to the published address
  -h, --help          this text
`;

const settings = {
  keep: { type: 'boolean' },
  once: { type: 'boolean' },
  kubeconfig: { type: 'string' },
  address: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the command line. Throws an error that says what is wrong with it. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({ args: [...args], options: settings, strict: true });
  const { keep = false, once = false, kubeconfig, address, help } = values;
  if (help === true) return { mode: 'help' };
  if (keep && once) throw new Error('--keep stays and --once ends: give one of them');
  if (kubeconfig === undefined) {
    if (address !== undefined) throw new Error('--address goes with --kubeconfig: the embedded ingress has its own');
    return { mode: 'embedded', keep };
  }
  if (kubeconfig === '') throw new Error('--kubeconfig "" must name a file');
  return { mode: 'cluster', keep, kubeconfig, ...(address !== undefined && { address: parseAddress(address) }) };
}

function parseAddress(text: string): Address {
  const { host, port } = /^(?<host>[A-Za-z0-9.-]+)(?::(?<port>\d{1,5}))?$/.exec(text)?.groups ?? {};
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) {
    throw new Error(
      `--address ${JSON.stringify(text)} must be a name or an IPv4 address, such as 203.0.113.7 or lb:8443`,
    );
  }
  return { host, ...(port !== undefined && { port: Number(port) }) };
}
