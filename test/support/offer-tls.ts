import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { type ConnectionOptions, connect, getCiphers, type TLSSocket } from 'node:tls';

/** Where TLS is asked for, and the name that is asked for (SNI). */
export interface Place {
  readonly address: string;
  readonly host: string;
}

/** First bytes of the protocols that a greeting can name; TLS 1.3 is an extension of 1.2's. */
export const greetings = { 'SSL 3': [3, 0], 'TLS 1.0': [3, 1], 'TLS 1.1': [3, 2], 'TLS 1.2': [3, 3] } as const;

/**
 * Sends a greeting of exactly this version, byte by byte: a TLS library of today would refuse an old one by itself. True when the
 * server goes along with it, false when it answers with an alert or hangs up.
 */
export async function acceptsGreeting({ address, host }: Place, version: keyof typeof greetings): Promise<boolean> {
  const [major, minor] = greetings[version];
  const socket = connectTcp({ host: address, port: 443, timeout: 10_000 });
  socket.on('timeout', () => socket.destroy(new Error(`no answer from ${address} in 10 s`)));
  try {
    await once(socket, 'connect');
    socket.write(composeGreeting(host, major, minor));
    // The type of the record, 5 bytes of header, the type of the message and its length; then the version that is agreed on.
    let answer = Buffer.alloc(0);
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer]);
      if (answer.length >= 11 || answer[0] === 21) break;
    }
    return answer[0] === 22 && answer[9] === major && answer[10] === minor;
  } finally {
    socket.destroy();
  }
}

/** OpenSSL's names of the ciphers of TLS 1.2 that the server accepts, each of them offered alone. */
export async function listAcceptedCiphers(place: Place): Promise<readonly string[]> {
  const offered = getCiphers()
    .filter((name) => !name.startsWith('tls_'))
    .map((name) => name.toUpperCase());
  const accepted: string[] = [];
  for (const ciphers of offered) {
    // At security level 0 the client takes part in whatever OpenSSL still knows.
    const socket = await greet(place, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` });
    if (socket === undefined) continue;
    accepted.push(socket.getCipher().name);
    socket.destroy();
  }
  return accepted.sort();
}

/** The protocol that a client of today gets, in Node's words; undefined where it gets none. */
export async function readProtocol(place: Place): Promise<string | undefined> {
  const socket = await greet(place, {});
  const protocol = socket?.getProtocol() ?? undefined;
  socket?.destroy();
  return protocol;
}

/** Whether a second connection is spared the key exchange and the signature. */
export async function resumesSession(place: Place, maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<boolean> {
  const first = await greet(place, { maxVersion });
  if (first === undefined) throw new Error(`${place.host} refuses ${maxVersion}`);
  // TLS 1.3 brings the session after the handshake; a server that has none to offer sends nothing until it answers.
  const sessions: Buffer[] = [];
  first.on('session', (session: Buffer) => sessions.push(session));
  const known = first.getSession();
  if (maxVersion === 'TLSv1.2' && known !== undefined) sessions.push(known);
  first.write(`GET / HTTP/1.1\r\nHost: ${place.host}\r\nConnection: close\r\n\r\n`);
  first.resume();
  await once(first, 'close');
  const session = sessions.at(-1);
  if (session === undefined) return false;
  const second = await greet(place, { maxVersion, session });
  if (second === undefined) throw new Error(`${place.host} refuses a second connection`);
  const isReused = second.isSessionReused();
  second.destroy();
  return isReused;
}

/** Undefined when the server does not go along; certificates are not verified. */
async function greet({ address, host }: Place, options: ConnectionOptions): Promise<TLSSocket | undefined> {
  const socket = connect({
    host: address,
    port: 443,
    servername: host,
    rejectUnauthorized: false,
    timeout: 10_000,
    ...options,
  });
  const failed = new Promise<'failed'>((resolve) => {
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => resolve('failed'));
    socket.on('close', () => resolve('failed'));
  });
  const outcome = await Promise.race([once(socket, 'secureConnect').catch(() => 'failed' as const), failed]);
  if (outcome !== 'failed') return socket;
  socket.destroy();
  return undefined;
}

/** A ClientHello (RFC 5246, section 7.4.1.2) with ciphers and extensions that each of these versions can use. */
function composeGreeting(host: string, major: number, minor: number): Buffer {
  const name = Buffer.from(host);
  const extensions = [
    extension(0, prefixed(2, Buffer.concat([Buffer.from([0]), prefixed(2, name)]))),
    extension(10, prefixed(2, Buffer.from([0, 0x1d, 0, 0x17]))),
    extension(11, prefixed(1, Buffer.from([0]))),
    extension(13, prefixed(2, Buffer.from([4, 3, 8, 4, 4, 1, 2, 3, 2, 1]))),
  ];
  const ciphers = [0xc02b, 0xc02f, 0xc009, 0xc013, 0x002f, 0x0035, 0x000a].flatMap((each) => [each >> 8, each & 255]);
  const body = Buffer.concat([
    Buffer.from([major, minor]),
    randomBytes(32),
    Buffer.from([0]),
    prefixed(2, Buffer.from(ciphers)),
    Buffer.from([1, 0]),
    prefixed(2, Buffer.concat(extensions)),
  ]);
  const message = Buffer.concat([Buffer.from([1]), prefixed(3, body)]);
  return Buffer.concat([Buffer.from([22, major, minor]), prefixed(2, message)]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, type]), prefixed(2, content)]);
}

/** Content after its length, in so many bytes. */
function prefixed(bytes: 1 | 2 | 3, content: Buffer): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
}
