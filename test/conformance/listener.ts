import { DeflateWindow } from './deflate-window.ts';
import { BrokenFrame, FrameReader, type ServerFrame } from './frame-reader.ts';
import { opcodes } from './frame-writer.ts';
import { closed, control, message } from './script.ts';

/** Turns the bytes of a server into events. */
export class Listener {
  readonly events: string[] = [];
  readonly #reader = new FrameReader();
  readonly #window: DeflateWindow | undefined;
  #started: ServerFrame | undefined;
  #parts: Buffer[] = [];

  /** `extension` is the one that the handshake agreed on. */
  constructor(extension: string) {
    if (!extension.startsWith('permessage-deflate')) return;
    const bits = /server_max_window_bits=(\d+)/.exec(extension)?.[1];
    const hasNoTakeover = extension.includes('server_no_context_takeover');
    this.#window = new DeflateWindow({ hasNoTakeover, ...(bits !== undefined && { bits: Number(bits) }) });
  }

  push(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#take(frame);
    } catch (error) {
      // Also what cannot be inflated.
      this.events.push(`broken: ${(error as Error).message}`);
    }
  }

  #take(frame: ServerFrame): void {
    const { opcode, payload } = frame;
    if (opcode === opcodes.ping) this.events.push(control('ping', payload));
    else if (opcode === opcodes.pong) this.events.push(control('pong', payload));
    else if (opcode === opcodes.close) this.events.push(describeClose(payload));
    else this.#takePart(frame);
  }

  #takePart(frame: ServerFrame): void {
    if ((frame.opcode === opcodes.continuation) !== (this.#started !== undefined)) {
      throw new BrokenFrame(`opcode ${frame.opcode} out of turn`);
    }
    this.#started ??= frame;
    this.#parts.push(frame.payload);
    if (!frame.isFinal) return;
    const { opcode, isCompressed } = this.#started;
    if (opcode > opcodes.binary) throw new BrokenFrame(`opcode ${opcode}`);
    const kind = opcode === opcodes.text ? 'text' : 'binary';
    this.events.push(message(kind, this.#inflate(Buffer.concat(this.#parts), isCompressed), isCompressed));
    this.#started = undefined;
    this.#parts = [];
  }

  #inflate(payload: Buffer, isCompressed: boolean): Buffer {
    if (!isCompressed) return payload;
    if (this.#window === undefined) throw new BrokenFrame('compressed, though nobody agreed on it');
    return this.#window.decompress(payload);
  }
}

function describeClose(payload: Buffer): string {
  if (payload.length === 1) throw new BrokenFrame('a close with half a status');
  return payload.length === 0 ? closed() : closed(payload.readUInt16BE(0), payload.toString('utf8', 2));
}
