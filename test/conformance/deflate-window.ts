import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

/** What a sync flush ends with, and permessage-deflate leaves out (RFC 7692, section 7.2.1). */
const flushEnd = Buffer.from('0000ffff', 'hex');

export interface WindowOptions {
  /** Binary logarithm of the window's size, 9 to 15. Default 15. */
  readonly bits?: number;
  /** Every message starts with an empty window. */
  readonly hasNoTakeover?: boolean;
}

/**
 * One direction of permessage-deflate (RFC 7692, section 7.2). What went before is the dictionary of the next message, which is all
 * that taking a context over means.
 */
export class DeflateWindow {
  readonly #bits: number;
  readonly #hasNoTakeover: boolean;
  #before: Buffer = Buffer.alloc(0);

  constructor({ bits = 15, hasNoTakeover = false }: WindowOptions = {}) {
    this.#bits = bits;
    this.#hasNoTakeover = hasNoTakeover;
  }

  compress(message: Buffer, level = 6): Buffer {
    const flushed = deflateRawSync(message, { ...this.#options(), level, finishFlush: constants.Z_SYNC_FLUSH });
    this.#remember(message);
    // An empty message is one empty block (section 7.2.3.6).
    return flushed.length <= flushEnd.length ? Buffer.of(0) : flushed.subarray(0, -flushEnd.length);
  }

  /** Throws when it is no deflated data, or reaches back beyond the window. */
  decompress(payload: Buffer): Buffer {
    const bytes = Buffer.concat([payload, flushEnd]);
    const message = inflateRawSync(bytes, { ...this.#options(), finishFlush: constants.Z_SYNC_FLUSH });
    this.#remember(message);
    return message;
  }

  #options() {
    return { windowBits: this.#bits, ...(this.#before.length > 0 && { dictionary: this.#before }) };
  }

  #remember(message: Buffer): void {
    if (this.#hasNoTakeover) return;
    this.#before = Buffer.concat([this.#before, message]).subarray(-(2 ** this.#bits));
  }
}
