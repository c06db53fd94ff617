import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { readAnswer, type UpgradeAnswer } from '../../src/probe/upgrade-answer.ts';
import { computeAccept } from '../../src/probe/upgrade-request.ts';
import { Listener } from './listener.ts';
import type { Script, Step, Transcript } from './script.ts';
import type { Way } from './way.ts';

/** A connection on which nothing has come for so long counts as left open. */
const patienceMs = 5_000;

/** Plays a script on a connection of its own and tells what came back. */
export async function converse(way: Way, script: Script): Promise<Transcript> {
  const socket = await way.dial();
  // Written to a connection that the server has ended, bytes are an error that says nothing: the reading side tells the end.
  socket.on('error', () => {});
  try {
    return await new Conversation(socket).play(way, script);
  } finally {
    socket.destroy();
  }
}

class Conversation {
  readonly #socket: Socket;
  readonly #ended: Promise<Transcript['end']>;
  #end: Transcript['end'] | undefined;
  #listener: Listener | undefined;
  #head: Buffer = Buffer.alloc(0);
  #answer: UpgradeAnswer | undefined;
  #wake = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<Transcript['end']>();
    this.#ended = promise;
    const settle = (end: Transcript['end']) => {
      this.#end ??= end;
      resolve(this.#end);
      this.#wake();
    };
    const patience = setTimeout(settle, patienceMs, 'open');
    socket.on('data', (chunk: Buffer) => {
      patience.refresh();
      this.#take(chunk);
    });
    socket.on('end', () => settle('closed'));
    socket.on('error', () => settle('reset'));
    socket.on('close', () => {
      clearTimeout(patience);
      settle('reset');
    });
  }

  async play(way: Way, script: Script): Promise<Transcript> {
    const key = randomBytes(16).toString('base64');
    this.#socket.write(Buffer.concat([composeRequest(way, script, key), script.early ?? Buffer.alloc(0)]));
    await this.#until(() => this.#answer !== undefined);
    const answer = this.#answer;
    if (answer === undefined) throw new Error(`${way.name}: no answer to the handshake but "${this.#head}"`);
    if (answer.status !== 101) return { answer: `${answer.status}`, events: [], end: 'none' };
    if (answer.headers.get('sec-websocket-accept') !== computeAccept(key)) throw new Error('it accepts another key');
    for (const step of script.send) {
      if (this.#end !== undefined) break;
      await this.#do(step);
    }
    const end = await this.#ended;
    return { answer: describeAnswer(answer), events: this.#listener?.events ?? [], end };
  }

  async #do(step: Step): Promise<void> {
    if (step === 'end') this.#socket.end();
    else if (Buffer.isBuffer(step)) this.#socket.write(step);
    else if ('awaitEvents' in step) await this.#until(() => this.#countEvents() >= step.awaitEvents);
    else {
      for (let start = 0; start < step.bytes.length && this.#end === undefined; start += step.chop) {
        const chunk = step.bytes.subarray(start, start + step.chop);
        // Only a write that has gone is not merged with the next one; what came meanwhile is read before the next.
        await new Promise((resolve) => this.#socket.write(chunk, resolve));
        await setImmediate();
      }
    }
  }

  async #until(isThere: () => boolean): Promise<void> {
    while (!isThere() && this.#end === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #countEvents(): number {
    return this.#listener?.events.length ?? 0;
  }

  #take(chunk: Buffer): void {
    if (this.#listener !== undefined) this.#listener.push(chunk);
    else this.#takeHead(chunk);
    this.#wake();
  }

  #takeHead(chunk: Buffer): void {
    this.#head = Buffer.concat([this.#head, chunk]);
    const reading = readAnswer(this.#head);
    if (reading.kind === 'broken') this.#socket.destroy();
    if (reading.kind !== 'answer') return;
    this.#answer = reading.answer;
    this.#listener = new Listener(reading.answer.headers.get('sec-websocket-extensions') ?? '');
    this.#listener.push(reading.answer.rest);
  }
}

function composeRequest(way: Way, { path = '/ws/echo', headers }: Script, key: string): Buffer {
  const fields = {
    Host: way.host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

function describeAnswer({ status, headers }: UpgradeAnswer): string {
  const agreed = ['sec-websocket-extensions', 'sec-websocket-protocol'].flatMap((name) => headers.get(name) ?? []);
  return [status, ...agreed].join(' ');
}
