import type { Socket } from 'node:net';
import { explainConnect, explainConnectTimeout } from './network-failure.ts';
import { formatPlace } from './place.ts';
import type { StepOutcome } from './step-log.ts';
import type { Target } from './target.ts';
import { waitFor } from './wait.ts';

/** Connects the socket. */
export async function connect(socket: Socket, to: Target['connect'], ms: number): Promise<StepOutcome<Socket>> {
  socket.setNoDelay();
  socket.connect({ host: to.address, port: to.port });
  const ending = await waitFor(socket, 'connect', ms);
  switch (ending.kind) {
    case 'happened':
      return { value: socket, detail: formatPlace(socket.remoteAddress ?? to.address, to.port) };
    case 'error':
      return { failure: explainConnect(ending.error, to) };
    default:
      return { failure: explainConnectTimeout(to, ms) };
  }
}
