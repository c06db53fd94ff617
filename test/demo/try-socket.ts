import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { closeSocket, openSocket } from '../support/socket.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { Address } from './options.ts';

export interface Attempt {
  /** `wss://`; its host is what the certificate is verified against. */
  readonly url: string;
  readonly rootPem: string;
  readonly address: Address;
  readonly message: string;
}

/** Opens a verified socket, again and again while nginx has not reloaded yet, and returns the echo of the message. */
export async function tryEcho(attempt: Attempt): Promise<string> {
  const { url, rootPem, address, message } = attempt;
  const target = new URL(url);
  if (address.port !== undefined) target.port = String(address.port);
  const found = await lookup(address.host, { family: 4 });
  const open = () => openSocket(target.href, { ca: rootPem, address: found.address });
  const what = `${url} at ${found.address}:${target.port || '443'} to open`;
  const socket = await waitUntil(open, { what, timeoutMs: 60_000, intervalMs: 100 });
  try {
    return await echo(socket, message);
  } finally {
    await closeSocket(socket);
  }
}

/** Other echo servers than the rig's greet first: what is not the message is passed over. */
async function echo(socket: WebSocket, message: string): Promise<string> {
  const signal = AbortSignal.timeout(15_000);
  const echoed = new Promise<string>((resolve) => {
    socket.on('message', (data) => {
      if (data.toString() === message) resolve(data.toString());
    });
  });
  socket.send(message);
  const late = once(signal, 'abort').then(() => {
    throw new Error('the socket is open, but the message did not come back in 15 s');
  });
  return Promise.race([echoed, late]);
}
