import type { SocketError } from './network-failure.ts';
import { quote } from './quote.ts';
import type { Failure } from './result.ts';

/** OpenSSL's words for bytes that are no TLS record. */
const noRecord = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_TOO_SMALL|HTTP_REQUEST|HTTPS_PROXY_REQUEST/;

/** What alerts mean here; numbers of RFC 8446, section 6.2. */
const alerts: Readonly<Record<number, readonly [meaning: string, cure: string]>> = {
  40: [
    'it shares no cipher with browsers, or asks for a client certificate',
    'see its ciphers, its key and client certificates',
  ],
  42: ['it asks for a client certificate, which browsers have seldom', 'turn that off for this host'],
  80: ['it failed inside', 'see its log'],
  116: ['it asks for a client certificate, which browsers have seldom', 'turn that off for this host'],
  120: ['it takes no HTTP/1.1 (ALPN), which WebSocket needs', 'allow http/1.1'],
};

/** Why a TLS handshake with `host` failed; undefined when the error has nothing to do with TLS. */
export function explainTls(error: SocketError, host: string): Failure | undefined {
  const code = error.code ?? '';
  const alert = readAlert(error.message);
  if (alert === 112 || /UNRECOGNIZED_NAME/.test(code)) {
    const cure = 'see whether the controller has taken the route and has its Secret, and whether tls holds the host';
    return { reason: 'UnrecognizedName', found: `nobody serves ${host} there (TLS alert 112)`, cure };
  }
  if (noRecord.test(code)) {
    const found = 'the port answers, but does not speak TLS, plain HTTP for the most part';
    return { reason: 'NoTLS', found, cure: 'connect to the TLS port, or turn TLS on for this one' };
  }
  if (isTooOld(error)) return explainOld(undefined);
  if (alert !== undefined) {
    const [meaning, cure] = alerts[alert] ?? ['', 'see its log'];
    const found = `the server refused the handshake (TLS alert ${alert})`;
    return { reason: 'TLSFailed', found: meaning === '' ? found : `${found}, ${meaning}`, cure };
  }
  if (/^ERR_(?:SSL|OSSL|TLS)_/.test(code)) {
    const found = `the handshake broke (${quote(code, 80)})`;
    return { reason: 'TLSFailed', found, cure: 'see certificate, key and ciphers of the server' };
  }
  return undefined;
}

/** Whether the server speaks TLS, but none that is taken today. */
export function isTooOld({ code = '', message }: SocketError): boolean {
  return readAlert(message) === 70 || /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/.test(code);
}

/** `protocol` is what it does speak, where that could be found out. */
export function explainOld(protocol: string | undefined): Failure {
  return {
    reason: 'TLSFailed',
    found: 'the server speaks no TLS 1.2 or later, which browsers ask for',
    cure: 'allow TLSv1.2 and TLSv1.3',
    ...(protocol !== undefined && { detail: `${protocol} and nothing later` }),
  };
}

/** The handshake ended without a word of TLS. */
export function explainCut(error: SocketError | undefined): Failure {
  return {
    reason: 'TLSFailed',
    found: 'the server closed the connection during the TLS handshake',
    cure: 'see its log; a proxy before it may want the PROXY protocol, or the port may not be for TLS',
    ...(error?.code !== undefined && { detail: quote(error.code, 80) }),
  };
}

export function explainTlsTimeout(ms: number): Failure {
  return {
    reason: 'TLSTimeout',
    found: 'the port takes the connection and does not answer the TLS handshake',
    cure: 'see the log and the load of the server',
    detail: `none within ${ms} ms`,
  };
}

/** OpenSSL writes it into the text only. */
function readAlert(message: string): number | undefined {
  const number = /SSL alert number (\d+)/.exec(message)?.[1];
  return number === undefined ? undefined : Number(number);
}
