/**
 * node backend-server.ts PORT SECURE_PORT CERTIFICATE_FILE KEY_FILE
 *
 * A plain ws:// echo server that knows nothing of wss: what the operator puts a TLS front to. Every handshake is
 * remembered; `GET /handshakes` tells them as JSON. On the second port the same speaks TLS itself.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { Handshake } from './backend.ts';

const [port, securePort, certificateFile = '', keyFile = ''] = process.argv.slice(2);
const handshakes: Handshake[] = [];

const answer: RequestListener = (request, response) => {
  if (request.url !== '/handshakes') {
    response.writeHead(426, { 'content-type': 'text/plain' }).end('a WebSocket server: upgrade, please\n');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(handshakes));
};

const identity = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
for (const [server, at] of [
  [createSecureServer(identity, answer), securePort],
  [createServer(answer), port],
] as const) {
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    handshakes.push(describe(request));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => socket.terminate());
  });
  server.listen(Number(at), '0.0.0.0');
}

function describe(request: IncomingMessage): Handshake {
  return {
    time: new Date().toISOString(),
    url: request.url ?? '',
    remoteAddress: request.socket.remoteAddress ?? '',
    headers: request.headers,
    ...(request.socket instanceof TLSSocket && {
      tls: { protocol: request.socket.getProtocol() ?? '', serverName: request.socket.servername || '' },
    }),
  };
}
