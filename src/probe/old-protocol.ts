import { Socket } from 'node:net';
import { connect, createSecureContext } from 'node:tls';
import type { Target } from './target.ts';
import { waitFor } from './wait.ts';

/**
 * Asks once more, in the TLS of former times, so that the protocol can be named: a refusal does not say what the server would take.
 * Undefined when that fails too.
 */
export async function findOldProtocol(
  { address, port }: Target['connect'],
  ms: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const socket = new Socket();
  const stop = () => socket.destroy();
  socket.on('error', () => {});
  signal?.addEventListener('abort', stop, { once: true });
  try {
    socket.connect({ host: address, port });
    if ((await waitFor(socket, 'connect', ms)).kind !== 'happened') return undefined;
    // OpenSSL 3 takes protocols before TLS 1.2 at security level 0 only. Nothing but the greeting is sent.
    const secureContext = createSecureContext({
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const secured = connect({ socket, secureContext, rejectUnauthorized: false });
    secured.on('error', () => {});
    if ((await waitFor(secured, 'secureConnect', ms)).kind !== 'happened') return undefined;
    return secured.getProtocol() ?? undefined;
  } finally {
    signal?.removeEventListener('abort', stop);
    socket.destroy();
  }
}
