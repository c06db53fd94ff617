import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface NameServer {
  /** Names that were asked for. */
  readonly asked: ReadonlySet<string>;
  close(): void;
}

const typeA = 1;

/** A DNS server (RFC 1035) on UDP port 53 that says of one name that it is 127.0.0.1, and of all others that they are not there. */
export async function startNameServer(address: string, known: string): Promise<NameServer> {
  const asked = new Set<string>();
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, type, question } = readQuestion(query);
    asked.add(name);
    const isKnown = name === known;
    const answers =
      isKnown && type === typeA ? [Buffer.from([0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1])] : [];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (isKnown ? 0 : 3), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    socket.send(Buffer.concat([header, question, ...answers]), peer.port, peer.address);
  });
  socket.bind(53, address);
  await once(socket, 'listening');
  return { asked, close: () => socket.close() };
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
