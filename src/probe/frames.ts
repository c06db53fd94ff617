/** A frame that a server sent. Payloads of messages are not kept. */
export type Frame =
  | { readonly kind: 'message' }
  | { readonly kind: 'ping' | 'pong'; readonly payload: Buffer }
  | { readonly kind: 'close'; readonly code?: number; readonly words: string };

/** What has been read up to here: the beginning of a frame, and bytes of a message that are still to be passed over. */
export interface FrameState {
  readonly rest: Buffer;
  readonly toSkip: number;
}

export type FrameReading =
  | { readonly isBroken: false; readonly frames: readonly Frame[]; readonly state: FrameState }
  | { readonly isBroken: true; readonly problem: string };

export const noFrames: FrameState = { rest: Buffer.alloc(0), toSkip: 0 };

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/**
 * Reads the frames (RFC 6455, section 5.2) in what has come. At most 139 bytes of them are kept, whatever a server sends.
 * With `isDeflated` the first reserved bit is permessage-deflate's.
 */
export function readFrames(before: FrameState, chunk: Buffer, isDeflated: boolean): FrameReading {
  const frames: Frame[] = [];
  let bytes = before.rest.length === 0 ? chunk : Buffer.concat([before.rest, chunk]);
  let toSkip = before.toSkip;
  for (;;) {
    const skipped = Math.min(toSkip, bytes.length);
    bytes = bytes.subarray(skipped);
    toSkip -= skipped;
    const head = readHead(bytes, isDeflated);
    if (head === 'incomplete') break;
    if ('problem' in head) return { isBroken: true, problem: head.problem };
    const { opcode, headLength, length } = head;
    if (opcode < opcodes.close) {
      frames.push({ kind: 'message' });
      bytes = bytes.subarray(headLength);
      toSkip = length;
      continue;
    }
    if (bytes.length < headLength + length) break;
    frames.push(toControlFrame(opcode, Buffer.from(bytes.subarray(headLength, headLength + length))));
    bytes = bytes.subarray(headLength + length);
  }
  // A copy, because a slice would keep the whole chunk alive.
  return { isBroken: false, frames, state: { rest: Buffer.from(bytes), toSkip } };
}

interface Head {
  readonly opcode: number;
  readonly headLength: number;
  readonly length: number;
}

function readHead(bytes: Buffer, isDeflated: boolean): Head | 'incomplete' | { readonly problem: string } {
  const [first, second] = bytes;
  if (first === undefined) return 'incomplete';
  const opcode = first & 0x0f;
  const isControl = opcode >= opcodes.close;
  if ((opcode > opcodes.binary && !isControl) || opcode > opcodes.pong) return { problem: `it has opcode ${opcode}` };
  const reserved = first & 0x70;
  if (reserved !== 0 && !(isDeflated && reserved === 0x40 && !isControl))
    return { problem: 'it has reserved bits set' };
  if (isControl && (first & 0x80) === 0) return { problem: 'it is a control frame in parts' };
  if (second === undefined) return 'incomplete';
  if ((second & 0x80) !== 0) return { problem: 'it is masked, which only clients do' };
  if (isControl && second > 125) return { problem: 'it is a control frame with more than 125 bytes' };
  if (second < 126) return { opcode, headLength: 2, length: second };
  if (second === 126) {
    return bytes.length < 4 ? 'incomplete' : { opcode, headLength: 4, length: bytes.readUInt16BE(2) };
  }
  return bytes.length < 10 ? 'incomplete' : { opcode, headLength: 10, length: Number(bytes.readBigUInt64BE(2)) };
}

function toControlFrame(opcode: number, payload: Buffer): Frame {
  if (opcode === opcodes.ping) return { kind: 'ping', payload };
  if (opcode === opcodes.pong) return { kind: 'pong', payload };
  if (payload.length < 2) return { kind: 'close', words: '' };
  return { kind: 'close', code: payload.readUInt16BE(0), words: payload.toString('utf8', 2) };
}

/** A ping as a client sends it; `mask` is 4 random bytes, the payload at most 125 bytes. */
export function composePing(payload: Buffer, mask: Buffer): Buffer {
  return composeControlFrame(opcodes.ping, payload, mask);
}

export function composePong(payload: Buffer, mask: Buffer): Buffer {
  return composeControlFrame(opcodes.pong, payload, mask);
}

/** A close with a status (RFC 6455, section 7.4). */
export function composeClose(code: number, mask: Buffer): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return composeControlFrame(opcodes.close, payload, mask);
}

function composeControlFrame(opcode: number, payload: Buffer, mask: Buffer): Buffer {
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked]);
}
