import { readFile } from 'node:fs/promises';
import type { ApiObject } from '../admin-client.ts';
import type { IngressNginx } from './ingress-nginx.ts';

/** Where nginx tells the controller what its Lua balancers were handed (`--status-port`). */
const STATUS_PORT = 10246;

/** The text of the server block of a host; empty where the controller has rendered none. */
export function findServer(conf: string, host: string): string {
  const start = conf.indexOf(`## start server ${host}\n`);
  return start < 0 ? '' : conf.slice(start, conf.indexOf(`## end server ${host}\n`, start));
}

/** Location blocks of a host by what they match: `= /ws` (exact) and `/ws/` (prefix). */
export function findLocations(conf: string, host: string): ReadonlyMap<string, string> {
  const blocks = findServer(conf, host).matchAll(/^\t\tlocation (.+) \{\n([\s\S]*?)^\t\t\}/gm);
  return new Map([...blocks].map(([, match = '', body = '']) => [match, body]));
}

/** What the running nginx balances over, as its Lua code was told: `namespace-service-port` → configuration. */
export async function readBackends(): Promise<ReadonlyMap<string, ApiObject>> {
  const response = await fetch(`http://127.0.0.1:${STATUS_PORT}/configuration/backends`);
  const backends = (await response.json()) as readonly ApiObject[];
  return new Map(backends.map((backend) => [backend.name, backend]));
}

/** How often nginx has been reloaded since the controller started: each one ends live sockets after a while. */
export async function countReloads({ process }: IngressNginx): Promise<number> {
  const log = await readFile(process.logFile, 'utf8');
  return log.split('Backend successfully reloaded').length - 1;
}
