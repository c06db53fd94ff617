import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface NameServer {
  /** Names that were asked for. */
  readonly asked: ReadonlySet<string>;
  close(): Promise<void>;
}

const typeA = 1;

/** What a name server does that is broken: it says nothing, or that it has failed (SERVFAIL). */
export const silence = Symbol('silence');
export const failure = Symbol('failure');

type Finding = string | typeof silence | typeof failure | undefined;

/**
 * A DNS server (RFC 1035) by UDP and TCP. `find` tells the IPv4 address of a name; of a name without one it says that it is not there.
 */
export async function startNameServer(
  { address, port = 53 }: { readonly address: string; readonly port?: number },
  find: (name: string) => Finding,
): Promise<NameServer> {
  const asked = new Set<string>();
  const answer = (query: Buffer) => {
    const { name, type, question } = readQuestion(query);
    asked.add(name);
    const found = find(name);
    return found === silence ? undefined : composeAnswer(query, question, type, found);
  };
  const udp = createSocket('udp4');
  udp.on('message', (query, peer) => {
    const message = answer(query);
    if (message !== undefined) udp.send(message, peer.port, peer.address);
  });
  const connections = new Set<Socket>();
  const tcp = createServer((connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    // Whoever asks may leave before the answer.
    connection.on('error', () => connection.destroy());
    answerStream(connection, answer);
  });
  udp.bind(port, address);
  tcp.listen(port, address);
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  return {
    asked,
    async close() {
      for (const connection of connections) connection.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(resolve)),
        new Promise((resolve) => tcp.close(resolve)),
      ]);
    },
  };
}

/** By TCP each message comes after its length (RFC 1035, section 4.2.2). */
function answerStream(connection: Socket, answer: (query: Buffer) => Buffer | undefined): void {
  let received = Buffer.alloc(0);
  connection.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const message = answer(received.subarray(2, end));
      received = received.subarray(end);
      if (message === undefined) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      connection.write(Buffer.concat([length, message]));
    }
  });
}

function composeAnswer(query: Buffer, question: Buffer, type: number, found: Exclude<Finding, typeof silence>): Buffer {
  const answers =
    typeof found === 'string' && type === typeA
      ? [Buffer.from([0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 1, 0, 4, ...found.split('.').map(Number)])]
      : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (found === failure ? 2 : found === undefined ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  return Buffer.concat([header, question, ...answers]);
}

interface Question {
  readonly name: string;
  readonly type: number;
  readonly question: Buffer;
}

function readQuestion(query: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), question: query.subarray(12, at + 5) };
}
