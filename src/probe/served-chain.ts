import type { X509Certificate } from 'node:crypto';
import { Socket } from 'node:net';
import { connect } from './connect.ts';
import { listIssuers } from './list-issuers.ts';
import { secure } from './secure.ts';
import type { StepOutcome } from './step-log.ts';
import type { Target } from './target.ts';
import { createTrust } from './trust.ts';

/** The certificates that a server shows: its own first, each signed by the next. */
export interface ServedChain {
  /** At least one. */
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]];
  /** Whether a client that knows the public roots alone takes it, at the time of the machine. */
  readonly isPubliclyTrusted: boolean;
}

/** Asks a server for its certificates, and judges nothing of them. `ms` bounds connecting and TLS, each. */
export async function readServedChain(target: Target, ms: number): Promise<StepOutcome<ServedChain>> {
  const bare = new Socket();
  bare.on('error', () => {});
  try {
    const connected = await connect(bare, target.connect, ms);
    if (connected.failure !== undefined) return connected;
    const secured = await secure(connected.value, target, { trust: createTrust('public'), ms, signal: undefined });
    if (secured.failure !== undefined) return secured;
    const { value: socket, detail } = secured;
    const own = socket.getPeerX509Certificate();
    if (own === undefined)
      return { failure: { reason: 'TLSFailed', found: 'the server shows no certificate', cure: 'give it one' } };
    return { value: { certificates: [own, ...listIssuers(own)], isPubliclyTrusted: socket.authorized }, detail };
  } finally {
    bare.destroy();
  }
}
