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
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) {
    return {
      reason: 'NameNotResolved',
      message: `DNS knows no address of ${address} (${code}): make the record, or wait until it has spread`,
    };
  }
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') {
    return {
      reason: 'ConnectRefused',
      message: `nothing listens at ${place} (${code}): see whether the controller runs and its Service has the port`,
    };
  }
  if (code === 'ETIMEDOUT') return explainSilence(place);
  return {
    reason: 'NetworkUnreachable',
    message: `no way leads to ${place} (${quote(code === '' ? error.message : code)}): see routes and firewalls`,
  };
}

export function explainConnectTimeout({ address, port }: Target['connect'], ms: number): Failure {
  return explainSilence(formatPlace(address, port), ms);
}

function explainSilence(place: string, ms?: number): Failure {
  const time = ms === undefined ? '' : ` for ${ms} ms`;
  const cure = 'a firewall or a load balancer without members drops the packets, for the most part';
  return { reason: 'ConnectTimeout', message: `${place} was silent${time}: ${cure}` };
}
