import { opcodes } from './frame-writer.ts';

/** A frame that a server sent, with its payload. */
export interface ServerFrame {
  readonly opcode: number;
  readonly isFinal: boolean;
  /** RSV1, which permessage-deflate sets on the first frame of a compressed message. */
  readonly isCompressed: boolean;
  readonly payload: Buffer;
}

/** Thrown for bytes that no server may send; src/probe/frames.ts judges them too, and keeps no payloads. */
export class BrokenFrame extends Error {}

/** Puts frames together from chunks of any size, each byte copied once. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Nothing can be read before so many bytes are there. */
  #needed = 2;

  push(chunk: Buffer): readonly ServerFrame[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return [];
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const frames: ServerFrame[] = [];
    for (;;) {
      const { headLength, length } = measure(bytes);
      this.#needed = headLength + length;
      if (bytes.length < this.#needed) break;
      frames.push(readFrame(bytes, headLength, length));
      bytes = bytes.subarray(this.#needed);
    }
    this.#chunks = [bytes];
    this.#length = bytes.length;
    return frames;
  }
}

function measure(bytes: Buffer): { readonly headLength: number; readonly length: number } {
  const short = (bytes[1] ?? 0) & 0x7f;
  const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < headLength) return { headLength, length: 0 };
  if (short < 126) return { headLength, length: short };
  const length = short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (length < (short === 126 ? 126 : 65536)) throw new BrokenFrame('a length in more bytes than it needs');
  return { headLength, length };
}

function readFrame(bytes: Buffer, headLength: number, length: number): ServerFrame {
  const [first = 0, second = 0] = bytes;
  const opcode = first & 0x0f;
  const isFinal = (first & 0x80) !== 0;
  const isControl = opcode >= opcodes.close;
  if ((second & 0x80) !== 0) throw new BrokenFrame('masked by a server');
  if ((first & 0x30) !== 0 || (isControl && (first & 0x40) !== 0)) throw new BrokenFrame('reserved bits set');
  if (isControl && (!isFinal || length > 125)) throw new BrokenFrame('a control frame in parts, or too long');
  return {
    opcode,
    isFinal,
    isCompressed: (first & 0x40) !== 0,
    payload: bytes.subarray(headLength, headLength + length),
  };
}
