import type { SocketError } from './network-failure.ts';
import { quote } from './quote.ts';
import type { Failure } from './result.ts';

/** OpenSSL's words for bytes that are no TLS record. */
const noRecord = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_TOO_SMALL|HTTP_REQUEST|HTTPS_PROXY_REQUEST/;

/** What alerts mean here; numbers of RFC 8446, section 6.2. */
const alerts: Readonly<Record<number, string>> = {
  40: 'it shares no cipher with browsers, or asks for a client certificate: see its ciphers and its key',
  42: 'it asks for a client certificate, which browsers have seldom: turn that off for this host',
  80: 'it failed inside: see its log',
  116: 'it asks for a client certificate, which browsers have seldom: turn that off for this host',
  120: 'it takes no HTTP/1.1 (ALPN), which WebSocket needs: allow http/1.1',
};

/** Why a TLS handshake with `host` failed; undefined when the error has nothing to do with TLS. */
export function explainTls(error: SocketError, host: string): Failure | undefined {
  const code = error.code ?? '';
  const alert = readAlert(error.message);
  if (alert === 112 || /UNRECOGNIZED_NAME/.test(code)) {
    const cause = 'the controller has not taken the route, or lacks its Secret, or tls does not hold the host';
    return { reason: 'UnrecognizedName', message: `nobody serves ${host} there (TLS alert 112): ${cause}` };
  }
  if (noRecord.test(code)) {
    const cure = 'connect to the TLS port, or turn TLS on for this one';
    return {
      reason: 'NoTLS',
      message: `the port answers, but does not speak TLS, plain HTTP for the most part: ${cure}`,
    };
  }
  if (isTooOld(error)) return failed(explainOld(undefined));
  if (alert !== undefined) {
    const meaning = alerts[alert] ?? 'see its log';
    return failed(`the server refused the handshake (TLS alert ${alert}): ${meaning}`);
  }
  if (/^ERR_(?:SSL|OSSL|TLS)_/.test(code)) {
    return failed(`the handshake broke (${quote(code, 80)}): see certificate, key and ciphers of the server`);
  }
  return undefined;
}

/** Whether the server speaks TLS, but none that is taken today. */
export function isTooOld({ code = '', message }: SocketError): boolean {
  return readAlert(message) === 70 || /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/.test(code);
}

/** `protocol` is what it does speak, where that could be found out. */
export function explainOld(protocol: string | undefined): string {
  const found = protocol === undefined ? 'no TLS 1.2 or later' : `${protocol} and nothing later`;
  return `the server speaks ${found}, browsers ask for TLS 1.2 at least: allow TLSv1.2 and TLSv1.3`;
}

/** The handshake ended without a word of TLS. */
export function explainCut(error: SocketError | undefined): Failure {
  const code = error?.code === undefined ? '' : ` (${quote(error.code, 80)})`;
  const cure = 'see its log; a proxy before it may want the PROXY protocol, or the port may not be for TLS';
  return failed(`the server closed the connection during the TLS handshake${code}: ${cure}`);
}

export function explainTlsTimeout(ms: number): Failure {
  const message = `no TLS handshake within ${ms} ms: the port takes connections and is silent; see its log and load`;
  return { reason: 'TLSTimeout', message };
}

/** OpenSSL writes it into the text only. */
function readAlert(message: string): number | undefined {
  const number = /SSL alert number (\d+)/.exec(message)?.[1];
  return number === undefined ? undefined : Number(number);
}

function failed(message: string): Failure {
  return { reason: 'TLSFailed', message };
}
