import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { readFacts } from './certificate-facts.ts';
import { judgeCertificate } from './judge-certificate.ts';
import { classifyChain, explainChain } from './judge-chain.ts';
import { findOldProtocol } from './old-protocol.ts';
import type { TlsFacts } from './result.ts';
import type { StepOutcome } from './step-log.ts';
import type { Target } from './target.ts';
import { explainCut, explainOld, explainTls, explainTlsTimeout, isTooOld } from './tls-failure.ts';
import type { Trust } from './trust.ts';
import { waitFor } from './wait.ts';

export interface SecureOptions {
  readonly trust: Trust;
  /** The longest that the handshake may take. */
  readonly ms: number;
  readonly signal: AbortSignal | undefined;
}

/** Makes the TLS handshake. The certificate is not judged here: what is wrong with it is to be told, not only that it is wrong. */
export async function secure(
  socket: Socket,
  target: Target,
  { trust: { context }, ms, signal }: SecureOptions,
): Promise<StepOutcome<TLSSocket>> {
  const { host } = target;
  const secured = connect({
    socket,
    secureContext: context,
    // An address is no server name (RFC 6066, section 3).
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
    // Over HTTP/2 nginx answers a handshake with 400; browsers offer the same for a WebSocket.
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  secured.on('error', () => {});
  const ending = await waitFor(secured, 'secureConnect', ms);
  switch (ending.kind) {
    case 'happened':
      return { value: secured, detail: describe(secured) };
    case 'timeout':
      return { failure: explainTlsTimeout(ms) };
    case 'error':
      if (isTooOld(ending.error)) {
        const protocol = await findOldProtocol(target.connect, ms, signal);
        return { failure: explainOld(protocol) };
      }
      return { failure: explainTls(ending.error, host) ?? explainCut(ending.error) };
    default:
      return { failure: explainCut(undefined) };
  }
}

function describe(socket: TLSSocket): string {
  const alpn = socket.alpnProtocol ? `ALPN ${socket.alpnProtocol}` : 'no ALPN';
  return `${socket.getProtocol()} ${socket.getCipher().standardName}, ${alpn}`;
}

/** Judges the certificate that was served, and tells what is in it even when it is wrong. */
export function inspectCertificate(
  socket: TLSSocket,
  { host }: Target,
  trust: Trust,
  now: Date,
): StepOutcome<TlsFacts> & { readonly facts?: TlsFacts } {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    return { failure: { reason: 'TLSFailed', found: 'the server shows no certificate', cure: 'give it one' } };
  }
  const chainError = socket.authorized ? undefined : String(socket.authorizationError);
  const subject = { certificate, chainError, trust };
  const facts: TlsFacts = {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || '',
    ...readFacts(certificate),
    chain: classifyChain(subject),
  };
  const failure = judgeCertificate({ ...subject, host, now });
  if (failure !== undefined) return { failure, facts };
  const flaw = explainChain(subject);
  const remark = flaw === undefined ? '' : `; ${flaw.found}`;
  return { value: facts, facts, detail: `until ${facts.notAfter}, by ${facts.issuer}${remark}` };
}
