import { isIP, type Socket } from 'node:net';
import { explainConnect, explainConnectTimeout, explainLookupTimeout } from './network-failure.ts';
import { formatPlace } from './place.ts';
import type { StepOutcome } from './step-log.ts';
import type { Target } from './target.ts';
import { waitFor } from './wait.ts';

/** Connects the socket; `ms` bounds finding the address and connecting to it, together. */
export async function connect(socket: Socket, to: Target['connect'], ms: number): Promise<StepOutcome<Socket>> {
  let isFound = isIP(to.address) !== 0;
  socket.once('lookup', () => {
    isFound = true;
  });
  socket.setNoDelay();
  socket.connect({ host: to.address, port: to.port });
  const ending = await waitFor(socket, 'connect', ms);
  switch (ending.kind) {
    case 'happened':
      return { value: socket, detail: formatPlace(socket.remoteAddress ?? to.address, to.port) };
    case 'error':
      return { failure: explainConnect(ending.error, to) };
    default:
      return { failure: isFound ? explainConnectTimeout(to, ms) : explainLookupTimeout(to, ms) };
  }
}
