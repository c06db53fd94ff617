import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** A whole answer, its body still bytes. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Who takes an answer; everything is called from an event of the socket. */
export interface Consumer {
  /** The answer has ended. With `onChunk` and status 200 the body is empty: it was handed on before. */
  onAnswer(answer: Answer): void;
  onFailure(error: Error): void;
  /** Asked at the last moment before the request is written: a reason not to. */
  refuse?(): Error | undefined;
  /** The head of the answer has come. */
  onHead?(): void;
  /** The status is 200 and the body may follow. */
  onOpen?(): void;
  onChunk?(chunk: Buffer): void;
}

/** One request and its answer, for undici. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #consumer: Consumer;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;
  #abortedBy: Error | undefined;

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
  }

  /** Gives up; the consumer hears of it at once, even when the request still waits for its connection. */
  abort(reason: Error): void {
    this.#abortedBy = reason;
    this.#controller?.abort(reason);
    this.#consumer.onFailure(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const refusal = this.#consumer.refuse?.();
    if (this.#abortedBy !== undefined) controller.abort(this.#abortedBy);
    else if (refusal !== undefined) this.abort(refusal);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    this.#consumer.onHead?.();
    if (status === 200) this.#consumer.onOpen?.();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#status === 200 && this.#consumer.onChunk !== undefined) this.#consumer.onChunk(chunk);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#consumer.onAnswer({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#consumer.onFailure(error);
  }
}
