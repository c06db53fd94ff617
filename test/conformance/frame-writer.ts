/** Opcodes of RFC 6455, section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The mask of the examples in RFC 6455, section 5.7: the same bytes travel in every run. */
const exampleMask = Buffer.from('37fa213d', 'hex');

/** What a frame may look like other than whole, plain and masked. None of it is checked: breaking the rules is what this is for. */
export interface FrameShape {
  readonly isFinal?: boolean;
  /** The three reserved bits as a number: 4 is RSV1, 2 is RSV2, 1 is RSV3. */
  readonly reserved?: number;
  /** 4 bytes, or `'none'` for a frame without a mask. */
  readonly mask?: Buffer | 'none';
  /** Bytes of the extended length; left out, the fewest that do. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** The length that the head tells, whatever follows. */
  readonly announcedLength?: bigint;
}

/** One frame as a client sends it (RFC 6455, section 5.2), byte by byte. */
export function composeFrame(opcode: number, payload: Buffer, shape: FrameShape = {}): Buffer {
  const { isFinal = true, reserved = 0, mask = exampleMask, announcedLength = BigInt(payload.length) } = shape;
  const lengthBytes = shape.lengthBytes ?? (announcedLength < 126n ? 0 : announcedLength < 65536n ? 2 : 8);
  const maskBytes = mask === 'none' ? 0 : 4;
  const frame = Buffer.allocUnsafe(2 + lengthBytes + maskBytes + payload.length);
  frame[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  frame[1] =
    (mask === 'none' ? 0 : 0x80) | (lengthBytes === 0 ? Number(announcedLength) : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) frame.writeUInt16BE(Number(announcedLength), 2);
  if (lengthBytes === 8) frame.writeBigUInt64BE(announcedLength, 2);
  const start = 2 + lengthBytes + maskBytes;
  payload.copy(frame, start);
  if (mask !== 'none') {
    mask.copy(frame, start - 4);
    for (let index = 0; index < payload.length; index += 1) {
      frame[start + index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
    }
  }
  return frame;
}

export function text(payload: string | Buffer, shape?: FrameShape): Buffer {
  return composeFrame(opcodes.text, Buffer.from(payload), shape);
}

export function binary(payload: string | Buffer, shape?: FrameShape): Buffer {
  return composeFrame(opcodes.binary, Buffer.from(payload), shape);
}

export function continuation(payload: string | Buffer, shape?: FrameShape): Buffer {
  return composeFrame(opcodes.continuation, Buffer.from(payload), shape);
}

export function ping(payload: string | Buffer = '', shape?: FrameShape): Buffer {
  return composeFrame(opcodes.ping, Buffer.from(payload), shape);
}

export function pong(payload: string | Buffer = '', shape?: FrameShape): Buffer {
  return composeFrame(opcodes.pong, Buffer.from(payload), shape);
}

/** A close; without a status its payload is empty, which means 1005. */
export function close(code?: number, reason: string | Buffer = '', shape?: FrameShape): Buffer {
  if (code === undefined) return composeFrame(opcodes.close, Buffer.alloc(0), shape);
  const status = Buffer.alloc(2);
  status.writeUInt16BE(code);
  return composeFrame(opcodes.close, Buffer.concat([status, Buffer.from(reason)]), shape);
}

/** A message in frames of so many bytes each. `reserved` is that of the first frame (RFC 7692, section 6.1). */
export function fragments(kind: 'text' | 'binary', payload: Buffer, size: number, reserved = 0): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let start = 0; start === 0 || start < payload.length; start += size) {
    const isFinal = start + size >= payload.length;
    const opcode = start === 0 ? opcodes[kind] : opcodes.continuation;
    const shape = { isFinal, reserved: start === 0 ? reserved : 0 };
    frames.push(composeFrame(opcode, payload.subarray(start, start + size), shape));
  }
  return frames;
}
