import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** Passes bytes between a client and the real API server, and breaks in the ways networks break. */
export class Forwarder {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: { readonly host: string; readonly port: number };
  #isRefusing = false;
  #isSilent = false;
  #cutAfter = Number.POSITIVE_INFINITY;
  /** Connections that were accepted so far. */
  accepted = 0;

  private constructor(target: URL) {
    this.#target = addressOf(target);
    this.#server = createServer((client) => this.#accept(client));
  }

  static async start(target: URL): Promise<Forwarder> {
    const forwarder = new Forwarder(target);
    forwarder.#server.listen(0, '127.0.0.1');
    await once(forwarder.#server, 'listening');
    return forwarder;
  }

  get url(): URL {
    return new URL(`https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** New connections go to another API server. */
  pointTo(target: URL): void {
    this.#target = addressOf(target);
  }

  /** Resets all connections and takes no new ones. */
  cut(): void {
    this.#isRefusing = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets every connection once this many more bytes have come from the API server: in the middle of whatever that is. */
  cutAfter(bytes: number): void {
    this.#cutAfter = bytes;
  }

  /** Nothing gets through any more and nobody is told: a peer that lost its power, a firewall that forgot. */
  silence(): void {
    this.#isSilent = true;
  }

  /** New connections work again; silent ones stay silent. */
  restore(): void {
    this.#isRefusing = false;
    this.#isSilent = false;
    this.#cutAfter = Number.POSITIVE_INFINITY;
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    if (this.#isRefusing) {
      client.resetAndDestroy();
      return;
    }
    this.accepted += 1;
    const upstream = connect(this.#target);
    for (const socket of [client, upstream]) this.#sockets.add(socket);
    let isSilent = false;
    const isMuted = (): boolean => {
      isSilent ||= this.#isSilent;
      return isSilent;
    };
    client.on('data', (chunk) => {
      if (!isMuted()) upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (isMuted()) return;
      const allowed = chunk.subarray(0, Math.max(0, this.#cutAfter));
      this.#cutAfter -= chunk.length;
      client.write(allowed);
      if (allowed.length < chunk.length) client.resetAndDestroy();
    });
    this.#join(client, upstream, isMuted);
    this.#join(upstream, client, isMuted);
  }

  #join(one: Socket, other: Socket, isMuted: () => boolean): void {
    one.on('error', () => {});
    one.on('close', () => {
      this.#sockets.delete(one);
      if (!isMuted()) other.destroy();
    });
  }
}

function addressOf(url: URL): { host: string; port: number } {
  return { host: url.hostname, port: Number(url.port) };
}
