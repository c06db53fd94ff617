/** Accepts every WebSocket over TLS. Reads a JSON file `{ certificate, key }`, prints `{ port }`, and ends with its parent. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const { certificate, key } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
const server = createServer({ cert: certificate, key });
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => socket.on('error', () => {}));
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));
process.stdin.on('end', () => process.exit()).resume();
