const handshake = 22;
const serverName = 0;

/** What a client says first: undefined as long as it is not complete. */
export interface ClientHello {
  /** The name that the client asks for (SNI), in lower case. */
  readonly name: string | undefined;
}

/** Reads the name out of the first TLS record (RFC 8446, section 4.1.2; RFC 6066, section 3). */
export function readClientHello(bytes: Buffer): ClientHello | undefined {
  if (bytes.length < 5) return undefined;
  if (bytes[0] !== handshake) return { name: undefined };
  if (bytes.length < 5 + bytes.readUInt16BE(3)) return undefined;
  // Record (5), message (4), version (2), random (32); then three lists with their lengths before them.
  let at = 5 + 4 + 2 + 32;
  at += 1 + bytes.readUInt8(at);
  at += 2 + bytes.readUInt16BE(at);
  at += 1 + bytes.readUInt8(at);
  if (at >= bytes.length) return { name: undefined };
  const end = at + 2 + bytes.readUInt16BE(at);
  at += 2;
  while (at + 4 <= end) {
    const [type, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    // The list's length (2), the kind of the name (1) and its length (2) come before it.
    if (type === serverName) return { name: bytes.toString('latin1', at + 9, at + 4 + length).toLowerCase() };
    at += 4 + length;
  }
  return { name: undefined };
}

/** A fatal alert 112, `unrecognized_name`, as a record of TLS 1.2: there is nothing to encrypt it with yet. */
export const unrecognizedName = Buffer.from([21, 3, 3, 0, 2, 2, 112]);
