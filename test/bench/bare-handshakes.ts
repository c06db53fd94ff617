/**
 * The floor of proving: opens WebSockets over TLS one after another, some at once, and does nothing else. Reads a JSON file
 * `{ port, host, ca, handshakes, inFlight }`, prints `{ cpuSeconds }`.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';

export interface Load {
  readonly port: number;
  readonly host: string;
  readonly ca: string;
  readonly handshakes: number;
  readonly inFlight: number;
}

const { port, host, ca, handshakes, inFlight } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as Load;
let left = handshakes;
// Modules are loaded and code is compiled by now and by the first handshakes: the operator has that behind it, too.
for (let count = 0; count < inFlight; count += 1) await shakeHands();
const before = process.cpuUsage();
await Promise.all(Array.from({ length: inFlight }, shakeUntilDone));
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6 }));

async function shakeUntilDone(): Promise<void> {
  while (left-- > 0) await shakeHands();
}

function shakeHands(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: host, ca });
    const key = randomBytes(16).toString('base64');
    const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`;
    socket.write(`GET /ws HTTP/1.1\r\nHost: ${host}:${port}\r\n${upgrade}\r\n\r\n`);
    socket.once('data', (answer) => {
      if (!answer.toString('latin1').startsWith('HTTP/1.1 101 ')) reject(new Error(answer.toString('latin1')));
      socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
