import { formatPlace } from './place.ts';
import { quote } from './quote.ts';
import type { Failure } from './result.ts';
import type { Target } from './target.ts';

/** An error of a socket: `code` is what it is told by. */
export type SocketError = Error & { readonly code?: string };

/** What the machine itself lacks says nothing about the route: files, memory, a port or an address of its own. */
const ownLacks: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL']);

/**
 * Why no TCP connection came about.
 *
 * @throws when the machine that probes has no socket to do it with
 */
export function explainConnect(error: SocketError, { address, port }: Target['connect']): Failure {
  const place = formatPlace(address, port);
  const code = error.code ?? '';
  if (ownLacks.has(code)) {
    const lack = `this machine has no socket to probe ${place} with (${code})`;
    throw new Error(`${lack}: see its open files, its local ports and its memory`, { cause: error });
  }
  const detail = quote(code === '' ? error.message : code);
  if (code === 'EAI_AGAIN') return explainNameServer(address, detail);
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) {
    const found = `DNS gives no address of ${address}`;
    return { reason: 'NameNotResolved', found, cure: 'make the record, or wait until it has spread', detail };
  }
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') {
    const cure = 'see whether the controller runs and its Service has the port';
    return { reason: 'ConnectRefused', found: `nothing listens at ${place}`, cure, detail };
  }
  if (code === 'ETIMEDOUT') return explainSilence(place, detail);
  const cure = 'see routes and firewalls';
  return { reason: 'NetworkUnreachable', found: `no way leads to ${place}`, cure, detail };
}

export function explainConnectTimeout({ address, port }: Target['connect'], ms: number): Failure {
  return explainSilence(formatPlace(address, port), `silent for ${ms} ms`);
}

/** The time was over before the name had an address. */
export function explainLookupTimeout({ address }: Target['connect'], ms: number): Failure {
  return explainNameServer(address, `silent for ${ms} ms`);
}

function explainNameServer(address: string, detail: string): Failure {
  const cure = 'see the DNS of the machine that probes: its /etc/resolv.conf, and the way to its name servers';
  const found = `no name server tells the address of ${address}`;
  return { reason: 'NameNotResolved', found, cure, detail, isOwnLack: true };
}

function explainSilence(place: string, detail: string): Failure {
  const cure = 'see firewalls, which drop packets without a word, and whether the load balancer has healthy members';
  return { reason: 'ConnectTimeout', found: `nobody answers at ${place}`, cure, detail };
}
