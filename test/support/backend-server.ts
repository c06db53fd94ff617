/**
 * node backend-server.ts PORT
 *
 * A plain ws:// echo server that knows nothing of wss: what the operator puts a TLS front to. Every handshake is
 * remembered; `GET /handshakes` tells them as JSON.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';
import type { Handshake } from './backend.ts';

const port = Number(process.argv[2]);
const handshakes: Handshake[] = [];

const server = createServer((request, response) => {
  if (request.url !== '/handshakes') {
    response.writeHead(426, { 'content-type': 'text/plain' }).end('a WebSocket server: upgrade, please\n');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(handshakes));
});

new WebSocketServer({ server }).on('connection', (socket, request) => {
  handshakes.push(describe(request));
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('error', () => socket.terminate());
});

server.listen(port, '0.0.0.0');

function describe(request: IncomingMessage): Handshake {
  return {
    time: new Date().toISOString(),
    url: request.url ?? '',
    remoteAddress: request.socket.remoteAddress ?? '',
    headers: request.headers,
  };
}
