import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

type Done = (error?: Error | null) => void;

/** A socket to be used in place of another one, which sends only while it may. At the first refusal it is to be ended. */
export function fence(socket: TLSSocket, maySend: () => boolean, onRefusal: () => void): TLSSocket {
  // undici takes any duplex stream at run time; its types ask for a socket.
  return new FencedSocket(socket, maySend, onRefusal) as Duplex as TLSSocket;
}

/**
 * A TLS socket that sends nothing when it may not.
 *
 * Node hands HTTP/2 frames to the socket at the end of a turn of the event loop, not when a request is made
 * (`Http2Session::MaybeScheduleWrite`, src/node_http2.cc). A process that is paused in between would send them when it goes on,
 * however much time has passed. Here nothing but the encryption lies between the question and the system call.
 */
class FencedSocket extends Duplex {
  readonly #socket: TLSSocket;
  readonly #maySend: () => boolean;
  readonly #onRefusal: () => void;
  readonly alpnProtocol: TLSSocket['alpnProtocol'];

  constructor(socket: TLSSocket, maySend: () => boolean, onRefusal: () => void) {
    super({ allowHalfOpen: false, decodeStrings: false });
    this.#socket = socket;
    this.#maySend = maySend;
    this.#onRefusal = onRefusal;
    this.alpnProtocol = socket.alpnProtocol;
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  ref(): this {
    this.#socket.ref();
    return this;
  }

  unref(): this {
    this.#socket.unref();
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: Done): void {
    this._writev([{ chunk }], done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    if (!this.#maySend()) {
      this.#onRefusal();
      return;
    }
    this.#socket.cork();
    for (const [index, { chunk }] of chunks.entries()) {
      if (index === chunks.length - 1) this.#socket.write(chunk, done);
      else this.#socket.write(chunk);
    }
    this.#socket.uncork();
  }

  override _final(done: Done): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
