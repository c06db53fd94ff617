import { formatPlace } from './place.ts';
import { quote } from './quote.ts';
import type { Failure } from './result.ts';
import type { Target } from './target.ts';

/** An error of a socket: `code` is what it is told by. */
export type SocketError = Error & { readonly code?: string };

/** What the machine itself lacks says nothing about the route. */
const ownLacks: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/**
 * Why no TCP connection came about.
 *
 * @throws when the machine that probes is out of sockets or memory
 */
export function explainConnect(error: SocketError, { address, port }: Target['connect']): Failure {
  const place = formatPlace(address, port);
  const code = error.code ?? '';
  if (ownLacks.has(code)) throw new Error(`no socket to probe ${place} with`, { cause: error });
  const detail = quote(code === '' ? error.message : code);
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

function explainSilence(place: string, detail: string): Failure {
  const cure = 'see firewalls, which drop packets without a word, and whether the load balancer has healthy members';
  return { reason: 'ConnectTimeout', found: `nobody answers at ${place}`, cure, detail };
}
