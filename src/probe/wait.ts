import type { Socket } from 'node:net';
import type { SocketError } from './network-failure.ts';

/** What ended the waiting. */
export type Ending =
  | { readonly kind: 'happened' | 'closed' | 'timeout' }
  | { readonly kind: 'error'; readonly error: SocketError };

/** Waits until the socket emits `event`, or the other side ends, for `ms` at most, or until `enough`. Never rejects. */
export function waitFor(
  socket: Socket,
  event: 'connect' | 'secureConnect' | 'readable',
  ms: number,
  enough?: AbortSignal,
): Promise<Ending> {
  if (socket.errored) return Promise.resolve({ kind: 'error', error: socket.errored });
  if (socket.destroyed || socket.readableEnded) return Promise.resolve({ kind: 'closed' });
  if (enough?.aborted) return Promise.resolve({ kind: 'timeout' });
  return new Promise((resolve) => {
    // After a stall of this process timers come before what the network has brought meanwhile: that gets its turn first.
    const timer = setTimeout(() => setImmediate(() => finish({ kind: 'timeout' })), Math.max(0, ms));
    const onEvent = () => finish({ kind: 'happened' });
    const onClose = () => finish({ kind: 'closed' });
    const onError = (error: SocketError) => finish({ kind: 'error', error });
    const onEnough = () => finish({ kind: 'timeout' });
    enough?.addEventListener('abort', onEnough);
    socket.on(event, onEvent).on('end', onClose).on('close', onClose).on('error', onError);

    function finish(ending: Ending): void {
      clearTimeout(timer);
      enough?.removeEventListener('abort', onEnough);
      socket.off(event, onEvent).off('end', onClose).off('close', onClose).off('error', onError);
      resolve(ending);
    }
  });
}

export type Reading =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | Exclude<Ending, { readonly kind: 'happened' }>;

/** The next bytes that come before `deadline` (of `performance.now()`). What is not read waits at the server: memory is bounded. */
export async function readSome(socket: Socket, deadline: number, enough?: AbortSignal): Promise<Reading> {
  for (;;) {
    const bytes: Buffer | null = socket.read();
    if (bytes !== null) return { kind: 'bytes', bytes };
    const ending = await waitFor(socket, 'readable', deadline - performance.now(), enough);
    if (ending.kind === 'happened') continue;
    return ending as Exclude<Ending, { readonly kind: 'happened' }>;
  }
}
